// All ten digits: they are fetched only when they are chosen, with progress, with retries, and cached for the next
// visit. Failures to fetch them are tested, too.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, digest, openPage, send, site, state, until, untilDigitsAreKept, useBrowser } from './support.mjs';

const kDigits = '**/data/digits/*/*';
const kConv = { digits: '0123456789', model: 'conv', loss: 'crossentropy', batch: 128 };

useBrowser();

// Counts the requests below data/digits, and answers them with `act`.
async function watchDigits(page, act = (route) => route.continue()) {
  const asked = [];
  await page.route(kDigits, (route) => {
    asked.push(route.request().url().split('/').at(-1));
    return act(route, asked);
  });
  return asked;
}

test('chosen, they come with progress while training goes on; the next visit needs no network for them', async () => {
  let held;
  const open = new Promise((resolve) => {
    held = resolve;
  });
  let asked;
  const { page, problems, context } = await openPage(browser, site.url, {
    before: async (page) => {
      asked = await watchDigits(page, async (route) => {
        await open;
        await route.continue();
      });
    },
  });
  assert.deepEqual(asked, [], 'nothing is fetched before somebody chooses it');
  await page.evaluate((spec) => {
    const overtaken = (error) => error.message;
    window.first = window.downhill.send('set', { digits: '49' }).catch(overtaken);
    window.second = window.downhill.send('set', { digits: '0123456789', loss: 'crossentropy' }).catch(overtaken);
    window.third = window.downhill.send('set', spec);
  }, kConv);
  await until(page, () => window.downhill.state().loading);
  await send(page, 'step', { unit: 'batch', count: 3 });
  assert.equal((await state(page)).step, 3, 'meanwhile training goes on');
  assert.equal((await state(page)).spec.digits, '37');
  held();
  assert.match(await page.evaluate(() => window.first), /newer choice/);
  assert.match(await page.evaluate(() => window.second), /newer choice/);
  await page.evaluate(() => window.third);
  const chosen = await state(page);
  assert.equal(chosen.loading, false);
  assert.equal(chosen.error, null);
  assert.equal(chosen.spec.digits, '0123456789');
  assert.equal(chosen.trainCount, 60000);
  assert.equal(chosen.validCount, 10000);
  assert.equal(chosen.paramCount, 12126);
  assert.equal(asked.length, 4, 'three choices, one load');
  await send(page, 'step', { unit: 'batch', count: 5 });
  const trained = await state(page);
  assert.equal(trained.step, 5);
  assert.ok(trained.trainLoss > 0 && trained.trainLoss < 10, `loss ${trained.trainLoss}`);
  const bits = await digest(page);

  // The same run again, opened by its link, with the network of the digits cut.
  await untilDigitsAreKept(page);
  const link = await page.evaluate(() => window.downhill.link());
  await page.goto('about:blank');
  await page.unroute(kDigits);
  const later = await watchDigits(page, (route) => route.abort());
  await page.goto(link);
  await page.evaluate(() => window.downhill.ready);
  await send(page, 'step', { unit: 'batch', count: 5 });
  assert.equal(await digest(page), bits);
  assert.equal((await state(page)).trainCount, 60000);
  assert.deepEqual(later, []);
  assert.deepEqual(problems, []);
  await context.close();
});

test('their bytes are counted from the start again', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    before: (page) => page.addInitScript(() => {
      // Records what the worker sends to the page.
      window.told = [];
      const { Worker } = window;
      window.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          this.addEventListener('message', ({ data }) => data.progress && window.told.push(data.progress));
        }
      };
    }),
  });
  await page.evaluate(() => {
    window.told = [];
  });
  await send(page, 'set', { digits: '0123456789', loss: 'crossentropy' });
  const told = await page.evaluate(() => window.told);
  assert.deepEqual(told[0], { bytes: 0, total: 0 });
  assert.ok(told.length > 4);
  for (let i = 1; i < told.length; ++i) assert.ok(told[i].bytes >= told[i - 1].bytes);
  assert.equal(told.at(-1).bytes, told.at(-1).total);
  assert.ok(told.at(-1).total > 11e6);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a server that fails once is asked again', async () => {
  const { page, context } = await openPage(browser, site.url);
  const asked = await watchDigits(page, (route, asked) => {
    const name = asked.at(-1);
    return asked.filter((other) => other === name).length === 1 ? route.fulfill({ status: 503 }) : route.continue();
  });
  await send(page, 'set', kConv);
  assert.equal((await state(page)).trainCount, 60000);
  assert.equal(asked.length, 8);
  await context.close();
});

