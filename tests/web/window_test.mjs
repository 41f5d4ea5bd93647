// The canvas in the browser: pixels, keys, zoom, resize, theme, a lost GL context, a hidden tab, links, and no work when
// nothing changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  browser, click, describe, frames, longRun, openPage, screenshot, send, site, state, until, untilFulfilled, useBrowser, widget,
} from './support.mjs';

useBrowser();

const canvasSize = (page) => page.evaluate(() => {
  const canvas = document.getElementById('canvas');
  return [canvas.width, canvas.height];
});

for (const ratio of [1, 1.5, 2, 3]) {
  test(`at pixel ratio ${ratio} the canvas has a pixel for each of the screen's, and a click meets its widget`, async () => {
    const { page, problems, context } = await openPage(browser, site.url, { ratio, width: 1280, height: 800 });
    assert.deepEqual(await canvasSize(page), [1280 * ratio, 800 * ratio]);
    await click(page, 'step-batch');
    await until(page, () => window.downhill.state().step === 1);
    assert.deepEqual(problems, []);
    await context.close();
  });
}

test('graphics are started once, with what the page needs and no extension: each question waits for another process', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    before: (page) => page.addInitScript(() => {
      const asked = { contexts: [], extensions: [] };
      window.asked = asked;
      const { getContext } = HTMLCanvasElement.prototype;
      HTMLCanvasElement.prototype.getContext = function get(kind, wanted) {
        const context = getContext.call(this, kind, wanted);
        if (/webgl/.test(kind) && !asked.contexts.includes(context)) asked.contexts.push(context);
        return context;
      };
      for (const { prototype } of [WebGLRenderingContext, WebGL2RenderingContext]) {
        prototype.getExtension = (name) => {
          asked.extensions.push(name);
          return null;
        };
      }
    }),
  });
  const { count, kind, attributes, extensions } = await page.evaluate(() => ({
    count: window.asked.contexts.length,
    kind: window.asked.contexts[0].constructor.name,
    attributes: window.asked.contexts[0].getContextAttributes(),
    extensions: window.asked.extensions,
  }));
  assert.equal(count, 1);
  assert.equal(kind, 'WebGL2RenderingContext');
  const { alpha, antialias, depth, stencil } = attributes;
  assert.deepEqual({ alpha, antialias, depth, stencil }, { alpha: false, antialias: false, depth: false, stencil: false });
  assert.deepEqual(extensions, []);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the page follows the size of the window', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: longRun, ratio: 2 });
  await page.setViewportSize({ width: 700, height: 900 });
  await until(page, () => document.getElementById('canvas').width === 1400);
  assert.deepEqual(await canvasSize(page), [1400, 1800]);
  await frames(page, 4);
  const { x, y, width, height } = await widget(page, 'play');
  assert.ok(x >= 0 && x + width <= 700 && y >= 0 && y + height <= 900, 'the play button left the page');
  await click(page, 'play');
  await until(page, () => window.downhill.state().running);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the page follows the theme that the reader prefers, at once', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { theme: 'light' });
  const whole = { x: 0, y: 0, width: 1280, height: 800 };
  await frames(page, 4);
  assert.ok(describe(await screenshot(page, 'theme-before'), whole).brightness > 200);
  await page.emulateMedia({ colorScheme: 'dark' });
  await frames(page, 6);
  assert.ok(describe(await screenshot(page, 'theme-after'), whole).brightness < 80);
  assert.deepEqual(problems, []);
  await context.close();
});

