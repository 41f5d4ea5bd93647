// A race of learning rates: an engine for each lane, as many at once as there are cores. It starts and ends at a press,
// its numbers are those of separate runs, the run on the page is not touched, and a missing engine is reported.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  browser, click, digest, openPage, screenshot, send, site, state, until, untilDigitsAreKept, useBrowser,
} from './support.mjs';

useBrowser();

const race = (page, args) => page.evaluate((args) => window.downhill.send('race', args), args);

test('a press races six rates while the run rests; its numbers are those of runs of their own', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  assert.equal((await state(page)).race, null);
  await send(page, 'step', { unit: 'batch', count: 7 });
  const bits = await digest(page);
  const link = await page.evaluate(() => window.downhill.link());
  await click(page, 'race');
  await until(page, () => window.downhill.state().race?.running === false);
  await screenshot(page, 'race');
  const after = await state(page);
  assert.equal(after.step, 7);
  assert.equal(await digest(page), bits);
  assert.equal(await page.evaluate(() => window.downhill.link()), link);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  assert.equal(after.race.cores, cores);
  assert.equal(after.race.atOnce, Math.min(cores, 6));
  assert.equal(after.race.epochs, 2);
  assert.ok(after.race.seconds > 0);
  assert.deepEqual(after.race.lanes.map(({ lr }) => lr), [0.001, 0.01, 0.1, 1, 10, 100]);
  for (const lane of after.race.lanes) {
    assert.equal(lane.state, lane.lr === 100 ? 'stuck' : 'done');
    assert.equal(lane.trouble === null, lane.state === 'done');
    assert.equal(lane.step, 98);
    assert.equal(lane.epoch, 2);
    assert.ok(lane.imagesPerSecond > 0);
    await send(page, 'set', { lr: lane.lr, epochs: 2 });
    await send(page, 'reset');
    const alone = await send(page, 'step', { unit: 'epoch', count: 2 });
    for (const name of ['trainLoss', 'validLoss', 'validAccuracy']) assert.equal(lane[name], alone[name], `${lane.lr}: ${name}`);
  }
  await click(page, 'race-lane:1');
  await until(page, () => window.downhill.state().lr === 0.01);
  await click(page, 'race-again');  // around the new rate
  await until(page, () => !window.downhill.state().race.running && window.downhill.state().race.lanes[2].lr === 0.01);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a race pauses a run that trains, and cancelling it ends its engines and lets the run go on', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: 'model=mlp:256&epochs=1000',
    before: (page) => page.addInitScript(() => {
      window.workers = 0;
      const { Worker } = window;
      window.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          window.workers += 1;
        }
        terminate() {
          super.terminate();
          window.workers -= 1;
        }
      };
    }),
  });
  await send(page, 'play');
  await page.evaluate(() => {
    window.outcome = window.downhill.send('race', { epochs: 500 }).then(() => 'done', (error) => error.message);
  });
  await until(page, () => {
    const { running, race } = window.downhill.state();
    return !running && race?.lanes.filter(({ state, step }) => state === 'running' && step > 0).length === race.atOnce;
  });
  assert.ok(await page.evaluate(() => window.workers) > 1);
  await click(page, 'race');
  await click(page, 'race-cancel');
  assert.match(await page.evaluate(() => window.outcome), /cancelled/);
  await until(page, () => window.downhill.state().running);  // the run goes on
  const { race: ended } = await state(page);
  assert.equal(ended.running, false);
  assert.ok(ended.lanes.every(({ state }) => state === 'cancelled'));
  assert.equal(await page.evaluate(() => window.workers), 1);
  assert.deepEqual(problems, []);
  await context.close();
});

test('lanes that diverge say so, engines may be fewer, and what is not understood is refused', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&loss=mse' });
  const { race: wild } = await race(page, { rates: '0.003,100', engines: 1, epochs: 1 });
  assert.equal(wild.atOnce, 1);
  assert.equal(wild.lanes[0].state, 'done');
  assert.equal(wild.lanes[1].state, 'diverged');
  assert.equal(wild.lanes[1].trainLoss, null);
  assert.ok(wild.lanes[1].step < 49);
  assert.match(wild.lanes[1].trouble, /loss/);
  await assert.rejects(race(page, { rates: '0' }), /outside/);
  await assert.rejects(race(page, { laps: 3 }), /no argument/);
  await assert.rejects(send(page, 'cancel_race'), /none to cancel/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('all ten digits reach every lane, and neither data nor program are fetched twice', async () => {
  site.served.length = 0;
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: 'digits=0123456789&loss=crossentropy&model=linear&batch=500',
  });
  await untilDigitsAreKept(page);
  const { race: ten } = await race(page, { rates: '0.1,0.3,1', epochs: 1 });
  for (const lane of ten.lanes) {
    assert.equal(lane.state, 'done', lane.trouble);
    assert.equal(lane.step, 120);
  }
  const large = site.served.filter((path) => /\.(gz|wasm)$/.test(path));
  assert.equal(large.length, 10);
  assert.equal(new Set(large).size, 10);
  assert.deepEqual(problems, []);
  await context.close();
});

test('an engine that cannot start costs its lane, and the others race on', async () => {
  const { page, context } = await openPage(browser, site.url, {
    before: (page) => page.addInitScript(() => {
      const { Worker } = window;
      let started = 0;
      window.Worker = class extends Worker {
        constructor(address, options) {
          super(++started === 2 ? new URL('nothing-here.js', address) : address, options);
        }
      };
    }),
  });
  const { race: hurt } = await race(page, { rates: '0.1,0.3,1', epochs: 1 });
  assert.deepEqual(hurt.lanes.map(({ state }) => state), ['failed', 'done', 'done']);
  assert.match(hurt.lanes[0].trouble, /engine/);
  await context.close();
});

test('an engine that hangs costs its lane after ten seconds, and the others race on', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    before: (page) => page.addInitScript(() => {
      const { Worker } = window;
      let started = 0;
      // From its first snapshot on, nothing is heard of the second engine.
      window.Worker = class extends Worker {
        #isDeaf = ++started === 2;
        #heard = 0;
        set onmessage(take) {
          super.onmessage = (event) => {
            if (event.data instanceof ArrayBuffer) ++this.#heard;
            if (!this.#isDeaf || this.#heard < 4) take(event);
          };
        }
      };
    }),
  });
  const { race: hurt } = await race(page, { rates: '0.1,0.3,1', epochs: 2 });
  assert.deepEqual(hurt.lanes.map(({ state }) => state), ['failed', 'done', 'done']);
  assert.match(hurt.lanes[0].trouble, /not answered for 10 seconds/);
  assert.ok(hurt.seconds > 10);
  assert.deepEqual(problems, []);
  await context.close();
});
