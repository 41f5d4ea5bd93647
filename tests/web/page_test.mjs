// The page as a visitor sees it: it loads, trains at a press, and shows real digits, weights and gradients in both
// themes and at every screen size.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  browser, click, describe, frames, longRun, openPage, screenshot, send, site, state, until, useBrowser, widget,
} from './support.mjs';

useBrowser();

test('it loads without a word on the console and shows the first batch', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const s = await state(page);
  assert.equal(s.ready, true);
  assert.equal(s.phase, 'initialize');
  assert.equal(s.step, 0);
  assert.equal(s.paramCount, 23581);
  assert.equal(s.trainCount, 12396);
  assert.equal(s.validCount, 2038);
  assert.equal(s.baselineAccuracy.toFixed(4), '0.9514');  // (926 + 1013) / 2038
  assert.equal(s.trainLoss, null);
  assert.match(s.backend, /webgl|WebGL/);
  await frames(page, 10);
  const image = await screenshot(page, 'first-screen');
  const whole = describe(image, { x: 0, y: 0, width: 1280, height: 800 });
  assert.ok(whole.colours > 200, `only ${whole.colours} colours on the first screen`);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the words that the page explains come after its first frame, and a broken file of them is refused', async () => {
  let state = '', arrived = null;
  const { page, problems, context } = await openPage(browser, site.url, {
    before(page) {
      arrived = page.waitForResponse(/\/course\/en\/words\.md$/);
      return page.route('**/course/en/words.md', async (route) => {
        state = await page.evaluate(() => document.body.dataset.state);
        await route.continue();
      });
    },
  });
  assert.equal((await arrived).status(), 200);
  assert.equal(state, 'ready');
  const refused = await page.evaluate(() => {
    try {
      window.downhill.useWords('# Words\n- loss');
    } catch (error) {
      return error.message;
    }
    return '';
  });
  assert.equal(refused, '[words] line 2: “- loss” is not of the form “- word: sentence”');
  assert.deepEqual(problems, []);
  await context.close();
});

test('one press on play trains; a second one rests', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: longRun });
  await click(page, 'play');
  await until(page, () => window.downhill.state().step > 20);
  assert.equal((await state(page)).running, true);
  await click(page, 'play');
  await until(page, () => !window.downhill.state().running);
  const s = await state(page);
  assert.ok(s.trainLoss > 0 && s.trainLoss < 1);
  assert.ok(s.gradientNorm > 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the first Play of a visitor can be followed; full speed is one press away and remembered', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: longRun, firstVisit: true });
  await click(page, 'play');
  await until(page, () => window.downhill.state().running);
  await until(page, () => window.downhill.state().speed === 1);
  await frames(page, 3);
  await click(page, 'full-speed');
  await until(page, () => window.downhill.state().speed === 0 && window.downhill.state().step > 20);
  assert.equal((await state(page)).running, true);
  await page.reload();
  await until(page, () => window.downhill?.state?.().ready);
  await frames(page, 3);
  await click(page, 'play');
  await until(page, () => window.downhill.state().step > 20);
  assert.equal((await state(page)).speed, 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('each of the seven phases has a button that does it', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  for (const phase of ['predict', 'loss', 'gradient', 'step', 'repeat']) {
    await click(page, `do:${phase}`);
    await until(page, (phase) => window.downhill.state().phase === phase, phase);
  }
  assert.equal((await state(page)).step, 1);
  await click(page, 'do:initialize');
  await until(page, () => window.downhill.state().phase === 'initialize');
  assert.equal((await state(page)).step, 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('transport: phase, batch, epoch, back and reset move the run by just that much', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await click(page, 'step-phase');
  await until(page, () => window.downhill.state().phase === 'predict');
  await click(page, 'step-batch');
  await until(page, () => window.downhill.state().step === 1 && window.downhill.state().phase === 'repeat');
  await click(page, 'step-epoch');
  await until(page, () => window.downhill.state().epoch === 1);
  assert.equal((await state(page)).step, 49);
  await click(page, 'back-batch');
  await until(page, () => window.downhill.state().step === 48);
  await click(page, 'back-epoch');
  await until(page, () => window.downhill.state().step === 0);
  await click(page, 'step-batch');
  await until(page, () => window.downhill.state().step === 1);
  await click(page, 'reset');
  await until(page, () => window.downhill.state().phase === 'initialize');
  assert.deepEqual(problems, []);
  await context.close();
});

test('keys: space plays and rests, the point steps, r resets; Tab stays the browser’s', async () => {
  const { page, context } = await openPage(browser, site.url, { fragment: longRun });
  await page.keyboard.press('Space');
  await until(page, () => window.downhill.state().running && window.downhill.state().step > 3);
  await page.keyboard.press('Space');
  await until(page, () => !window.downhill.state().running);
  const { step, phase } = await state(page);
  await page.keyboard.press('.');
  await until(page, (before) => window.downhill.state().step > before, step - (phase === 'repeat' ? 0 : 1));
  await page.keyboard.press('r');
  await until(page, () => window.downhill.state().step === 0);
  const prevented = await page.evaluate(() => {
    const tab = new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true });
    document.body.dispatchEvent(tab);
    return tab.defaultPrevented;
  });
  assert.equal(prevented, false);
  await context.close();
});

test('the gradient is drawn beside the weights, blue and orange, once there is one', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&lr=1' });
  await send(page, 'step', { unit: 'batch', count: 5 });
  await click(page, 'step:gradient');
  await widget(page, 'gradients');
  await frames(page, 30);
  const image = await screenshot(page, 'gradient-linear');
  for (const name of ['weights', 'gradients']) {
    const seen = describe(image, await widget(page, name));
    assert.ok(seen.colours > 60, `${name} has ${seen.colours} colours`);
    assert.ok(seen.blue > 0.02, `${name} shows no positive values: ${JSON.stringify(seen)}`);
    assert.ok(seen.orange > 0.02, `${name} shows no negative values: ${JSON.stringify(seen)}`);
  }
  assert.deepEqual(problems, []);
  await context.close();
});

for (const [width, height, ratio] of [[1280, 800, 1], [1920, 1080, 2], [390, 844, 3]]) {
  for (const theme of ['light', 'dark']) {
    test(`${width}×${height} at ratio ${ratio}, ${theme}: sharp, filled, themed`, async () => {
      const { page, problems, context } = await openPage(browser, site.url, {
        width, height, ratio, theme, touch: width < 500, fragment: 'lr=0.3',
      });
      await send(page, 'step', { unit: 'epoch', count: 3 });
      await frames(page, 40);
      const image = await screenshot(page, `page-${width}x${height}@${ratio}-${theme}`);
      assert.deepEqual([image.width, image.height], [width * ratio, height * ratio]);
      const canvas = await page.evaluate(() => {
        const { width, height } = document.querySelector('canvas');
        return [width, height];
      });
      assert.deepEqual(canvas, [width * ratio, height * ratio], 'one canvas pixel per device pixel');
      const whole = describe(image, { x: 0, y: 0, width, height }, ratio);
      assert.ok(whole.colours > 200, `only ${whole.colours} colours`);
      if (theme === 'light') assert.ok(whole.brightness > 200, `brightness ${whole.brightness}`);
      else assert.ok(whole.brightness < 80, `brightness ${whole.brightness}`);
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}
