// What people do that a test seldom does: composing input methods, and a page opened where it cannot run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { browser, frames, openPage, site, siteFolder, until, useBrowser, widget } from './support.mjs';

useBrowser();

async function tap(page, name) {
  const { x, y, width, height } = await widget(page, name);
  await page.touchscreen.tap(x + width / 2, y + height / 2);
}

// Types in an input method, which replaces what it has composed with each key.
async function compose(page, texts) {
  const session = await page.context().newCDPSession(page);
  for (const text of texts) {
    await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await frames(page, 4);
  }
  await session.send('Input.insertText', { text: texts.at(-1) });
  await frames(page, 8);
}

test('a keyboard that composes replaces what it has written', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { width: 1400, height: 850, touch: true });
  await tap(page, 'batch');
  await until(page, () => document.activeElement.id === 'soft-keyboard');
  await frames(page, 6);
  await compose(page, ['1', '12', '123']);
  await page.keyboard.press('Enter');
  await until(page, () => window.downhill.state().spec.batch === 123);
  await tap(page, 'batch');
  await until(page, () => document.activeElement.id === 'soft-keyboard');
  await frames(page, 6);
  await compose(page, ['9', '92', '6', '64']);  // corrected on the way
  await page.keyboard.press('Enter');
  await until(page, () => window.downhill.state().spec.batch === 64);
  assert.deepEqual(problems, []);
  await context.close();
});

// ---- where the page cannot start ---------------------------------------------------------------------------------

test('opened as a file, the page says why it cannot start and what to do', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(siteFolder, 'index.html')).href);
  await page.waitForSelector('#trouble-text:visible');
  assert.match(await page.textContent('#trouble-text'), /opened as a file.*python3 -m http\.server/);
  assert.equal(await page.isVisible('#retry'), false, 'trying again would not help');
  await context.close();
});

test('in a frame without an origin, the page says so and offers a window of its own', async () => {
  for (const allowed of [false, true]) {  // whether the host lets other origins read its scripts
    const context = await browser.newContext();
    const page = await context.newPage();
    if (allowed) {
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
      });
    }
    await page.setContent(`<iframe sandbox="allow-scripts" src="${site.url}" width=900 height=600></iframe>`);
    const frame = page.frameLocator('iframe');
    await frame.locator('#trouble-text').waitFor({ state: 'visible' });
    assert.match(await frame.locator('#trouble-text').textContent(), /in a frame.*window of its own/);
    assert.equal(await frame.locator('#own-window').getAttribute('href'), site.url);
    await context.close();
  }
});

test('a script that does not arrive is told, and trying again loads it', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/host.js', (route) => route.abort());
  await page.goto(site.url);
  await page.waitForSelector('#trouble-text:visible');
  assert.match(await page.textContent('#trouble-text'), /one of its scripts did not arrive/);
  await page.unroute('**/host.js');
  await page.click('#retry');
  await page.waitForFunction(() => window.downhill?.ready);
  await page.evaluate(() => window.downhill.ready);
  await context.close();
});