test('with Ctrl, Alt or Cmd held a key is the browser’s: nothing is reset, stepped or prevented', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 3 });
  await page.evaluate(() => {
    window.prevented = [];
    addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || /^F\d/.test(event.key)) event.preventDefault = () => window.prevented.push(event.key);
    }, true);
  });
  await page.focus('#canvas');
  for (const key of ['Control+r', 'Meta+r', 'Control+.', 'Alt+r', 'Control+Space']) await page.keyboard.press(key);
  await frames(page, 10);
  assert.equal((await state(page)).step, 3);
  assert.deepEqual(await page.evaluate(() => window.prevented), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test('Tab goes from the canvas to real buttons that do the same', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: longRun });
  await page.focus('#canvas');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Train');
  await page.keyboard.press('Enter');
  await until(page, () => window.downhill.state().running);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until(page, () => !window.downhill.state().running);
  await until(page, () => /loss/i.test(document.getElementById('mirror').textContent));
  assert.deepEqual(problems, []);
  await context.close();
});

test('a drag that leaves the window ends there', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const dial = await widget(page, 'lr-dial');
  await page.mouse.move(dial.x + dial.width / 2, dial.y + 20);
  await frames(page, 2);
  await page.mouse.down();
  await frames(page, 2);
  await page.mouse.move(1600, 300, { steps: 4 });
  await frames(page, 2);
  await page.mouse.up();
  await frames(page, 2);
  await page.mouse.move(dial.x + dial.width / 2, dial.y + dial.height / 2);
  await frames(page, 3);
  const { lr } = (await send(page, 'pause')).spec;  // answered after everything that the drag has sent
  await page.mouse.move(dial.x + 30, dial.y + dial.height - 40, { steps: 4 });
  await frames(page, 10);
  assert.equal((await state(page)).spec.lr, lr);
  assert.deepEqual(problems, []);
  await context.close();
});

test('copy and paste go through the system’s clipboard', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { width: 1400, height: 850 });
  await click(page, 'share');
  await page.waitForSelector('#share-copy:not(:disabled)');
  await page.click('#share-copy');
  await page.keyboard.press('Escape');
  await untilFulfilled(page, async () => (await navigator.clipboard.readText()) === window.downhill.link());
  await page.evaluate(() => navigator.clipboard.writeText('77'));
  await click(page, 'seed');
  for (const key of ['Control+a', 'Control+v', 'Enter']) {
    await frames(page, 6);
    await page.keyboard.press(key);
  }
  await until(page, () => window.downhill.state().spec.seed === 77);
  assert.deepEqual(problems, []);
  await context.close();
});

test('training survives a lost GL context, and the page comes back', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'epochs=1000' });
  await send(page, 'play');
  await page.evaluate(() => {
    const canvas = document.getElementById('canvas');
    window.lose = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
    window.lose.loseContext();
  });
  const { step, frames: drawn } = await state(page);
  await until(page, (step) => window.downhill.state().step > step + 10, step);
  assert.ok((await state(page)).frames <= drawn + 2, 'frames were drawn without a context');
  await page.evaluate(() => window.lose.restoreContext());
  await until(page, (drawn) => window.downhill.state().frames > drawn + 5, drawn);
  await send(page, 'pause');
  await frames(page, 6);
  const picture = describe(await screenshot(page, 'restored'), { x: 340, y: 100, width: 560, height: 600 });
  assert.ok(picture.colours > 200 && picture.blue > 0.005 && picture.orange > 0.005,
    `the pictures did not come back: ${JSON.stringify(picture)}`);
  assert.deepEqual(problems.filter((text) => !/context/i.test(text)), []);
  await context.close();
});

test('a GL context may be lost while the shaders are compiled', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    wait: false,
    before: (page) => page.addInitScript(() => {
      const { prototype } = WebGL2RenderingContext;
      const { shaderSource, linkProgram } = prototype;
      let ours = false;
      prototype.shaderSource = function source(shader, text) {
        ours ||= text.includes('not_finite');
        shaderSource.call(this, shader, text);
      };
      prototype.linkProgram = function link(program) {
        linkProgram.call(this, program);
        if (!ours || window.lose) return;
        window.lose = this.getExtension('WEBGL_lose_context');
        window.lose.loseContext();
      };
    }),
  });
  await page.evaluate(() => window.downhill.ready);
  await send(page, 'step');
  await until(page, () => window.lose);
  const { frames: drawn } = await state(page);
  await page.evaluate(() => window.lose.restoreContext());
  await until(page, (drawn) => window.downhill.state().frames > drawn + 3, drawn);
  const picture = describe(await screenshot(page, 'restored-early'), { x: 340, y: 100, width: 560, height: 600 });
  assert.ok(picture.colours > 100, `the pictures did not come: ${JSON.stringify(picture)}`);
  assert.deepEqual(problems.filter((text) => !/context/i.test(text)), []);
  await context.close();
});

