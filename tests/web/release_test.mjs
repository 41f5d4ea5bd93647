// Releases in a browser: a new one while a page of the last one is open, files that are missing, damaged or of another
// release, servers that compress, and the content security policy.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

import { filesIn } from '../../web/release.mjs';
import { copyRelease, folderFor, pressReload, publish, shownBuild } from './release_support.mjs';
import { buildOf, digest, launchBrowser, openPage, releaseFolder, send, serveSite, siteFolder, state, until } from './support.mjs';

const kNext = '0123456789abcdef';
const kTen = { digits: '0123456789', loss: 'crossentropy' };

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

async function serve(t, folder, answer) {
  const site = await serveSite(folder, answer);
  t.after(() => site.close());
  return site;
}

async function open(t, site, options) {
  const opened = await openPage(browser, site.url, options);
  t.after(() => opened.context.close());
  return opened;
}

// A reload may come before the icon of the tab, which browsers fetch last.
const withoutIcon = (problems) => problems.filter((problem) => !/icon\.svg: net::ERR_ABORTED/.test(problem));
const news = (page) => page.innerText('#news p');

test('every file that the page fetches is of its release, of the data, or beside it; a second visit is the same', async (t) => {
  const site = await serve(t);
  const { page, problems } = await open(t, site);
  await page.evaluate(() => window.downhill.learn(1));
  const own = new RegExp(`^/(index\\.html|icon\\.svg|manifest\\.webmanifest|icons/.*|v/${buildOf()}/.*|data/[0-9a-f]{16}/.*)$`);
  assert.deepEqual(site.served.filter((path) => !own.test(path)), []);
  await page.reload();
  await page.evaluate(() => window.downhill.ready);
  await send(page, 'step');
  assert.deepEqual(withoutIcon(problems), []);
});

// ---- a new release while a page is open ----------------------------------------------------------------------------

test('a page that is open while a host gets the next release races and fetches ten digits of its own; a reload shows the next', async (t) => {
  const next = copyRelease(folderFor(t), kNext);
  const out = folderFor(t);
  await publish(siteFolder, out);
  const site = await serve(t, out);
  const { page, problems } = await open(t, site);
  await publish(next, out);
  site.served.length = 0;
  const { race } = await send(page, 'race', { rates: '0.1,1', epochs: 1 });
  assert.deepEqual(race.lanes.map((lane) => lane.state), ['done', 'done']);
  await send(page, 'set', kTen);
  assert.equal((await state(page)).trainCount, 60000);
  await page.evaluate(() => window.downhill.learn(1));
  assert.equal(await shownBuild(page), buildOf());
  assert.deepEqual(site.served.filter((path) => path.includes(kNext)), []);
  await page.reload();
  await page.evaluate(() => window.downhill.ready);
  assert.equal(await shownBuild(page), kNext);
  await send(page, 'step');
  assert.deepEqual(withoutIcon(problems), []);
});

test('where the host has dropped the release, a race says so and offers to reload', async (t) => {
  const site = await serve(t);
  const { page } = await open(t, site);
  site.folder = copyRelease(folderFor(t), kNext);
  const { race } = await send(page, 'race', { rates: '0.1,1', epochs: 1 });
  assert.deepEqual(race.lanes.map((lane) => lane.state), ['failed', 'failed']);
  assert.match(race.lanes[0].trouble, /could not be started/);
  await page.waitForSelector('#news');
  assert.match(await news(page), /replaced by a newer one/);
  await send(page, 'step');
  assert.equal((await state(page)).step, 1, 'nobody is forced');
  await pressReload(page);
  assert.equal(await shownBuild(page), kNext);
});

test('an engine of another release is refused with a sentence, and so are programs', async (t) => {
  const other = copyRelease(folderFor(t), kNext);
  for (const [name, sentence] of [
    ['engine-worker.js', /another version of Downhill than this page: please reload/],
    ['engine.wasm', /files are of different versions of Downhill: please reload/],
    ['engine.js', /files are of different versions of Downhill: please reload/],
    ['page.wasm', /files of this page are of different versions/],
    ['page.js', /files of this page are of different versions/],
  ]) {
    const site = await serve(t, siteFolder, (path, response) => {
      if (!path.endsWith(`/${name}`)) return false;
      const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
      response.writeHead(200, { 'Content-Type': type }).end(readFileSync(join(other, `v/${kNext}`, name)));
      return true;
    });
    const { page, context } = await openPage(browser, site.url, { wait: false });
    assert.match(await trouble(page), sentence, name);
    if (name === 'engine-worker.js') assert.match(await news(page), /different versions/);
    await context.close();
  }
});

// ---- missing and damaged files -----------------------------------------------------------------------------------

// What the page says is wrong.
async function trouble(page) {
  const found = await page.waitForFunction(() => {
    const text = document.getElementById('trouble-text');
    if (text && !document.getElementById('trouble').hidden) return text.textContent;
    try {
      return window.downhill?.state().error;
    } catch {
      return null;
    }
  }, undefined, { timeout: 60000 });
  return found.jsonValue();
}

const kStart = ['boot.js', 'host.js', 'release.js', 'page.css', 'page.js', 'page.wasm', 'engine-worker.js', 'data-files.js',
  'engine.js', 'engine.wasm'];
const kTypes = { js: 'text/javascript', css: 'text/css', wasm: 'application/wasm' };

