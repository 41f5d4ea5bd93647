// Saving and opening files: by scripts, by the buttons, by a drop on the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { browser, digest, openPage, send, site, state, until, useBrowser } from './support.mjs';

useBrowser();

// Drops files on the canvas as a user would: the list of File that `make` returns in the page.
const drop = (page, make) => page.evaluate((make) => {
  const dataTransfer = new DataTransfer();
  for (const file of new Function(`return (${make})()`)()) dataTransfer.items.add(file);
  const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
  document.getElementById('canvas').dispatchEvent(event);
  return event.defaultPrevented;
}, make.toString());

test('a run that was saved goes on to the same bits, also in another page', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'optimizer=adam&lr=0.01&model=linear' });
  await send(page, 'step', { unit: 'batch', count: 7 });
  const saved = await page.evaluate(async () => {
    const { name, bytes } = await window.downhill.save('checkpoint');
    window.kept = bytes;
    return { name, bytes: [...bytes] };
  });
  assert.match(saved.name, /^downhill-.*\.safetensors$/);
  const seven = await digest(page);
  await send(page, 'step', { unit: 'batch', count: 5 });
  const twelve = await digest(page);
  await page.evaluate(() => window.downhill.load(window.kept));
  assert.equal((await state(page)).step, 7);
  assert.equal(await digest(page), seven);

  const other = await openPage(browser, site.url);
  await other.page.evaluate((bytes) => window.downhill.load(new File([new Uint8Array(bytes)], 'run')), saved.bytes);
  const resumed = await state(other.page);
  assert.equal(resumed.step, 7);
  assert.equal(resumed.spec.optimizer, 'adam');
  await send(other.page, 'step', { unit: 'batch', count: 5 });
  assert.equal(await digest(other.page), twelve);
  assert.deepEqual(problems, []);
  assert.deepEqual(other.problems, []);
  await other.context.close();
  await context.close();
});

test('the weights that a button saves are downloaded, and a drop makes them the initial weights', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear' });
  await send(page, 'step', { unit: 'batch', count: 3 });
  const bits = await digest(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Save the weights' }).press('Enter'),
  ]);
  assert.match(download.suggestedFilename(), /^downhill-.*\.safetensors$/);
  const bytes = readFileSync(await download.path());
  await send(page, 'reset');
  assert.notEqual(await digest(page), bits);
  await page.evaluate((bytes) => {
    window.bytes = new Uint8Array(bytes);
  }, [...bytes]);
  assert.equal(await drop(page, () => [new File([window.bytes], 'weights.safetensors')]), true);
  await until(page, (bits) => window.downhill.state().weightsDigest === bits, bits);
  assert.equal((await state(page)).step, 0);

  // A file that is saved by a command is downloaded, too; one that is saved for a script is not.
  const [again] = await Promise.all([page.waitForEvent('download'), send(page, 'save', { what: 'weights' })]);
  assert.deepEqual(readFileSync(await again.path()), bytes);
  let downloads = 0;
  page.on('download', () => ++downloads);
  const mine = await page.evaluate(async () => [...(await window.downhill.save('weights')).bytes]);
  assert.deepEqual(Buffer.from(mine), bytes);
  assert.equal(downloads, 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the chooser of files opens the one that is chosen', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear' });
  await send(page, 'step', { unit: 'batch', count: 2 });
  const bits = await digest(page);
  const bytes = Buffer.from(await page.evaluate(async () => [...(await window.downhill.save('checkpoint')).bytes]));
  await send(page, 'reset');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open a saved file' }).press('Enter'),
  ]);
  await chooser.setFiles({ name: 'run.safetensors', mimeType: 'application/octet-stream', buffer: bytes });
  await until(page, (bits) => window.downhill.state().weightsDigest === bits, bits);
  assert.equal((await state(page)).step, 2);
  assert.deepEqual(problems, []);
  await context.close();
});

test('what cannot be opened is refused with a sentence, and the run survives', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 3 });
  const bits = await digest(page);
  const refused = (source) => page.evaluate((source) => {
    const thing = new Function(`return (${source})()`)();
    return window.downhill.load(thing).then(() => 'loaded', (error) => error.message);
  }, source.toString());
  assert.match(await refused(() => 'weights'), /no file/);
  assert.match(await refused(() => null), /no file/);
  assert.match(await refused(() => new Uint8Array(64 * 1024 * 1024 + 1)), /64 MB/);
  assert.match(await refused(() => new File([new Uint8Array(64 * 1024 * 1024 + 1)], 'huge')), /huge has 65 MB/);
  // The largest file that is read reaches the engine, which refuses it.
  assert.match(await refused(() => new Uint8Array(64 * 1024 * 1024)), /\[file\]/);
  assert.match(await refused(() => new ArrayBuffer(0)), /\[file\]/);
  assert.equal((await state(page)).step, 3);
  assert.equal(await digest(page), bits);

  for (const make of [
    () => [], () => [new File([new Uint8Array(64 * 1024 * 1024 + 1)], 'huge')],
    () => [new File(['a'], 'a'), new File(['b'], 'b')], () => [new File(['no tensors'], 'letter.txt')],
  ]) {
    assert.equal(await drop(page, make), true, 'the browser must not leave the page');
  }
  await send(page, 'step');
  assert.equal((await state(page)).step, 4);
  assert.match(await page.evaluate(() => window.downhill.save('everything').catch((error) => error.message)), /weights, checkpoint/);
  assert.deepEqual(problems, []);
  await context.close();
});
