// The benchmark's engine under Node, as a process: node node.mjs SITE answers the lines of standard input.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const site = process.argv[2];
globalThis.self = { location: { href: '' } };  // the module is linked for a worker and reads its address
const { makeEngine } = await import(pathToFileURL(join(site, 'bench/engine.js')));
const program = readFileSync(join(site, 'bench/module.wasm'));
// The data lie in folders named by their hashes, data/HASH/ and data/digits/HASH/.
const build = readFileSync(join(site, 'releases.txt'), 'utf8').trim();
const paths = Object.keys(JSON.parse(readFileSync(join(site, 'v', build, 'files.json'))));
const pathOf = (name) => paths.find((path) => path.replace(/\/[0-9a-f]{16}\//, '/') === `data/${name}.gz`);
const answer = await makeEngine(program, (name) => gunzipSync(readFileSync(join(site, pathOf(name)))));
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(line)));
