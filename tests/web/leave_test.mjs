// Leaving the page: who would lose a long run that trains is asked first.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, click, longRun, openPage, send, site, state, until, useBrowser } from './support.mjs';

useBrowser();

// A long run is one of two seconds here, not of a minute.
async function hurry(page) {
  await page.route('**/leave.js', async (route) => {
    const body = await (await route.fetch()).text();
    const hurried = body.replace('kAskAfterSeconds = 60', 'kAskAfterSeconds = 2');
    assert.notEqual(hurried, body);
    await route.fulfill({ body: hurried, contentType: 'text/javascript' });
  });
}

// Tries to leave. Whether the page asks; then it stays.
async function asks(page) {
  const dialog = page.waitForEvent('dialog').then(async (dialog) => {
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    return true;
  });
  const left = page.waitForEvent('framenavigated').then(() => false);
  for (const outcome of [dialog, left]) outcome.catch(() => {});  // the other one, when the page is closed
  await page.evaluate(() => { setTimeout(() => { location.search = 'left'; }); });
  return Promise.race([dialog, left]);
}

// Presses Play, because browsers ask only on a page that was used, and trains for so long.
async function train(page, seconds) {
  await click(page, 'play');
  await until(page, (seconds) => window.downhill.state().trainingSeconds > seconds, seconds);
  await page.waitForTimeout(1200);  // until leave.js has looked
}

test('who leaves a long run that trains is asked, until it is saved', async () => {
  const { page, context } = await openPage(browser, site.url, { fragment: longRun, before: hurry });
  await train(page, 3);
  assert.equal(await asks(page), true);
  assert.equal((await state(page)).running, true, 'the run goes on');
  await send(page, 'save', { what: 'checkpoint' });
  assert.equal(await asks(page), false);
  await context.close();
});

test('a run that rests, another run, and less than a minute are no reason to ask', async () => {
  const calm = [
    [hurry, async (page) => send(page, 'pause')],
    [hurry, async (page) => send(page, 'reset').then(() => send(page, 'play'))],
    [undefined, async () => {}],
  ];
  for (const [before, act] of calm) {
    const { page, context } = await openPage(browser, site.url, { fragment: longRun, before });
    await train(page, 3);
    await act(page);
    await page.waitForTimeout(1200);
    assert.equal(await asks(page), false);
    await context.close();
  }
});