test('a server that always fails: a sentence, the run goes on untouched, and a new choice tries again', async () => {
  const { page, context } = await openPage(browser, site.url);
  await send(page, 'step', { unit: 'batch', count: 4 });
  const bits = await digest(page);
  const asked = await watchDigits(page, (route) => route.fulfill({ status: 503 }));
  await assert.rejects(send(page, 'set', kConv), /data\/digits\/.*could not be loaded: the server said 503.*three times/);
  const refused = await state(page);
  assert.match(refused.error, /data\/digits/);
  assert.equal(refused.loading, false);
  assert.equal(refused.spec.digits, '37');
  assert.equal(refused.step, 4);
  assert.equal(await digest(page), bits);
  for (const name of new Set(asked)) assert.ok(asked.filter((other) => other === name).length <= 3, name);
  await page.unroute(kDigits);
  await send(page, 'set', kConv);
  assert.equal((await state(page)).trainCount, 60000);
  await context.close();
});

test('damaged digits are refused by name, never kept, and the next choice fetches them anew', async () => {
  const { page, context } = await openPage(browser, site.url);
  await watchDigits(page, (route, asked) => (asked.at(-1).startsWith('valid-images')
    ? route.fulfill({ status: 200, body: 'Welcome to the network of this hotel' })
    : route.continue()));
  await assert.rejects(send(page, 'set', kConv), /valid-images/);
  assert.equal((await state(page)).spec.digits, '37');
  assert.deepEqual(await page.evaluate(async () => (await (await caches.open('downhill-data-1')).keys()).length), 0);
  await page.unroute(kDigits);
  await send(page, 'set', kConv);
  assert.equal((await state(page)).trainCount, 60000);
  await context.close();
});

test('a link to digits that do not come opens the usual digits and says why', async () => {
  const { page, context } = await openPage(browser, site.url, {
    fragment: 'digits=0123456789&loss=crossentropy',
    before: (page) => watchDigits(page, (route) => route.fulfill({ status: 404 })),
  });
  const shown = await state(page);
  assert.equal(shown.spec.digits, '37');
  assert.match(shown.error, /data\/digits/);
  await send(page, 'step');
  assert.equal((await state(page)).step, 1);
  await context.close();
});

test('where the browser keeps nothing they are fetched each time', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    before: (page) => page.route('**/data-files.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll('caches', 'noCaches') });
    }),
  });
  const asked = await watchDigits(page);
  await send(page, 'set', kConv);
  assert.equal((await state(page)).trainCount, 60000);
  assert.equal(asked.length, 4);
  assert.deepEqual(problems, []);
  await context.close();
});

test('no step waits for the test of ten thousand images, and each epoch is told with its own', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await send(page, 'set', { digits: '0123456789', model: 'lenet', loss: 'crossentropy', batch: 64, subset: 2000, epochs: 3 });
  await page.evaluate(() => {
    const { downhill } = window;
    window.steps = [];
    window.epochs = [];
    downhill.on('step', ({ step, epoch, testedEpoch, validAccuracy }) => {
      window.steps.push({ step, epoch, testedEpoch, known: validAccuracy !== null });
    });
    downhill.on('epoch', ({ epoch, testedEpoch, validAccuracy }) => window.epochs.push({ epoch, testedEpoch, validAccuracy }));
  });
  await page.evaluate(() => {  // at once, while the test of the initial weights has hardly begun
    // Each answer brings a snapshot, even if the page seldom draws.
    window.asking = setInterval(() => window.downhill.send('speed', { batches: 0 }), 20);
    window.downhill.send('reset');
    window.downhill.send('play');
  });
  await until(page, () => window.downhill.state().finished, undefined, 240000);
  await page.evaluate(() => clearInterval(window.asking));
  const { steps, epochs } = await page.evaluate(() => ({ steps: window.steps, epochs: window.epochs }));
  assert.ok(steps.some(({ step, known }) => step > 0 && !known), 'steps before the first test is over');
  assert.ok(steps.some(({ epoch, testedEpoch }) => epoch === 1 && testedEpoch === 0), 'steps beside the test of an epoch');
  assert.deepEqual(epochs.map(({ testedEpoch }) => testedEpoch), [1, 2, 3]);
  // The same as when each answer is awaited.
  await send(page, 'reset');
  for (const { testedEpoch, validAccuracy } of epochs) {
    await send(page, 'step', { unit: 'epoch' });
    const s = await state(page);
    assert.deepEqual([s.epoch, s.testedEpoch, s.validAccuracy], [testedEpoch, testedEpoch, validAccuracy]);
  }
  assert.deepEqual(problems, []);
  await context.close();
});