test('a page at rest is drawn again after its GL context was lost for long', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.evaluate(() => {
    window.lose = document.getElementById('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    window.lose.loseContext();
  });
  await page.waitForTimeout(4000);  // longer than frames go on after the last input
  const { frames: drawn } = await state(page);
  await page.evaluate(() => window.lose.restoreContext());
  await until(page, (drawn) => window.downhill.state().frames > drawn + 2, drawn);
  assert.deepEqual(problems.filter((text) => !/context/i.test(text)), []);
  await context.close();
});

test('nothing is drawn when nothing changes, and input wakes the page', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.mouse.move(640, 700);
  await until(page, () => {  // no frame for a second
    const { frames } = window.downhill.state(), now = performance.now();
    if (frames !== window.lastFrames) [window.lastFrames, window.quietSince] = [frames, now];
    return now - window.quietSince > 1000;
  });
  const before = (await state(page)).frames;
  await page.waitForTimeout(1000);
  assert.ok((await state(page)).frames <= before + 1, 'the page draws although nothing changes');
  await page.mouse.move(600, 650);
  await until(page, (before) => window.downhill.state().frames > before + 1, before);
  assert.deepEqual(problems, []);
  await context.close();
});

test('promises settle and training goes on without a single frame', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    // A hidden tab gets no animation frames. Headless pages are never hidden, so the test takes the frames away.
    before: (page) => page.addInitScript(() => {
      const request = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (act) => (window.hidden ? 0 : request(act));
      window.frameOver = () => new Promise((resolve) => request(resolve));  // after the frames requested before
    }),
  });
  await page.evaluate(() => {
    window.hidden = true;
    return window.frameOver();
  });
  const { frames: drawn } = await state(page);
  const after = await send(page, 'step', { unit: 'epoch', count: 1 });
  assert.equal(after.epoch, 1);
  await assert.rejects(send(page, 'set', { lr: 1e9 }), /lr/);
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
  await page.evaluate(() => {
    window.downhill.on('epoch', () => { window.heard = true; });
    return window.downhill.send('play');
  });
  await untilFulfilled(page, () => window.heard && window.downhill.state().epoch > 2, undefined, 30000);
  assert.equal((await state(page)).frames, drawn);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a link opens its experiment, and downhill.link() opens it again', async () => {
  const first = await openPage(browser, site.url, { fragment: 'lr=0.5&model=linear&seed=7' });
  await until(first.page, () => window.downhill.state().spec.model === 'linear');
  const { spec } = await state(first.page);
  assert.equal(spec.lr, 0.5);
  assert.equal(spec.seed, 7);
  const link = await first.page.evaluate(() => window.downhill.link());
  await first.context.close();
  const second = await openPage(browser, site.url, { fragment: new URL(link).hash.slice(1) });
  await until(second.page, () => window.downhill.state().spec.model === 'linear');
  assert.deepEqual((await state(second.page)).spec, spec);
  assert.deepEqual(second.problems, []);
  await second.context.close();
});

test('a link that is not understood is told and changes nothing', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'lr=fast' });
  const { spec } = await state(page);
  assert.equal(spec.lr, 0.1);
  await widget(page, 'banner-close');
  assert.deepEqual(problems, []);
  await context.close();
});

