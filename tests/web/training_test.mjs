// A run through the public interface: the same bits as everywhere, a learning rate that acts at once, divergence and
// the way back, training while the page draws.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  browser, click, describe, digest, frames, goldenRuns, openPage, screenshot, send, site, state, until, useBrowser,
  widget,
} from './support.mjs';

useBrowser();

async function expectGoldenBits(run) {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: run.spec });
  assert.equal(await digest(page), run.initial, run.spec);
  await send(page, 'step', { unit: 'batch', count: 20 });
  assert.equal(await digest(page), run.final, run.spec);
  assert.deepEqual(problems, []);
  await context.close();
}

test('the first 20 steps of both models on digits, and of the fits of points, are the golden bits', async () => {
  const runs = goldenRuns('first_steps.txt');
  assert.equal(runs.length, 5);
  for (const run of runs) await expectGoldenBits(run);
});

test('the first 20 steps of a convolutional network and of an MLP with dropout are the golden bits', async () => {
  const runs = goldenRuns('deep_steps.txt').slice(0, 2);
  assert.match(runs[0].spec, /model=conv&/);
  assert.match(runs[1].spec, /dropout=0\.3/);
  for (const run of runs) await expectGoldenBits(run);
});

test('reset, back and replay give the same bits, whatever happened between', async () => {
  const { page, context } = await openPage(browser, site.url);
  const first = await digest(page);
  await send(page, 'step', { unit: 'batch', count: 10 });
  const ten = await digest(page);
  await send(page, 'step', { unit: 'epoch', count: 2 });
  await send(page, 'back', { unit: 'epoch', count: 2 });
  assert.equal((await state(page)).step, 0);
  assert.equal(await digest(page), first);
  await send(page, 'reset');
  assert.equal(await digest(page), first);
  await send(page, 'play');
  await until(page, () => window.downhill.state().step > 60);
  await send(page, 'pause');
  await send(page, 'reset');
  for (let i = 0; i < 10; ++i) await send(page, 'step', { unit: 'batch' });
  assert.equal(await digest(page), ten);
  await send(page, 'reset', { seed: 2 });
  assert.notEqual(await digest(page), first);
  await context.close();
});

test('the tape of a batch is in state() while it is shown, and a weight’s products add up to its gradient', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=mlp:30' });
  assert.equal((await state(page)).tape, null);
  await send(page, 'show', { view: 'tape' });
  await send(page, 'advance', { phase: 'gradient' });
  await send(page, 'tape', { row: 4, unit: 7 });
  await until(page, () => window.downhill.state().tape?.product?.unit === 7);
  const { tape } = await state(page);
  assert.equal(tape.rows[4].op, 'linear+relu');
  assert.deepEqual(tape.rows[4].inputs, [1, 2, 3]);
  assert.equal(tape.position, tape.last);
  const { terms, sum, gradient, unit } = tape.product;
  assert.equal(unit, 7);
  assert.equal(terms.length, tape.images);
  const size = terms.reduce((all, term) => all + Math.abs(term), 0);
  assert.ok(size > 0 && Math.abs(sum - gradient) <= 1e-5 * size, JSON.stringify({ sum, gradient, size }));
  await click(page, 'tape-back');
  await until(page, (last) => window.downhill.state().tape.position === last - 1, tape.last);
  assert.deepEqual(problems, []);
  await context.close();
});

