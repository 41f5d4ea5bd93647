// The page without a network, installed, and with a newer version ready. The service worker is never registered on
// 127.0.0.1; so the browser is told that another name is this machine, and as good as https.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { copyRelease, folderFor, keptFiles, pressReload, shownBuild } from './release_support.mjs';
import {
  buildOf, decodePng, describe, digest, goldenRuns, launchBrowser, openPage, releaseFolder, screenshot, send, serveSite,
  siteFolder, state, until, untilDigitsAreKept, untilFulfilled,
} from './support.mjs';

const kNext = '0123456789abcdef';
const kHost = 'downhill.test';

// A site under that name and a browser that knows it. Between tests the site is as it was, each has a context of its own.
let site, browser, url, answer;
before(async () => {
  site = await serveSite(siteFolder, (...args) => answer?.(...args) ?? false);
  url = `http://${kHost}:${site.port}/`;
  browser = await launchBrowser(`--host-resolver-rules=MAP ${kHost} 127.0.0.1`,
    `--unsafely-treat-insecure-origin-as-secure=http://${kHost}:${site.port}`);
});
after(async () => {
  await browser?.close();
  site?.close();
});

async function open(t, options = {}) {
  const opened = await openPage(browser, url, options);
  t.after(async () => {
    await opened.context.close();
    site.folder = siteFolder;
    answer = undefined;
  });
  return opened;
}

// Drops every connection, as a host that cannot be reached.
const cut = () => {
  answer = (path, response) => {
    response.destroy();
    return true;
  };
};

const isKept = async () => Boolean((await navigator.serviceWorker.getRegistration())?.active) && Boolean(navigator.serviceWorker.controller);
const untilKept = (page) => untilFulfilled(page, isKept);

async function again(page, address = url) {
  await page.goto('about:blank');
  await page.goto(address);
  await page.evaluate(() => window.downhill.ready);
}

test('after one visit it starts without a network, trains the same bits, races, and opens the course', async (t) => {
  const { page } = await open(t);
  await untilKept(page);
  const names = await page.evaluate(async () => (await caches.keys()).sort());
  assert.deepEqual(names, ['downhill-data-1', `downhill-release-${buildOf()}`]);
  cut();
  const [{ spec, final }] = goldenRuns('first_steps.txt');
  await again(page, `${url}#${spec}`);
  await send(page, 'step', { unit: 'batch', count: 20 });
  assert.equal(await digest(page), final);
  const { race } = await send(page, 'race', { rates: '0.1,1', epochs: 1 });
  assert.deepEqual(race.lanes.map((lane) => lane.state), ['done', 'done']);
  await page.evaluate(() => window.downhill.learn(2));
  await page.waitForSelector('#course h3');
  await assert.rejects(send(page, 'set', { digits: '0123456789', loss: 'crossentropy' }), /data\/digits\/.*could not be loaded: the connection failed/);
  await screenshot(page, 'offline');
});

test('all ten digits are there without a network if they were chosen once', async (t) => {
  const { page } = await open(t);
  await untilKept(page);
  await send(page, 'set', { digits: '0123456789', loss: 'crossentropy' });
  await untilFulfilled(page, async () => (await (await caches.open('downhill-data-1')).keys()).length === 8);
  cut();
  await again(page, `${url}?somebody=added#digits=0123456789&loss=crossentropy`);
  assert.equal((await state(page)).trainCount, 60000);
  await send(page, 'step', { unit: 'batch', count: 2 });
  assert.equal((await state(page)).step, 2);
});

test('a host that does not answer is waited for only a while', async (t) => {
  const { page } = await open(t);
  await untilKept(page);
  answer = () => true;  // it takes the request and says nothing
  const began = Date.now();
  await again(page);
  assert.ok(Date.now() - began > 2500, 'the network goes first');
  await send(page, 'step');
});

test('the manifest is valid, its icons are what it says, and the page can be installed', async (t) => {
  const { page, context } = await open(t);
  await untilKept(page);
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { icons, start_url: start, display } = JSON.parse(data);
  assert.deepEqual([start, display], ['./', 'standalone']);
  for (const { src, sizes, type, purpose } of icons) {
    const response = await page.request.get(new URL(src, `http://127.0.0.1:${site.port}/`).href);
    assert.equal(response.headers()['content-type'], type);
    if (type !== 'image/png') continue;
    const image = decodePng(await response.body());
    assert.equal(`${image.width}x${image.height}`, sizes);
    const corner = image.at(0, 0), middle = describe(image, { x: 0, y: 0, width: image.width, height: image.height });
    assert.ok(middle.colours > 20 && middle.blue > 0.01 && middle.orange > 0.01, JSON.stringify(middle));
    if (purpose === 'maskable') assert.deepEqual(corner, [0xfb, 0xfa, 0xf7], 'its paper fills it');
  }
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A context of its own is a private window, where Chromium installs nothing.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
});

