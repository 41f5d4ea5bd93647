// Makes the folder that goes to a host from a built site and from what the host has now.
//
//   node web/publish.mjs SITE OUT [PREVIOUS]     (web/publish.sh says what they are)
//
// releases.txt lists the releases that a host has, the newest first; v/BUILD/files.json lists the files of one, with
// their hashes: its scripts, and the data that it needs.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { filesIn, hashOf } from './release.mjs';

const kReleases = 3;
const kPublished = /^(?!bench(\.html$|\/))/;  // the benchmark is for the developers

// ---- what a host has ---------------------------------------------------------------------------------------------

// Promises the bytes of a file of a host, or null where there is none.
const ofFolder = (folder) => async (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : null);

const ofAddress = (address) => async (path) => {
  const response = await fetch(new URL(path, address.endsWith('/') ? address : `${address}/`), { cache: 'no-store' });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${response.url}: the server said ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};

async function releasesOf(read) {
  const text = await read('releases.txt');
  return text ? text.toString().split('\n').filter((line) => /^[0-9a-f]{16}$/.test(line)) : [];
}

// All files of a release: Map from path to bytes; null if one is missing or not as it was published.
async function releaseOf(read, build) {
  const list = await read(`v/${build}/files.json`);
  if (!list) return null;
  const files = new Map([[`v/${build}/files.json`, list]]);
  for (const [path, hash] of Object.entries(JSON.parse(list))) {
    if (!/^(v|data)\/[\w./-]+$/.test(path) || path.includes('..')) return null;
    const bytes = await read(path);
    if (!bytes || hashOf(bytes) !== hash) return null;
    files.set(path, bytes);
  }
  return files;
}

// ---- the folder --------------------------------------------------------------------------------------------------

async function gather(site, previous) {
  const files = new Map(filesIn(site).filter((path) => kPublished.test(path)).map((path) => [path, readFileSync(join(site, path))]));
  const [build] = await releasesOf(ofFolder(site));
  const builds = [build];
  for (const older of await releasesOf(previous)) {
    if (builds.includes(older) || builds.length === kReleases) continue;
    const release = await releaseOf(previous, older);
    if (!release) {
      console.log(`Release ${older} is not complete: it is left out`);
      continue;
    }
    for (const [path, bytes] of release) files.set(path, bytes);
    builds.push(older);
  }
  files.set('releases.txt', Buffer.from(builds.map((name) => `${name}\n`).join('')));
  return { builds, files };
}

// In a folder beside it, which is renamed when it is complete.
function write(out, files) {
  if (existsSync(out) && filesIn(out).length && !existsSync(join(out, 'releases.txt'))) {
    throw new Error(`${out} is not empty, and nothing that was published`);
  }
  const parts = `${out.replace(/\/+$/, '')}.parts`;
  rmSync(parts, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(parts, path)), { recursive: true });
    writeFileSync(join(parts, path), bytes);
  }
  rmSync(out, { recursive: true, force: true });
  renameSync(parts, out);
}

const [site, out, previous = out] = process.argv.slice(2);
try {
  const { builds, files } = await gather(site, /^https?:/.test(previous) ? ofAddress(previous) : ofFolder(previous));
  write(out, files);
  console.log(`${out}: ${files.size} files, the release ${builds[0]}${builds.length > 1 ? `, and before it ${builds.slice(1).join(', ')}` : ''}`);
} catch (error) {
  console.error(`publish: ${error.message}`);
  process.exitCode = 1;
}
