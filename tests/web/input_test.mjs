// What people do that a test seldom does: fingers and their keyboards, composing input methods, long pastes, small steps
// of a wheel, and a page opened where it cannot run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import {
  browser, click, describe, frames, longRun, openPage, screenshot, send, site, siteFolder, state, until, useBrowser, widget,
} from './support.mjs';

useBrowser();

async function tap(page, name) {
  const { x, y, width, height } = await widget(page, name);
  await page.touchscreen.tap(x + width / 2, y + height / 2);
}

test('a finger presses what it touches', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: longRun, width: 420, height: 860, ratio: 2, touch: true,
  });
  const { x, y, width, height } = await widget(page, 'play');
  await page.touchscreen.tap(x + width / 2, y + height / 2);
  await until(page, () => window.downhill.state().running);
  await page.touchscreen.tap(x + width / 2, y + height / 2);
  await until(page, () => !window.downhill.state().running);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a phone gets its keyboard for a number, and what it types arrives', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { width: 1400, height: 850, touch: true });
  await tap(page, 'batch');
  await until(page, () => document.activeElement.id === 'soft-keyboard');
  for (const key of ['Backspace', '6', '4', 'Enter']) {
    await page.keyboard.press(key);
    await frames(page, 6);
  }
  await until(page, () => window.downhill.state().spec.batch === 64);
  await until(page, () => document.activeElement.id === 'canvas');
  assert.deepEqual(problems, []);
  await context.close();
});

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

test('a notice goes by itself, although nothing else is drawn', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&loss=mse&lr=100&batch=32' });
  await send(page, 'play').catch(() => {});
  await until(page, () => !window.downhill.state().running && window.downhill.state().step > 0);
  await send(page, 'recover');
  const words = () => page.evaluate(() => document.getElementById('canvas').getContext('webgl2') && window.downhill.state().note);
  assert.match(await words(), /a tenth of 100, which was too large/);
  const place = { x: 400, y: 700, width: 480, height: 100 };
  await frames(page, 3);
  const shown = describe(await screenshot(page, 'notice'), place);
  await page.waitForTimeout(9000);
  const later = describe(await screenshot(page, 'notice-gone'), place);
  assert.notDeepEqual(shown, later);
  assert.deepEqual(problems, []);
  await context.close();
});

test('only who comes by Tab sees a frame around the page', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const outline = () => page.evaluate(() => getComputedStyle(document.getElementById('canvas')).outlineStyle);
  await click(page, 'batch');
  for (const key of ['Control+a', '6', '4', 'Enter']) {
    await page.keyboard.press(key);
    await frames(page, 6);
  }
  await until(page, () => window.downhill.state().spec.batch === 64);
  assert.equal(await outline(), 'none');
  await page.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 40 && await page.evaluate(() => document.activeElement.id !== 'canvas'); ++i) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'canvas');
  assert.equal(await outline(), 'solid');
  assert.deepEqual(problems, []);
  await context.close();
});

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

// What has the focus when a touch has ended, before anything is drawn: a phone shows no keyboard for a later focus.
const noteFocus = (page) => page.evaluate(() => {
  window.touched = [];
  addEventListener('touchend', () => {
    const { id, inputMode } = document.activeElement;
    window.touched.push(id === 'soft-keyboard' ? inputMode : 'none');
  });
});

test('a touch brings the keyboard that fits the field, within the touch; putting it away commits the field', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: 'model=net:flatten,linear', width: 1400, height: 850, touch: true,
  });
  await noteFocus(page);
  const touched = () => page.evaluate(() => window.touched.splice(0));
  await tap(page, 'play');
  await tap(page, 'play');
  assert.deepEqual(await touched(), ['none', 'none']);
  await tap(page, 'experiment');
  await widget(page, 'own-layers');
  await tap(page, 'batch');
  assert.deepEqual(await touched(), ['none', 'decimal']);
  const field = await widget(page, 'batch');
  const input = await page.evaluate(() => document.activeElement.getBoundingClientRect().toJSON());
  for (const side of ['x', 'y', 'width', 'height']) assert.ok(Math.abs(input[side] - field[side]) < 1, side);
  await frames(page, 8);
  await compose(page, ['4', '48']);
  await page.evaluate(() => document.activeElement.blur());
  await until(page, () => window.downhill.state().spec.batch === 48);
  await tap(page, 'batch');
  await frames(page, 8);
  await tap(page, 'own-layers');  // from one field to the next
  assert.deepEqual(await touched(), ['decimal', 'text']);
  await frames(page, 8);
  await page.keyboard.insertText('relu,');  // an area opens with its caret before the text
  await frames(page, 4);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'soft-keyboard');
  await page.keyboard.press('Enter');
  await until(page, () => window.downhill.state().spec.model === 'net:relu,flatten,linear');
  await until(page, () => document.activeElement.id === 'canvas');
  assert.deepEqual(problems, []);
  await context.close();
});

test('a paste that is too long for a field is refused for its length and changes nothing', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'batch=64' });
  const paste = async (text) => {
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await click(page, 'batch');
    await frames(page, 8);
    await page.keyboard.press('Control+v');
    await frames(page, 4);
    await page.keyboard.press('Enter');
  };
  await paste('1' + '0'.repeat(80));
  await until(page, () => /81 characters is too long/.test(window.downhill.state().error));
  await paste('128');
  await until(page, () => window.downhill.state().spec.batch === 128);
  await paste('1'.repeat(200000));  // the field does not even take it
  await frames(page, 20);
  assert.equal((await state(page)).spec.batch, 128);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a hundred steps of the wheel of one pixel each turn the dial like one of a hundred pixels', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'lr=0.1' });
  const { x, y, width, height } = await widget(page, 'lr-dial');
  await page.mouse.move(x + width / 2, y + height / 2 + 20);
  await frames(page, 4);
  await page.mouse.wheel(0, -100);
  await until(page, () => window.downhill.state().lr !== 0.1);
  const { lr } = await state(page);
  await send(page, 'set', { lr: 0.1 });
  await page.waitForTimeout(1200);  // the wheel has come to rest
  for (let i = 0; i < 100; ++i) await page.mouse.wheel(0, -1);
  // On a slow machine a pause between two events may lose what they had not added up to yet.
  await until(page, (least) => window.downhill.state().lr > least, 0.1 + 0.6 * (lr - 0.1));
  await frames(page, 20);
  assert.ok((await state(page)).lr <= lr);
  // GLFW's port listens on the window, where Chromium takes no preventDefault, and says so for each event.
  assert.deepEqual(problems.filter((problem) => !problem.includes('treated as passive')), []);
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
