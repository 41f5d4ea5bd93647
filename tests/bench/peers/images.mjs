// The images in memory, and what the peers in a page make of them.

const kPixels = 784;
const kScale = 1 / 255;

async function fetchBytes(name) {
  const response = await fetch(`data/${name}`);
  if (!response.ok) throw new Error(`${name} is not in BENCH_DATA`);
  return new Uint8Array(await response.arrayBuffer());
}

// The images and labels of these digits, uint8 as they stand in the files.
export async function readIdx(name, digits) {
  const folder = digits.length === 10 ? 'digits/' : '';
  const images = (await fetchBytes(`${folder}${name}-images.idx3-ubyte`)).subarray(16);
  const labels = (await fetchBytes(`${folder}${name}-labels.idx1-ubyte`)).subarray(8);
  const chosen = Array.from(labels.keys()).filter((i) => digits.includes(labels[i]));
  const pixels = new Uint8Array(chosen.length * kPixels);
  chosen.forEach((from, to) => pixels.set(images.subarray(from * kPixels, (from + 1) * kPixels), to * kPixels));
  return { pixels, classes: Uint8Array.from(chosen, (i) => labels[i]), count: chosen.length };
}

// The rows of a batch as floats: pixels 0…1, and what the outputs should be. With one output that
// is 1 for the first digit, 0 for the other; with ten a 1 in the digit's place.
export function convertImages({ pixels }, rows) {
  const floats = new Float32Array(rows.length * kPixels);
  for (let i = 0, to = 0; i < rows.length; ++i) {
    for (let from = rows[i] * kPixels, end = from + kPixels; from < end; ++from, ++to) {
      floats[to] = pixels[from] * kScale;
    }
  }
  return floats;
}

// The same from floats that were made of all images once.
export function copyImages(images, rows) {
  images.floats ??= convertImages(images, allRows(images));
  const floats = new Float32Array(rows.length * kPixels);
  rows.forEach((row, i) => floats.set(images.floats.subarray(row * kPixels, (row + 1) * kPixels), i * kPixels));
  return floats;
}

export function convertTargets({ classes }, rows, digits) {
  if (digits.length === 2) return Float32Array.from(rows, (row) => (classes[row] === digits[0] ? 1 : 0));
  const targets = new Float32Array(rows.length * digits.length);
  rows.forEach((row, i) => { targets[i * digits.length + classes[row]] = 1; });
  return targets;
}

export const allRows = ({ count }) => Int32Array.from({ length: count }, (_, i) => i);

// The share of right answers; outputs are [n · 1] or [n · 10], the n classes the truth.
export function shareRight(outputs, classes, digits) {
  const width = outputs.length / classes.length;
  let right = 0;
  for (let i = 0; i < classes.length; ++i) {
    const row = outputs.subarray(i * width, (i + 1) * width);
    const answer = width === 1 ? digits[row[0] > 0 ? 0 : 1] : row.indexOf(Math.max(...row));
    if (answer === classes[i]) ++right;
  }
  return right / classes.length;
}

// Weights as all of us begin with: uniform within one by the root of the inputs.
export function uniform(count, fanIn) {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: count }, () => (2 * Math.random() - 1) * bound);
}