test('40 epochs of the MLP run in the page while the page draws', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const start = await state(page);
  await page.evaluate(() => {
    window.seen = [];
    window.downhill.on('frame', ({ frames, step }) => window.seen.push([frames, step]));
  });
  await send(page, 'play');
  await until(page, () => window.downhill.state().finished, undefined, 240000);
  const end = await state(page);
  assert.equal(end.epoch, 40);
  assert.equal(end.step, 40 * 49);
  assert.ok(end.validAccuracy > 0.979, `validation accuracy ${end.validAccuracy}`);
  assert.equal(end.stopReason, 'All 40 epochs are done.');
  await screenshot(page, 'forty-epochs');
  // Training and drawing go on together: many steps and many frames. Forty epochs end too soon, so there are more.
  await send(page, 'set', { epochs: 1000 });
  await page.evaluate(() => {
    window.seen = [];
  });
  await send(page, 'speed', { batches: 500 });  // or a fast engine ends before a slow screen has drawn enough frames
  await send(page, 'play');
  await until(page, () => window.seen.filter(([, step], i) => i > 0 && step > window.seen[i - 1][1]).length > 20, undefined, 60000);
  await send(page, 'pause');
  assert.ok((await state(page)).frames > start.frames + 20);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the learning rate acts on the next step, by script and by a drag on the dial', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 3 });
  const before = (await state(page)).step;
  await send(page, 'set', { lr: 2.5 });
  assert.equal((await state(page)).lr, 2.5);
  assert.equal((await state(page)).step, before, 'a new rate starts no new run');
  await send(page, 'step');
  const s = await state(page);
  assert.ok(Math.abs(s.updateNorm - 2.5 * s.gradientNorm) < 1e-6 * s.updateNorm);

  await send(page, 'play');
  const dial = await widget(page, 'lr-dial');
  const y = dial.y + dial.height / 2;
  await page.mouse.move(dial.x + dial.width * 0.3, y);
  await frames(page, 2);
  await page.mouse.down();
  for (let i = 3; i <= 7; ++i) {
    await page.mouse.move(dial.x + dial.width * i / 10, y);
    await frames(page, 2);
  }
  await page.mouse.up();
  await until(page, () => window.downhill.state().lr !== 2.5);
  await send(page, 'pause');
  assert.equal((await state(page)).spec.lr, (await state(page)).lr);
  assert.ok((await state(page)).step > before);
  assert.deepEqual(problems, []);
  await screenshot(page, 'learning-rate-marks');
  await context.close();
});

test('twenty points open by a link and are fitted with the same steps and tools; there is no accuracy', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'data=curve' });
  const start = await state(page);
  assert.equal(start.paramCount, 3);
  assert.equal(start.trainCount, 20);
  await click(page, 'play');
  await until(page, () => window.downhill.state().finished);
  const end = await state(page);
  assert.equal(end.step, 200);
  assert.ok(end.trainLoss < start.validLoss / 20, `loss ${start.validLoss} and then ${end.trainLoss}`);
  for (const name of ['batchAccuracy', 'validAccuracy', 'bestValidAccuracy', 'baselineAccuracy']) {
    assert.equal(start[name], null, name);
    assert.equal(end[name], null, name);
  }
  const final = await digest(page);
  await send(page, 'back', { unit: 'epoch', count: 150 });
  await send(page, 'step', { unit: 'epoch', count: 150 });
  assert.equal(await digest(page), final);
  await send(page, 'reset');
  const { findings: { lrSweep } } = await send(page, 'find_lr');
  assert.ok(lrSweep.valley > 1e-5 && lrSweep.valley < 1, `valley at ${lrSweep.valley}`);
  const { race: { lanes } } = await send(page, 'race', { epochs: 50 });
  assert.deepEqual(lanes.map(({ state }) => state), ['done', 'done', 'done', 'done', 'diverged', 'diverged']);
  assert.ok(lanes[2].validLoss < lanes[0].validLoss);
  assert.equal(lanes[2].validAccuracy, null);
  await send(page, 'step', { unit: 'epoch' });
  await until(page, () => /by loss: 0\.0003 \d.* 0\.03 \d/.test(document.querySelector('#mirror').textContent));
  await assert.rejects(send(page, 'show', { view: 'predict:your-digit' }), /learns from points/);
  await assert.rejects(send(page, 'set', { loss: 'bce' }), /compares with classes/);
  await send(page, 'set', { data: 'digits' });
  assert.equal((await state(page)).spec.model, 'mlp:30');
  assert.deepEqual(problems, []);
  await context.close();
});

test('divergence is noticed and said; one click goes back to before it', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&loss=mse&lr=0.01' });
  await page.evaluate(() => {
    window.downhill.on('diverged', () => { window.divergedSaid = true; });
  });
  await send(page, 'step', { unit: 'epoch', count: 2 });
  const good = await digest(page);
  await send(page, 'set', { lr: 50 });
  await send(page, 'play');
  await until(page, () => window.downhill.state().health === 'diverged' && !window.downhill.state().running);
  const s = await state(page);
  assert.match(s.diagnosis, /learning rate of 50/);
  assert.equal(s.canRecover, true);
  assert.equal(s.finished, true);
  assert.equal(await page.evaluate(() => window.divergedSaid), true);
  await frames(page, 30);
  await screenshot(page, 'diverged');
  await click(page, 'recover');
  await until(page, () => window.downhill.state().health === 'fine');
  assert.equal(await digest(page), good);
  assert.equal((await state(page)).lr, 0.01);
  await send(page, 'step', { unit: 'epoch' });
  assert.ok(Number.isFinite((await state(page)).trainLoss));
  assert.deepEqual(problems, []);
  await context.close();
});

