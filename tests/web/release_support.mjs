// Sites with more than one release, made of the one that was built.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { filesIn, hashOf } from '../../web/release.mjs';
import { buildOf, siteFolder } from './support.mjs';

const kKeptFiles = /const kFiles = (\{[^]*?\});/;

const publisher = fileURLToPath(new URL('../../web/publish.mjs', import.meta.url));

// node web/publish.mjs SITE OUT [PREVIOUS]: what it prints; its complaint as an error.
export const publish = async (...args) => (await promisify(execFile)(process.execPath, [publisher, ...args])).stdout;

// A folder for the time of the test `t`.
export function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'downhill-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

export const keptFiles = (folder) => JSON.parse(kKeptFiles.exec(readFileSync(join(folder, 'sw.js'), 'utf8'))[1]);

// The release that the page belongs to.
export const shownBuild = (page) => page.evaluate(() => /v\/(\w+)\/boot\.js/.exec(document.documentElement.innerHTML)[1]);

// Presses the button of the bar that offers another release, and waits for the page that comes.
export async function pressReload(page) {
  await page.evaluate(() => { window.isBefore = true; });
  await page.click('#news-act');
  await page.waitForFunction(() => !window.isBefore && window.downhill);
  await page.evaluate(() => window.downhill.ready);
}

// Writes the built site into `folder` as it would be as the release `build`: all names have the same length, in
// WebAssembly too.
export function copyRelease(folder, build) {
  const first = buildOf(siteFolder);
  const site = new Map();
  for (const path of filesIn(siteFolder)) {
    if (/^bench/.test(path)) continue;
    const bytes = readFileSync(join(siteFolder, path));
    const other = path.startsWith('data/') ? bytes : Buffer.from(bytes.toString('latin1').replaceAll(first, build), 'latin1');
    site.set(path.replace(first, build), other);
  }
  const kept = {}, listed = {};
  for (const [path, hash] of Object.entries(keptFiles(siteFolder))) {
    const now = path.replace(first, build);
    kept[now] = path.startsWith('data/') ? hash : hashOf(site.get(now));
  }
  const list = `v/${build}/files.json`;
  for (const path of Object.keys(JSON.parse(site.get(list)))) listed[path] = hashOf(site.get(path));
  site.set(list, Buffer.from(JSON.stringify(listed)));
  site.set('sw.js', Buffer.from(site.get('sw.js').toString().replace(kKeptFiles, () => `const kFiles = ${JSON.stringify(kept)};`)));
  for (const [path, bytes] of site) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}
