// What can go wrong in a browser: the engine or the data do not arrive, WebGL's context is lost, the tab is hidden.
// Each time the page says so in a sentence, offers a way out, and keeps what was learned.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  click, describe, digest, frames, launchBrowser, openPage, screenshot, send, serveSite, state, until, widget,
} from './support.mjs';

let site, browser;
before(async () => {
  site = await serveSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
});

test('data that do not arrive: the page draws on, says which file, and a click on restart loads them', async () => {
  const { page, context } = await openPage(browser, site.url, {
    wait: false,
    before: (page) => page.route('**/train-images*', (route) => route.fulfill({ status: 503 })),
  });
  await page.waitForFunction(() => {
    try {
      return window.downhill.widgets().some((w) => w.name === 'restart-engine');
    } catch {
      return false;
    }
  });
  await screenshot(page, 'no-data');
  const before = (await state(page)).frames;
  await page.mouse.move(200, 200);
  await frames(page, 20);
  assert.ok((await state(page)).frames > before, 'it draws on');
  assert.equal((await state(page)).ready, false);
  assert.match((await state(page)).error ?? '', /train-images/);
  await page.unroute('**/train-images*');
  await click(page, 'restart-engine');
  await until(page, () => window.downhill.state().ready);
  await send(page, 'step');
  assert.equal((await state(page)).step, 1);
  await context.close();
});

test('damaged data are refused with the file and what is wrong', async () => {
  const { page, context } = await openPage(browser, site.url, {
    wait: false,
    before: (page) => page.route('**/valid-labels*', (route) => route.fulfill({ status: 200, body: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]) })),
  });
  await page.waitForFunction(() => {
    try {
      return window.downhill.state().error;
    } catch {
      return false;
    }
  });
  assert.match((await state(page)).error, /valid-labels/);
  await context.close();
});

test('a program that does not arrive: a sentence and a button to try again', async () => {
  const { page, context } = await openPage(browser, site.url, {
    wait: false, before: (page) => page.route('**/page.wasm', (route) => route.fulfill({ status: 404 })),
  });
  await page.getByRole('button', { name: /again/i }).waitFor();
  assert.match(await page.textContent('#trouble-text'), /could not be loaded/);
  await page.unroute('**/page.wasm');
  await page.getByRole('button', { name: /again/i }).click();
  await page.waitForFunction(() => window.downhill.ready);
  await page.evaluate(() => window.downhill.ready);
  await context.close();
});

test('a lost WebGL context comes back with the same picture, and training does not notice', async () => {
  const { page, context } = await openPage(browser, site.url, { fragment: 'model=linear&lr=1' });
  await send(page, 'step', { unit: 'batch', count: 5 });
  await click(page, 'step:gradient');
  await frames(page, 60);
  const bits = await digest(page);
  const before = describe(await screenshot(page, 'context-before'), await widget(page, 'picture:gradients'));
  await page.evaluate(async () => {
    const gl = document.querySelector('canvas').getContext('webgl2');
    const lose = gl.getExtension('WEBGL_lose_context');
    lose.loseContext();
    await new Promise((resolve) => setTimeout(resolve, 300));
    lose.restoreContext();
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  await page.mouse.move(300, 300);
  await frames(page, 60);
  const after = describe(await screenshot(page, 'context-after'), await widget(page, 'picture:gradients'));
  assert.ok(Math.abs(after.blue - before.blue) < 0.02 && Math.abs(after.orange - before.orange) < 0.02,
    `${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  assert.equal(await digest(page), bits);
  await send(page, 'step');
  assert.equal((await state(page)).step, 6);
  await context.close();
});

test('training goes on while nothing is drawn, and scripts get their answers', async () => {
  const { page, context } = await openPage(browser, site.url);
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0;  // as in a hidden tab: no frame ever comes
  });
  await send(page, 'step', { unit: 'batch', count: 7 });
  assert.equal((await state(page)).step, 7);
  await context.close();
});