test('model, loss and seed are chosen by clicks; the run starts again', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 4 });
  await click(page, 'model');
  await click(page, 'model:linear');
  await until(page, () => window.downhill.state().spec.model === 'linear');
  assert.equal((await state(page)).paramCount, 785);
  assert.equal((await state(page)).step, 0);
  await click(page, 'new-seed');
  await until(page, () => window.downhill.state().spec.seed === 2);
  await click(page, 'experiment');
  await click(page, 'field:normalize');
  await until(page, () => window.downhill.state().spec.normalize === true);
  assert.deepEqual(problems, []);
  await context.close();
});

test('what is wrong is refused with a sentence, and nothing changes', async () => {
  const { page, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 2 });
  const before = await digest(page);
  const refused = (name, args) => page.evaluate(
    ([name, args]) => window.downhill.send(name, args).then(() => 'accepted', (error) => error.message), [name, args]);
  assert.match(await refused('set', { lr: 500 }), /^\[lr\] .*500.* is outside/);
  assert.match(await refused('set', { speling: 1 }), /speling/);
  assert.match(await refused('set', { model: 'mlp:0' }), /^\[model\]/);
  assert.match(await refused('set', { lr: 0.5, batch: -3 }), /^\[batch\]/);
  assert.match(await refused('step', { unit: 'century' }), /century/);
  assert.match(await refused('fly', {}), /fly/);
  const s = await state(page);
  assert.equal(s.step, 2);
  assert.notEqual(s.lr, 0.5);
  assert.equal(await digest(page), before);
  await context.close();
});

test('a link opens the same experiment; a bad link is explained and changes nothing', async () => {
  const { page, context } = await openPage(browser, site.url, { fragment: 'model=mlp:12,5&loss=bce&seed=77&lr=0.25' });
  await send(page, 'step', { unit: 'batch', count: 3 });
  const bits = await digest(page);
  const link = await page.evaluate(() => window.downhill.link());
  const other = await openPage(browser, link);
  assert.equal((await state(other.page)).spec.model, 'mlp:12,5');
  await send(other.page, 'step', { unit: 'batch', count: 3 });
  assert.equal(await digest(other.page), bits);
  await other.context.close();
  await context.close();

  const bad = await openPage(browser, site.url, { fragment: 'lr=fast&model=linear' });
  const { spec, error } = await state(bad.page);
  assert.equal(spec.model, 'linear', 'one bad field does not throw away the good ones');
  assert.equal(spec.lr, 0.1);
  assert.match(error, /left out: lr: 'fast' is not a number/);
  await frames(bad.page, 20);
  const image = await screenshot(bad.page, 'bad-link');
  assert.ok(describe(image, { x: 0, y: 0, width: 1280, height: 800 }).colours > 100);
  await bad.context.close();
});

test('a tool gives a script what it has found, and the state keeps it until another run begins', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&loss=mse&lr=0.01' });
  assert.deepEqual((await state(page)).findings, { lrSweep: null, sharpness: null, lossLine: null });
  await send(page, 'step', { unit: 'batch', count: 2 });
  const { findings: { sharpness } } = await send(page, 'sharpness');
  assert.equal(sharpness.step, 2);
  assert.equal(sharpness.converged, true);
  assert.ok(sharpness.eigenvalue > 0 && sharpness.estimates.at(-1) === sharpness.eigenvalue);
  assert.ok(Math.abs(sharpness.largestStableLr * sharpness.eigenvalue - 2) < 1e-5);
  const { findings: { lossLine } } = await send(page, 'loss_line');
  assert.equal(lossLine.losses.length, lossLine.distances.length);
  assert.equal(lossLine.losses[lossLine.distances.indexOf(0)], lossLine.loss);
  const { findings: { lrSweep } } = await send(page, 'find_lr');
  assert.ok(lrSweep.lrs.length > 16 && lrSweep.lrs.length === lrSweep.losses.length);
  assert.equal(lrSweep.exploded, true);
  const { findings } = await state(page);
  assert.deepEqual([findings.sharpness, findings.lossLine, findings.lrSweep], [sharpness, lossLine, lrSweep]);
  const { findings: later } = await send(page, 'reset');
  assert.deepEqual(later, { lrSweep: null, sharpness: null, lossLine: null });
  assert.deepEqual(problems, []);
  await context.close();
});
