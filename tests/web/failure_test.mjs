// Failures while loading: the engine, the data or the program do not arrive, or are damaged. The page says so in a
// sentence and offers a way out.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, click, frames, openPage, screenshot, send, site, state, until, useBrowser, widget } from './support.mjs';

useBrowser();

test('data that do not arrive: the page draws on, says which file, and a click on restart loads them', async () => {
  const { page, context } = await openPage(browser, site.url, {
    wait: false,
    before: (page) => page.route('**/train-images*', (route) => route.fulfill({ status: 503 })),
  });
  await widget(page, 'restart-engine');
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

test('an engine that does not arrive or is damaged is named, and a click on restart brings another', async () => {
  const answers = [
    [(route) => route.fulfill({ status: 404 }), /engine\.wasm could not be loaded: the server said 404/],
    [(route) => route.abort(), /engine\.wasm could not be loaded: the connection failed/],
    [(route) => route.fulfill({ body: 'no program', contentType: 'application/wasm' }), /engine\.wasm is damaged/],
    [async (route) => {
      const body = (await (await route.fetch()).body()).subarray(0, -1000);
      await route.fulfill({ body, contentType: 'application/wasm' });
    }, /engine\.wasm is damaged/],
  ];
  // The page's own program comes last, and what the engine sent before must not be lost.
  const late = async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  };
  for (const [answer, sentence] of answers) {
    const { page, context } = await openPage(browser, site.url, {
      wait: false,
      before: async (page) => {
        await page.route('**/engine.wasm', answer);
        await page.route('**/page.wasm', late);
      },
    });
    await widget(page, 'restart-engine');
    assert.match((await state(page)).error, sentence);
    await page.unroute('**/engine.wasm');
    await click(page, 'restart-engine');
    await until(page, () => window.downhill.state().ready);
    await context.close();
  }
});

test('damaged data are refused with the file and what is wrong', async () => {
  const { page, context } = await openPage(browser, site.url, {
    wait: false,
    before: (page) => page.route('**/valid-labels*', (route) => route.fulfill({ status: 200, body: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]) })),
  });
  await widget(page, 'restart-engine');
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
  const again = page.waitForEvent('load');  // until then window.downhill is missing or that of the old page
  await page.getByRole('button', { name: /again/i }).click();
  await again;
  await page.waitForFunction(() => window.downhill.ready);
  await page.evaluate(() => window.downhill.ready);
  await context.close();
});