test('the address follows the experiment, and an edited address is followed', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'set', { lr: 0.25 });
  await until(page, () => location.hash.includes('lr=0.25'));
  await send(page, 'set', { lr: 0.75 });  // at once: browsers limit the rate, so the page must wait
  await until(page, () => location.hash.includes('lr=0.75'));
  await page.evaluate(() => { location.hash = 'seed=12&lr=0.5'; });
  await until(page, () => window.downhill.state().spec.seed === 12);
  assert.equal((await state(page)).spec.lr, 0.5);
  await page.evaluate(() => { location.hash = 'model%3Dlinear%26lr%3D2'; });
  await until(page, () => window.downhill.state().spec.model === 'linear');
  assert.equal((await state(page)).spec.lr, 2);
  assert.equal((await state(page)).spec.seed, 1, 'a link is a whole experiment');
  await page.evaluate(() => { location.hash = ''; });
  await until(page, () => window.downhill.state().spec.model === 'mlp:30');
  assert.equal((await state(page)).spec.lr, 0.1);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a link that a mail program has encoded opens', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'lr%3D0.5%26model%3Dlinear' });
  const { spec, error } = await state(page);
  assert.equal(spec.lr, 0.5);
  assert.equal(spec.model, 'linear');
  assert.equal(error, null);
  assert.deepEqual(problems, []);
  await context.close();
});

test('window.downhill refuses what is no command with a sentence', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await assert.rejects(send(page, 'jump'), /jump/);
  await assert.rejects(send(page, 'step', { unit: 'mile' }), /mile/);
  await assert.rejects(send(page, 'set', { colour: 'red' }), /colour/);
  await assert.rejects(send(page, 'set', { model: { layers: 3 } }), /model/);
  await assert.rejects(page.evaluate(() => window.downhill.send('Play!')), /Play!/);
  await assert.rejects(page.evaluate(() => window.downhill.on('noise', () => {})), /noise/);
  assert.equal((await state(page)).step, 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('events tell what happens, and a listener that throws stops no other', async () => {
  const { page, context } = await openPage(browser, site.url);
  await page.evaluate(() => {
    window.seen = {};
    for (const event of ['phase', 'step', 'epoch', 'play', 'pause', 'stop', 'spec', 'frame']) {
      window.downhill.on(event, (state) => { window.seen[event] = state; });
    }
    window.downhill.on('step', () => { throw new Error('a mistake in a lesson'); });
  });
  await send(page, 'set', { epochs: 2, model: 'linear' });
  await send(page, 'speed', { batches: 100 });  // so that it trains for a second, and the page gets snapshots meanwhile
  await send(page, 'play');
  await until(page, () => window.downhill.state().finished);
  await until(page, () => window.seen.stop && window.seen.pause);
  const seen = await page.evaluate(() => window.seen);
  assert.deepEqual(Object.keys(seen).sort(), ['epoch', 'frame', 'pause', 'phase', 'play', 'spec', 'step', 'stop']);
  assert.equal(seen.stop.epoch, 2);
  assert.match(seen.stop.stopReason, /2 epochs/);
  await context.close();
});

test('A canvas larger than the buffer of the GPU keeps its proportions and its clicks', async () => {
  // 8,400 device pixels; the software renderer draws 8,192.
  const { page, problems, context } = await openPage(browser, site.url, { width: 2800, height: 410, ratio: 3 });
  const canvas = await page.evaluate(() => {
    const element = document.querySelector('canvas'), gl = element.getContext('webgl2');
    return { width: element.width, height: element.height, buffer: [gl.drawingBufferWidth, gl.drawingBufferHeight] };
  });
  assert.deepEqual(canvas.buffer, [canvas.width, canvas.height]);
  assert.ok(canvas.width < 8400, 'this GPU draws more: the test needs a larger page');
  assert.ok(Math.abs(canvas.width / canvas.height - 2800 / 410) < 0.01, JSON.stringify(canvas));
  await click(page, 'step-batch');
  await until(page, () => window.downhill.state().step === 1);
  assert.deepEqual(problems, []);
  await context.close();
});
