// What the site consists of, and what web/publish.mjs makes of it for a host.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { filesIn, hashOf } from '../../web/release.mjs';
import { copyRelease, folderFor, keptFiles, publish } from './release_support.mjs';
import { buildOf, releaseFolder, serveSite, siteFolder } from './support.mjs';

const kNext = ['0123456789abcdef', '1123456789abcdef', '2123456789abcdef', '3123456789abcdef'];

test('the lists name every file of the release, by its hash, and nothing else', () => {
  const build = buildOf();
  const published = filesIn(siteFolder).filter((path) => !path.startsWith('bench'));
  const listed = JSON.parse(readFileSync(join(releaseFolder(), 'files.json')));
  const inFolders = published.filter((path) => /^(v|data)\//.test(path) && path !== `v/${build}/files.json`);
  assert.deepEqual(Object.keys(listed).sort(), inFolders.sort());
  for (const [path, hash] of Object.entries(listed)) assert.equal(hash, hashOf(readFileSync(join(siteFolder, path))), path);
  const kept = keptFiles(siteFolder);
  const notKept = ['_headers', 'releases.txt', 'sw.js', `v/${build}/files.json`];
  const wanted = published.filter((path) => !notKept.includes(path) && !path.startsWith('data/digits/'));
  assert.deepEqual(Object.keys(kept).sort(), wanted.sort());
  for (const [path, hashes] of Object.entries(kept)) {
    const bytes = readFileSync(join(siteFolder, path));
    assert.equal(hashes, path.endsWith('.gz') ? `${hashOf(bytes)} ${hashOf(gunzipSync(bytes))}` : hashOf(bytes), path);
  }
});

test('index.html and the headers of hosts have one policy, and nothing is inline', () => {
  const html = readFileSync(join(siteFolder, 'index.html'), 'utf8');
  const headers = readFileSync(join(siteFolder, '_headers'), 'utf8');
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html);
  assert.ok(headers.includes(`Content-Security-Policy: ${policy}; frame-ancestors *\n`));
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!'wasm-unsafe-eval')|https?:|\*/);
  assert.doesNotMatch(html, /<style|<script(?![^>]* src=)| style=| on\w+=|javascript:/);
  assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<script'));
});

test('what is published has the last three releases and the data of each; a release that is not whole is left out', async (t) => {
  const out = folderFor(t);
  await publish(siteFolder, out);
  const sites = kNext.map((build) => copyRelease(folderFor(t), build));
  await publish(sites[0], out);
  await publish(sites[1], out);
  assert.deepEqual(readFileSync(join(out, 'releases.txt'), 'utf8').split('\n'), [kNext[1], kNext[0], buildOf(), '']);
  assert.equal(buildOf(out), kNext[1]);
  assert.equal(existsSync(join(out, 'bench.html')), false);
  await publish(sites[2], out);
  assert.equal(existsSync(join(out, 'v', buildOf())), false);
  assert.equal(existsSync(join(out, 'v', kNext[0])), true);
  writeFileSync(join(out, 'v', kNext[1], 'boot.js'), 'damaged');
  const again = join(folderFor(t), 'out');  // from an address, as a workflow does it
  const host = await serveSite(out);
  t.after(() => host.close());
  assert.match(await publish(sites[3], again, host.url), new RegExp(`${kNext[1]} is not complete`));
  assert.deepEqual(readFileSync(join(again, 'releases.txt'), 'utf8').split('\n'), [kNext[3], kNext[2], kNext[0], '']);
  const strange = folderFor(t);
  writeFileSync(join(strange, 'mine.txt'), 'not to be lost');
  await assert.rejects(publish(sites[0], strange), /nothing that was published/);
  assert.equal(readFileSync(join(strange, 'mine.txt'), 'utf8'), 'not to be lost');
});

test('the workflows run scripts that are here, and every action of others is pinned', () => {
  const root = new URL('../../', import.meta.url);
  const workflows = readdirSync(new URL('.github/workflows/', root));
  assert.deepEqual(workflows.sort(), ['publish.yml', 'test.yml']);
  for (const name of workflows) {
    const text = readFileSync(new URL(`.github/workflows/${name}`, root), 'utf8');
    for (const [, used] of text.matchAll(/\buses: (\S+)/g)) {
      if (used.startsWith('./')) assert.ok(existsSync(new URL(used, root)), used);
      else assert.match(used, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/, name);
    }
    const commands = [...text.matchAll(/\brun: (?!apt-get )(\S+)/g)].map(([, command]) => command);
    assert.ok(commands.length > 0, name);
    for (const command of commands) assert.ok(statSync(new URL(command, root)).mode & 0o100, `${name}: ${command}`);
  }
});