for (const [theme, width, height] of [['light', 1280, 800], ['dark', 390, 844]]) {
  test(`a newer version is offered by a bar and forced on nobody (${theme}, ${width}×${height})`, async (t) => {
    const { page, problems } = await open(t, { theme, width, height, touch: width < 500 });
    await untilKept(page);
    const before = await page.evaluate(() => window.downhill.widgets());
    site.folder = copyRelease(folderFor(t), kNext);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await page.waitForSelector('#news');
    assert.match(await page.innerText('#news p'), /new version of Downhill is ready/);
    assert.deepEqual(await page.evaluate(() => window.downhill.widgets()), before, 'it moves nothing');
    await screenshot(page, `news-${theme}`);
    await page.click('#news-close');
    await send(page, 'step');
    assert.equal(await shownBuild(page), buildOf());
    const waits = await page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting));
    assert.equal(waits, true, 'it waits');
    cut();
    const { race } = await send(page, 'race', { rates: '0.1,1', epochs: 1 });
    assert.deepEqual(race.lanes.map((lane) => lane.state), ['done', 'done']);
    assert.deepEqual(problems, []);
  });
}

test('the new version comes where its bar is pressed; another tab keeps its own until there, too, it is pressed', async (t) => {
  const { page, context } = await open(t);
  await untilKept(page);
  const other = await context.newPage();
  await other.goto(url);
  await other.evaluate(() => window.downhill.ready);
  site.folder = copyRelease(folderFor(t), kNext);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  for (const tab of [page, other]) await tab.waitForSelector('#news');
  await pressReload(page);
  assert.equal(await shownBuild(page), kNext);
  assert.equal(await shownBuild(other), buildOf(), 'it is not reloaded');
  cut();  // what the other tab still needs is kept
  const { race } = await send(other, 'race', { rates: '0.1,1', epochs: 1 });
  assert.deepEqual(race.lanes.map((lane) => lane.state), ['done', 'done']);
  answer = undefined;
  await pressReload(other);
  assert.equal(await shownBuild(other), kNext);
});

test('a release that does not arrive whole is not kept, and the last one still works', async (t) => {
  const { page } = await open(t);
  await untilKept(page);
  site.folder = copyRelease(folderFor(t), kNext);
  for (const body of [null, 'Welcome to the network of this hotel']) {
    answer = (path, response) => {
      if (!path.endsWith('/mirror.js')) return false;
      response.writeHead(body ? 200 : 404, { 'Content-Type': 'text/javascript' }).end(body);
      return true;
    };
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update().catch(() => {}));
    await untilFulfilled(page, async () => {
      const { installing, waiting } = await navigator.serviceWorker.getRegistration();
      return !installing && !waiting;
    });
  }
  assert.equal(await page.locator('#news').count(), 0);
  cut();
  await again(page);
  assert.equal(await shownBuild(page), buildOf());
});

test('there is none on this machine, and none in frames', async (t) => {
  const { page, context } = await openPage(browser, site.url);
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  await context.close();
  const around = await browser.newContext();
  t.after(() => around.close());
  const host = await around.newPage();
  await host.route('**/host.html', (route) => route.fulfill({ contentType: 'text/html', body: `<iframe src="${url}" width="900" height="600"></iframe>` }));
  await host.goto(`${url}host.html`);
  const frame = host.frames()[1];
  await frame.waitForFunction(() => window.downhill);
  await frame.evaluate(() => window.downhill.ready);
  await host.waitForTimeout(1000);
  assert.equal(await frame.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});

test('the worker’s list is that of the release', () => {
  const kept = Object.keys(keptFiles(siteFolder));
  for (const name of ['boot.js', 'page.wasm', 'engine.wasm', 'course/course.js', 'course/en/words.md']) {
    assert.ok(kept.includes(`v/${buildOf()}/${name}`), name);
  }
  assert.ok(readFileSync(join(releaseFolder(), 'offline.js'), 'utf8').includes('sw.js'));
});
