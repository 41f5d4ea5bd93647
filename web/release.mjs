// Makes a release of the site: index.html, what must lie beside it, and a folder v/BUILD/ with everything else, named
// by a hash of its content. The data lie outside it, in folders named by hashes of theirs, so that visitors of a new
// release need not fetch them again.
//
//   node web/release.mjs SITE PLACE=SOURCE…
//
// A place is a path in the site, or a folder that ends with /; a source is a file or a folder. `v/=web/site` puts the
// files of web/site into the release. What the site held before and no place names is removed.
//
// In the files of web/site and tests/bench/site, @BUILD@ becomes the name of the release. Programs get it too: page and
// engine check that they are of one build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

// Files of web/site that have constant names, beside v/. Others' pages and browsers know them.
const kBeside = /^(index\.html|sw\.js|manifest\.webmanifest|icon\.svg|icons\/.*|_headers|down-hill\.js)$/;
const kPrograms = ['page', 'engine'];
const kToken = '@BUILD@';
const kFiles = "'@FILES@'";        // in sw.js
const kSection = 'downhill.build';  // keep equal to kSection in site/program.js

export const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

// ---- files in memory: Map from a path in the site to bytes ---------------------------------------------------------

// The paths of all files in a folder, sorted.
export function filesIn(folder, under = '') {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const path = under ? `${under}/${entry.name}` : entry.name;
    return entry.isDirectory() ? filesIn(folder, path) : [path];
  }).sort();
}

function readPlaces(places) {
  const files = new Map();
  for (const text of places) {
    const [, place, source] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (!place) throw new Error(`“${text}” is not of the form PLACE=SOURCE`);
    if (statSync(source).isDirectory()) {
      for (const path of filesIn(source)) files.set(place + path, readFileSync(join(source, path)));
    } else {
      files.set(place.endsWith('/') ? place + basename(source) : place, readFileSync(source));
    }
  }
  return files;
}

// Takes the files below a folder out of `files`.
function takeBelow(files, folder, wanted = () => true) {
  const taken = new Map();
  for (const [path, bytes] of [...files]) {
    const name = path.slice(folder.length);
    if (!path.startsWith(folder) || !wanted(name)) continue;
    taken.set(name, bytes);
    files.delete(path);
  }
  return taken;
}

const listHash = (files) => hashOf([...files].sort().map(([path, bytes]) => `${path} ${hashOf(bytes)}\n`).join(''));

// ---- the build in programs -----------------------------------------------------------------------------------------

// A WebAssembly module with a custom section that holds the build. All its lengths are below 128, one byte of LEB128.
function withSection(wasm, build) {
  const name = Buffer.from(kSection), text = Buffer.from(build);
  return Buffer.concat([wasm, Buffer.from([0, 1 + name.length + text.length, name.length]), name, text]);
}

const named = (path, bytes, build) =>
  (/\.(js|html)$/.test(path) ? Buffer.from(bytes.toString().replaceAll(kToken, build)) : bytes);

// `path` in the folder of the release.
function stamped(path, bytes, build) {
  if (kPrograms.includes(path.replace(/\.wasm$/, ''))) return withSection(bytes, build);
  if (kPrograms.includes(path.replace(/\.js$/, ''))) return Buffer.from(`${bytes}\nexport const build = '${build}';\n`);
  return named(path, bytes, build);
}

// ---- data ------------------------------------------------------------------------------------------------------------

// Moves the data into folders named by their content: Map from the names that the engine knows, data/train-images… and
// data/digits/…, to {path, bytes} in the site.
function placeData(files) {
  const placed = new Map();
  for (const folder of ['data/digits/', 'data/']) {
    const found = takeBelow(files, folder);
    if (!found.size) continue;
    const hash = listHash(found);
    for (const [name, bytes] of found) placed.set(folder + name, { path: `${folder}${hash}/${name}`, bytes });
  }
  return placed;
}

// ---- the release -------------------------------------------------------------------------------------------------------

// release.js: the build, and where files are that are counted while they arrive, with their bytes; `inflated` counts
// where a server unpacks them.
function releaseScript(release, data) {
  const files = {};
  for (const name of kPrograms.map((name) => `${name}.wasm`)) {
    if (release.has(name)) files[name] = { bytes: withSection(release.get(name), '0'.repeat(16)).length };
  }
  for (const [name, { path, bytes }] of data) {
    files[name] = { at: `../../${path}`, bytes: bytes.length, inflated: gunzipSync(bytes).length };
  }
  return Buffer.from(`// Made by web/release.mjs.\nexport const build = '${kToken}';\n`
    + `export const files = ${JSON.stringify(files, null, 1)};\n`);
}

// What the service worker keeps: {path: hash}, for packed data also the hash of the unpacked ones.
function keptFiles(site, data) {
  const kept = {};
  for (const [path, bytes] of site) kept[path] = hashOf(bytes);
  for (const [name, { path, bytes }] of data) {
    if (!name.startsWith('data/digits/')) kept[path] = `${hashOf(bytes)} ${hashOf(gunzipSync(bytes))}`;
  }
  return kept;
}

// A page that names a file which is not there would wait for it without a word.
function checkLinks(site) {
  for (const [, path] of site.get('index.html').toString().matchAll(/ (?:href|src)="([^"#:]+)"/g)) {
    if (path !== './' && !site.has(path)) throw new Error(`index.html names ${path}, which is not there`);
  }
}

function makeRelease(files) {
  const data = placeData(files);
  const beside = takeBelow(files, 'v/', (name) => kBeside.test(name));
  const release = takeBelow(files, 'v/');
  release.set('release.js', releaseScript(release, data));
  const build = listHash(release);

  const site = new Map();
  for (const [path, bytes] of release) site.set(`v/${build}/${path}`, stamped(path, bytes, build));
  for (const [path, bytes] of beside) site.set(path, named(path, bytes, build));
  checkLinks(site);
  const worker = site.get('sw.js').toString();
  site.delete('sw.js');
  const headers = site.get('_headers');
  site.delete('_headers');
  const kept = JSON.stringify(keptFiles(site, data), null, 1);
  site.set('sw.js', Buffer.from(worker.replace(kFiles, () => kept)));
  if (headers) site.set('_headers', headers);
  for (const { path, bytes } of data.values()) site.set(path, bytes);
  // For web/publish.mjs: what belongs to the release, and all that is published.
  const list = [...site.keys()].filter((path) => /^(v|data)\//.test(path));
  site.set(`v/${build}/files.json`, Buffer.from(`${JSON.stringify(
    Object.fromEntries(list.map((path) => [path, hashOf(site.get(path))])), null, 1)}\n`));
  site.set('releases.txt', Buffer.from(`${build}\n`));
  // Only in the site of the developers: the benchmark.
  for (const [path, bytes] of files) site.set(path, named(path, bytes, build));
  return { build, site };
}

// ---- on disk ----------------------------------------------------------------------------------------------------------

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (!readdirSync(folder).length) rmSync(folder, { recursive: true });
}

function write(folder, site) {
  if (existsSync(folder) && readdirSync(folder).length && !existsSync(join(folder, 'index.html'))) {
    throw new Error(`${folder} is not empty, and no site`);
  }
  mkdirSync(folder, { recursive: true });
  for (const path of filesIn(folder)) if (!site.has(path)) rmSync(join(folder, path));
  for (const [path, bytes] of site) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file).equals(bytes)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  removeEmptyFolders(folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...places] = process.argv.slice(2);
  const { build, site } = makeRelease(readPlaces(places));
  write(folder, site);
  console.log(`Release ${build}: ${site.size} files`);
}