for (const [what, change] of [
  ['missing', () => null],
  ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
]) {
  test(`a file of the release that is ${what}: a sentence, not an endless wait`, async (t) => {
    let name;
    const site = await serve(t, siteFolder, (path, response) => {
      if (path !== `/v/${buildOf()}/${name}`) return false;
      const body = change(readFileSync(join(releaseFolder(), name)));
      if (body) response.writeHead(200, { 'Content-Type': kTypes[name.split('.').at(-1)] }).end(body);
      else response.writeHead(404).end();
      return true;
    });
    for (name of kStart) {
      const { page, context } = await openPage(browser, site.url, { wait: false });
      assert.match(await trouble(page), /could not be|damaged|did not arrive|different versions/, name);
      await context.close();
    }
  });
}

test('an engine that says nothing at all has failed after a while', async (t) => {
  const site = await serve(t);
  const { page } = await open(t, site, {
    wait: false,
    before: async (page) => {
      await page.route('**/engine-worker.js', (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
      await page.route('**/engines.js', async (route) => {
        const body = (await (await route.fetch()).text()).replace('kSilentMs = 60000', 'kSilentMs = 1000');
        await route.fulfill({ body, contentType: 'text/javascript' });
      });
    },
  });
  assert.match(await trouble(page), /could not be started: it says nothing/);
});

test('where the whole release is gone, the page says so without any of its files', async (t) => {
  const site = await serve(t, siteFolder, (path, response) => {
    if (!path.startsWith('/v/')) return false;
    response.writeHead(404).end();
    return true;
  });
  const { page } = await open(t, site, { wait: false });
  assert.match(await page.innerText('.without-style'), /did not arrive.*Load the page again/);
  assert.equal(await page.getAttribute('.without-style a', 'href'), './');
});

// ---- servers that compress -----------------------------------------------------------------------------------------

// In the page, before its scripts: what the progress shows.
const watchProgress = () => {
  window.shown = [];
  addEventListener('DOMContentLoaded', () => {
    const bar = document.getElementById('progress');
    const look = () => bar.hasAttribute('max') && window.shown.push([bar.value, bar.max]);
    new MutationObserver(look).observe(document.getElementById('progress-text'), { childList: true });
  });
};

const kEncodings = {
  none: undefined,
  gzip: { coding: 'gzip', pack: (bytes) => gzipSync(bytes, { level: 1 }), of: /\.(js|css|html|wasm|gz)$/ },
  brotli: { coding: 'br', pack: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }), of: /\.(js|css|html|wasm)$/ },
  // A server that takes the ending .gz for an encoding: the browser inflates the data.
  'the files’ own gzip': { coding: 'gzip', pack: (bytes) => bytes, of: /\.gz$/ },
};

for (const [name, encoding] of Object.entries(kEncodings)) {
  test(`the progress is right with encoding: ${name}`, async (t) => {
    const site = await serve(t, siteFolder, (path, response) => {
      const file = join(siteFolder, path);
      if (!encoding?.of.test(path) || !existsSync(file)) return false;
      const type = { ...kTypes, html: 'text/html', gz: 'application/gzip' }[path.split('.').at(-1)];
      response.writeHead(200, { 'Content-Type': type, 'Content-Encoding': encoding.coding }).end(encoding.pack(readFileSync(file)));
      return true;
    });
    const { page, problems } = await open(t, site, { before: (page) => page.addInitScript(watchProgress) });
    const shown = await page.evaluate(() => window.shown);
    const listed = filesIn(siteFolder).filter((path) => /^data\/[0-9a-f]+\//.test(path) || /^v\/\w+\/(page|engine)\.wasm$/.test(path));
    const unpacked = name === 'the files’ own gzip';
    const sizes = listed.map((path) => readFileSync(join(siteFolder, path))).map((bytes) =>
      (unpacked && bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).length);
    const total = sizes.reduce((a, b) => a + b);
    assert.ok(shown.length > 3, `${shown.length}`);
    assert.deepEqual(shown.at(-1), [total, total]);
    for (const [i, [bytes, of]] of shown.entries()) {
      assert.ok(bytes <= of && (i === 0 || bytes >= shown[i - 1][0]), `${shown}`);
      if (!unpacked) assert.equal(of, total);
    }
    await send(page, 'step', { unit: 'batch', count: 1 });
    assert.equal((await digest(page)).length > 0, true);
    assert.deepEqual(problems, []);
  });
}

// ---- the policy -----------------------------------------------------------------------------------------------------

test('the policy refuses what is inline, evaluated or foreign, and this suite would see it', async (t) => {
  const site = await serve(t);
  const { page, problems } = await open(t, site);
  const tries = {
    'script-src-elem': () => document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' })),
    'script-src': () => setTimeout('window.ran = 1'),
    'style-src-attr': () => document.body.setAttribute('style', 'color: red'),
    'img-src': () => { new Image().src = 'http://downhill.invalid/x.png'; },
    'connect-src': () => { fetch('http://downhill.invalid/').catch(() => {}); },
  };
  for (const [directive, act] of Object.entries(tries)) {
    problems.length = 0;
    await page.evaluate(act);
    const isTold = () => problems.some((problem) => problem.startsWith(`content security policy: ${directive} refuses`));
    for (let i = 0; i < 100 && !isTold(); ++i) await page.waitForTimeout(50);
    assert.ok(isTold(), `${directive}: ${problems}`);
  }
  assert.equal(await page.evaluate(() => window.ran), undefined);
});
