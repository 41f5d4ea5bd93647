// node filter.mjs <original> <result> <digit>...
// Keeps the images of the given digits, in file order: <original>-images-idx3-ubyte and
// <original>-labels-idx1-ubyte become <result>-images.idx3-ubyte and <result>-labels.idx1-ubyte.
import { readFileSync, writeFileSync } from 'node:fs';

const [original, result, ...digits] = process.argv.slice(2);
const wanted = new Set(digits.map(Number));
const images = readFileSync(`${original}-images-idx3-ubyte`);
const labels = readFileSync(`${original}-labels-idx1-ubyte`);

const kept = [];
for (let i = 0; i < labels.readUInt32BE(4); ++i) if (wanted.has(labels[8 + i])) kept.push(i);

// The headers are unchanged except for the count, at byte 4 in both.
const imageHeader = Buffer.from(images.subarray(0, 16));
const labelHeader = Buffer.from(labels.subarray(0, 8));
imageHeader.writeUInt32BE(kept.length, 4);
labelHeader.writeUInt32BE(kept.length, 4);

const size = images.readUInt32BE(8) * images.readUInt32BE(12);
const image = (i) => images.subarray(16 + i * size, 16 + (i + 1) * size);
writeFileSync(`${result}-images.idx3-ubyte`, Buffer.concat([imageHeader, ...kept.map(image)]));
writeFileSync(`${result}-labels.idx1-ubyte`, Buffer.concat([labelHeader, Buffer.from(kept.map((i) => labels[8 + i]))]));
