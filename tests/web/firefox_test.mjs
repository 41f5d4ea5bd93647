// The page in Firefox: another compiler of WebAssembly, which must give the same bits, and another WebGL. Firefox has
// WebGL only in a window, for which run.sh provides a screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';

import puppeteer from 'puppeteer-core';

import { chooseFullSpeed, decodePng, describe, goldenRuns, isShown, send, serveSite, state } from './support.mjs';

let site, firefox;

before(async () => {
  site = await serveSite();
  firefox = await puppeteer.launch({
    browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: false,
    defaultViewport: { width: 1280, height: 800 }, timeout: 120000, protocolTimeout: 600000,
  });
});
after(async () => {
  await firefox?.close();
  site?.close();
});

// A new page, once it is shown. `problems` collects exceptions and console errors.
async function openInFirefox(fragment = '') {
  const page = await firefox.newPage();
  await page.evaluateOnNewDocument(chooseFullSpeed);
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${site.url}#${fragment}`);
  await page.evaluate(() => window.downhill.ready);
  await page.waitForFunction(isShown, { timeout: 120000 });
  return { page, problems };
}

// The digest of the weights. The engine computes it at rest, after the step.
async function digestAt(page, step) {
  const known = await page.waitForFunction((step) => {
    const { running, step: now, weightsDigest } = window.downhill.state();
    return !running && now === step && weightsDigest;
  }, { timeout: 60000 }, step);
  return known.jsonValue();
}

test('the first 20 steps are the golden bits in Firefox too, of dense, convolutional and dropped-out networks', async () => {
  const runs = [...goldenRuns('first_steps.txt'), ...goldenRuns('deep_steps.txt').slice(0, 2)];
  assert.equal(runs.length, 7);
  for (const { spec, initial, final } of runs) {
    const { page, problems } = await openInFirefox(spec);
    assert.equal(await digestAt(page, 0), initial, spec);
    await send(page, 'step', { unit: 'batch', count: 20 });
    assert.equal(await digestAt(page, 20), final, spec);
    assert.deepEqual(problems, []);
    await page.close();
  }
});

test('Firefox draws the page, and a key trains it until its epochs are done', async () => {
  const { page, problems } = await openInFirefox('epochs=3');
  const { x, y, width, height } = await page.evaluate(() =>
    window.downhill.widgets().find((widget) => widget.name === 'play'));
  const before = decodePng(Buffer.from(await page.screenshot()));
  assert.ok(describe(before, { x: 0, y: 0, width: 1280, height: 800 }).colours > 100);
  assert.ok(describe(before, { x, y, width, height }).brightness < 128, 'the button to play is dark');
  await page.keyboard.press(' ');
  await page.waitForFunction(() => window.downhill.state().finished, { timeout: 60000 });
  const { epoch, validAccuracy } = await state(page);
  assert.equal(epoch, 3);
  assert.ok(validAccuracy > 0.9);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const after = decodePng(Buffer.from(await page.screenshot()));
  const changed = (rect) => describe(after, rect).brightness !== describe(before, rect).brightness;
  assert.ok(changed({ x: 940, y: 400, width: 320, height: 80 }), 'a curve of the loss was drawn');
  assert.deepEqual(problems, []);
});

test('a result from another browser is done again in Firefox, and holds', async () => {
  const [{ spec, final }] = goldenRuns('first_steps.txt');
  const text = `downhill result 1\nexperiment ${spec}\nend 100\ndigest ${final}\n`;
  const { page, problems } = await openInFirefox(`result=${deflateRawSync(text).toString('base64url')}`);
  await page.waitForFunction(() => window.downhill.state().result, { timeout: 60000 });
  const { result } = await state(page);
  assert.equal(result.holds, true, result.sentence);
  assert.equal(result.step, 20);
  assert.equal(result.digest, final);
  assert.deepEqual(problems, []);
  await page.close();
});
