// What the page hands out: links that say how it opens, races and results in links, the sheet "Share", pictures, tables
// and paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import jsQR from 'jsqr';

import { browser, buildOf, click, decodePng, digest, frames, openPage, send, site, state, until, useBrowser, widget } from './support.mjs';

useBrowser();

const resultOf = (page) => page.evaluate(async () => {
  const { bytes } = await window.downhill.save('result');
  return new TextDecoder().decode(bytes);
});
const packed = (page, text) => page.evaluate(async ([text, build]) =>
  (await import(`/v/${build}/packed.js`)).packed(text), [text, buildOf()]);
const mirror = (page) => page.textContent('#mirror');
const csv = (page, name) => page.evaluate(async (name) => new TextDecoder().decode((await window.downhill.table(name)).bytes), name);
// Axes glide to their end, and notices go.
const settled = (page) => page.waitForTimeout(4000);
const rowsOf = (text) => text.trimEnd().split('\n').map((line) => line.split(','));

test('a link says how the page opens: view, hidden parts, speed, larger text, playing', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: 'view=gradient&hide=experiment,curves&speed=5&text=1.5&play&model=linear&epochs=1000',
  });
  await until(page, () => window.downhill.state().running);
  const { speed, spec } = await state(page);
  assert.equal(speed, 5);
  assert.equal(spec.model, 'linear');
  const names = (await page.evaluate(() => window.downhill.widgets())).map((one) => one.name);
  assert.ok(!names.includes('optimizer') && !names.includes('third-curve-kind:0'), 'hidden');
  // Half as large again, and where it says that it is.
  const { x, y, width, height } = await widget(page, 'play');
  assert.ok(x >= 0 && y >= 0 && width > 0 && x + width <= 1280 && y + height <= 800);
  await click(page, 'play');
  await until(page, () => !window.downhill.state().running);
  // What only says how it looks stays while the experiment changes; what was done once goes.
  await send(page, 'set', { lr: 0.7 });
  await until(page, () => location.hash.includes('lr=0.7'));
  const { hash } = new URL(page.url());
  assert.match(hash, /view=gradient/);
  assert.match(hash, /text=1\.5/);
  assert.doesNotMatch(hash, /play/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a race in a link runs with its rates and epochs, and its sheet shows them and takes others', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'race=0.01,0.5&raceEpochs=1&model=linear' });
  await until(page, () => window.downhill.state().race?.lanes.every((lane) => lane.state === 'done'));
  const { race } = await state(page);
  assert.deepEqual(race.lanes.map(({ lr }) => lr), [0.01, 0.5]);
  assert.equal(race.epochs, 1);
  // Race again repeats it, with the rates that are typed.
  await click(page, 'race-rates');
  await frames(page, 6);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('0.2, 0.4,0.8');
  await page.keyboard.press('Enter');
  await frames(page, 6);
  await click(page, 'race-again');
  await until(page, () => window.downhill.state().race.lanes.length === 3);
  assert.deepEqual((await state(page)).race.lanes.map(({ lr }) => lr), [0.2, 0.4, 0.8]);
  assert.equal((await state(page)).race.epochs, 1);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a result link is done again and holds, a changed one does not, and scripts are told', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&seed=4&lr=0.3' });
  await send(page, 'step', { count: 30 });
  await send(page, 'set', { lr: 2 });
  await send(page, 'step', { count: 20 });
  await send(page, 'back', { count: 5 });
  await send(page, 'step', { unit: 'phase', count: 3 });
  await send(page, 'set', { wd: 0.01 });
  await send(page, 'step', { count: 10 });
  const bits = await digest(page);
  const text = await resultOf(page);
  assert.match(text, new RegExp(`digest ${bits}`));
  const link = `${site.url}#result=${await packed(page, text)}`;
  const wrong = `${site.url}#result=${await packed(page, text.replace(/set (\d+) lr=2/, 'set $1 lr=2.1'))}`;

  await page.goto('about:blank');
  await page.goto(link);
  await until(page, () => window.downhill?.state?.().result);
  const { result } = await state(page);
  assert.equal(result.holds, true, result.sentence);
  assert.equal(result.digest, bits);
  assert.match(result.sentence, /holds: after .* steps/);
  assert.match(await mirror(page), /The result holds/);

  await page.goto('about:blank');
  await page.goto(wrong);
  await until(page, () => window.downhill?.state?.().result);
  const other = (await state(page)).result;
  assert.equal(other.holds, false);
  assert.equal(other.expected, bits);
  assert.match(other.sentence, /does not hold/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a run ended by patience, gone on and gone back is a result, too', async () => {
  const { page, problems, context } = await openPage(browser, site.url, {
    fragment: 'model=linear&subset=640&batch=64&lr=5&epochs=6&stop=patience:1',
  });
  await send(page, 'play');
  await until(page, () => window.downhill.state().finished);
  await send(page, 'set', { stop: 'none' });
  await send(page, 'play');
  await until(page, () => window.downhill.state().finished && window.downhill.state().epoch === 6);
  const bits = await digest(page);
  const letters = await packed(page, await resultOf(page));
  await page.goto('about:blank');
  await page.goto(`${site.url}#result=${letters}`);
  await until(page, () => window.downhill?.state?.().result);
  const { result } = await state(page);
  assert.equal(result.digest, bits, result.sentence);
  assert.equal(result.holds, true);
  assert.deepEqual(problems, []);
  await context.close();
});

test('links that are wrong are data: a sentence says what, and the experiment opens', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear' });
  const lines = 'downhill result 1\nexperiment model=linear\n';
  const wrong = [
    ['view=nowhere', /view/], ['hide=everything', /hide/], ['speed=fast', /batches/], ['race=0,1', /rates/],
    ['race=0.1&raceEpochs=0', /epochs/], ['race=0.1,0.1', /twice/], ['state=%00', /broken|cannot be read/], ['state=AAAA', /broken|cannot be read/],
    ['result=%3Cscript%3E', /cannot be read/], [`result=${await packed(page, 'hello')}`, /does not begin/],
    [`result=${await packed(page, 'x'.repeat(100000))}`, /more than 64 KB/],
    [`result=${await packed(page, `${lines}end 5\n`)}`, /cut off/],
    [`result=${await packed(page, `${lines}set 9 lr=1\nend 5\ndigest 0123456789abcdef\n`)}`, /goes back/],
    [`result=${await packed(page, `${lines}set 9 seed=x\nend 10\ndigest 0123456789abcdef\n`)}`, /seed/],
    [`result=${await packed(page, `${lines}load 9 lr=1\nend 10\ndigest 0123456789abcdef\n`)}`, /cannot be read/],
    [`result=${await packed(page, `${lines}end 999999999\ndigest 0123456789abcdef\n`)}`, /no place/],
    [`state=${await packed(page, '\x00'.repeat(200))}`, /./], ['chapter=99', /chapter/],
  ];
  for (const [fragment, sentence] of wrong) {
    await page.evaluate(() => {
      document.getElementById('mirror').textContent = '';
    });
    await page.evaluate((fragment) => { location.hash = `${fragment}&model=linear`; }, fragment);
    await page.waitForFunction(() => document.getElementById('mirror').textContent !== '');
    await until(page, (source) => new RegExp(source).test(document.getElementById('mirror').textContent), sentence.source)
      .catch(() => assert.fail(`${fragment}: “${fragment}”`));
    assert.equal((await state(page)).spec.model, 'linear', fragment);
    assert.equal((await state(page)).step, 0, fragment);
  }
  assert.deepEqual(problems, []);
  await context.close();
});

test('Share by keyboard: a link, its QR code and its embed code; Escape gives the focus back', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&seed=12' });
  await page.focus('#open-share');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#share[open] #share-copy:not(:disabled)');
  await until(page, () => document.getElementById('share-link').value);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'share-copy');
  const link = await page.inputValue('#share-link');
  assert.equal(link, await page.evaluate(() => window.downhill.link()));
  await page.keyboard.press('Enter');
  await page.waitForFunction(async (link) => (await navigator.clipboard.readText()) === link, link);
  const code = await page.evaluate(() => {
    const canvas = document.getElementById('share-code');
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { data: [...data], width, height };
  });
  assert.equal(jsQR(Uint8ClampedArray.from(code.data), code.width, code.height)?.data, link);
  const embed = await page.inputValue('#share-embed');
  assert.match(embed, /<down-hill experiment="[^"]*seed=12/);
  assert.ok(embed.includes(`src="${site.url}down-hill.js"`));
  // Choices change the link at once.
  await page.selectOption('#share-view', 'gradient:the-valley');
  await page.check('#share-hide-dial');
  await page.check('#share-play');
  await page.selectOption('#share-text', '1.5');
  await until(page, () => /view=gradient:the-valley/.test(document.getElementById('share-link').value)
    && /hide=dial/.test(document.getElementById('share-link').value));
  const chosen = await page.inputValue('#share-link');
  assert.match(chosen, /text=1\.5/);
  assert.match(chosen, /play=1/);
  await page.check('[value="race"]');
  await page.fill('#share-rates', '0.1, nothing');
  await page.waitForSelector('.share-words.wrong');
  assert.ok(await page.isDisabled('#share-copy'));
  await page.fill('#share-rates', '0.1, 1');
  await until(page, () => /race=0\.1,1&/.test(document.getElementById('share-link').value));
  await page.check('[value="chapter"]');
  await until(page, () => /#chapter=1&text=1\.5$/.test(document.getElementById('share-link').value));
  await page.keyboard.press('Escape');
  await page.waitForSelector('#share', { state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'open-share');
  // The button on the canvas opens the same sheet.
  await click(page, 'share');
  await page.waitForSelector('#share[open]');
  assert.deepEqual(problems, []);
  await context.close();
});

test('on a phone the sheet fills the page, scrolls and has room for thumbs', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { width: 390, height: 844, ratio: 2, touch: true });
  await page.evaluate(() => window.downhill.share());
  await page.waitForSelector('#share[open] #share-copy:not(:disabled)');
  const { box, wide, small } = await page.evaluate(() => {
    const sheet = document.getElementById('share');
    const { x, y, width, height } = sheet.getBoundingClientRect();
    const body = sheet.querySelector('.share-body');
    const heights = [...sheet.querySelectorAll('select, input:not([type])')].filter((one) => one.offsetParent).map((one) => [one.id, one.offsetHeight]);
    return { box: { x, y, width, height }, wide: body.scrollWidth > body.clientWidth, small: heights.filter(([, height]) => height < 40) };
  });
  assert.deepEqual(box, { x: 0, y: 0, width: 390, height: 844 });
  assert.equal(wide, false, 'nothing is cut off at the right');
  assert.deepEqual(small, []);
  await page.locator('#share-print').scrollIntoViewIfNeeded();
  assert.ok(await page.isVisible('#share-print'));
  await page.locator('#share-close').tap();
  await page.waitForSelector('#share', { state: 'detached' });
  assert.deepEqual(problems, []);
  await context.close();
});

test('a small state fits into the link and goes on from it; a large one is a file', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'digits=37&model=net:avgpool7s7,flatten,linear&lr=0.5' });
  await send(page, 'step', { count: 12 });
  const bits = await digest(page);
  await page.evaluate(() => window.downhill.share());
  await page.check('[value="state"]');
  await until(page, () => /[#&]state=/.test(document.getElementById('share-link').value));
  const link = await page.inputValue('#share-link');
  await page.goto('about:blank');
  await page.goto(link);
  await until(page, () => window.downhill?.state?.().step === 12);
  assert.equal(await digest(page), bits);

  await send(page, 'set', { model: 'mlp:30' });
  await send(page, 'step', { count: 2 });
  await page.evaluate(() => window.downhill.share());
  await page.check('[value="state"]');
  await page.waitForSelector('#share-file:not([hidden])');
  await page.waitForFunction(() => /too much for a link/.test(document.querySelector('.share-words').textContent));
  assert.doesNotMatch(await page.inputValue('#share-link'), /state=/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#share-file')]);
  const { size } = { size: readFileSync(await download.path()).length };
  assert.ok(size > 100000);
  // A run from a file has no result.
  await page.evaluate(async () => window.downhill.load((await window.downhill.save('checkpoint')).bytes));
  await page.check('[value="result"]');
  await page.waitForSelector('.share-words.wrong');
  assert.match(await page.textContent('.share-words'), /began from a file/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a picture has twice the size of what is shown, and the page is then as it was', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear', theme: 'dark' });
  await send(page, 'step', { unit: 'epoch' });
  await settled(page);
  const before = await page.screenshot();
  const pictures = await page.evaluate(() => window.downhill.pictures());
  assert.deepEqual(pictures.map(({ name }) => name).sort(), ['accuracy-curve', 'curves', 'dial', 'loss-curve', 'stage', 'third-curve']);
  for (const { name, width, height } of [{ name: 'page', width: 1280, height: 800 }, ...pictures]) {
    const { file, bytes } = await page.evaluate(async (name) => {
      const { name: file, bytes } = await window.downhill.picture(name);
      return { file, bytes: [...bytes] };
    }, name);
    assert.equal(file, `downhill-${name}.png`);
    const image = decodePng(Buffer.from(bytes));
    assert.deepEqual([image.width, image.height], [Math.round(2 * width), Math.round(2 * height)], name);
    const colours = new Set();
    for (let x = 0; x < image.width; x += 3) for (let y = 0; y < image.height; y += 3) colours.add(image.at(x, y).join());
    assert.ok(colours.size > 5, `${name} is a picture`);
  }
  assert.match(await page.evaluate(() => window.downhill.picture('cat').catch((error) => error.message)), /is not on the page; there are page/);
  await settled(page);
  const after = await page.screenshot();
  const [a, b] = [before, after].map(decodePng);
  let different = 0;
  for (let x = 0; x < a.width; x += 2) for (let y = 0; y < a.height; y += 2) different += a.at(x, y).join() !== b.at(x, y).join();
  assert.ok(different < 500, `${different} pixels differ`);
  assert.deepEqual(problems, []);
  await context.close();
});

test('tables are the numbers of state()', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear' });
  await send(page, 'step', { unit: 'epoch', count: 2 });
  const now = await state(page);
  const [names, first, ...curves] = rowsOf(await csv(page, 'curves'));
  assert.deepEqual(names, ['step', 'train_loss', 'gradient_norm', 'lr', 'momentum', 'epoch', 'valid_loss', 'valid_accuracy']);
  assert.deepEqual(first.slice(0, 6), ['0', '', '', '', '', '0']);
  assert.equal(curves.length, now.step);
  const last = curves.at(-1).map(Number);
  assert.deepEqual(last, [now.step, now.trainLoss, now.gradientNorm, now.lr, now.momentumNow ?? 0, 2, now.validLoss, now.validAccuracy]);
  const confusion = rowsOf(await csv(page, 'confusion'));
  assert.deepEqual(confusion.map(([name]) => name), ['truth', '3', '7']);
  const [[, a, b], [, c, d]] = confusion.slice(1).map((row) => row.map(Number));
  assert.equal(a + b + c + d, now.validCount);
  assert.ok(Math.abs((a + d) / now.validCount - now.validAccuracy) < 1e-6);
  const weights = rowsOf(await csv(page, 'weights'));
  assert.equal(weights.length - 1, now.paramCount);
  const gradients = rowsOf(await csv(page, 'gradients'));
  assert.deepEqual(gradients.map(([tensor, place]) => [tensor, place]), weights.map(([tensor, place]) => [tensor, place]));
  const norm = Math.hypot(...gradients.slice(1).map(([, , value]) => Number(value)));
  assert.ok(Math.abs(norm - now.gradientNorm) < 1e-5 * norm);
  const scores = rowsOf(await csv(page, 'scores'));
  assert.deepEqual(scores[0], ['index', 'digit', 'label', 'answer', 'output', 'score', 'loss']);
  const mean = scores.slice(1).reduce((sum, row) => sum + Number(row.at(-1)), 0) / (scores.length - 1);
  assert.ok(Math.abs(mean - now.trainLoss) < 1e-5);
  const { findings } = await send(page, 'find_lr');
  const sweep = rowsOf(await csv(page, 'lr-sweep')).slice(1).map((row) => row.map(Number));
  assert.deepEqual(sweep.map(([lr]) => lr), findings.lrSweep.lrs);
  assert.deepEqual(sweep.map(([, loss]) => loss), findings.lrSweep.losses);
  const { race } = await send(page, 'race', { rates: '0.1,1', epochs: 1 });
  const lanes = rowsOf(await csv(page, 'race'));
  assert.deepEqual(lanes[0], ['step', '0.1', '1']);
  assert.deepEqual(lanes.at(-1).map(Number), [race.lanes[0].step, race.lanes[0].trainLoss, race.lanes[1].trainLoss]);
  assert.match(await page.evaluate(() => window.downhill.table('cats').catch((error) => error.message)), /there are curves, confusion/);
  assert.match(await page.evaluate(() => window.downhill.table('drawing').catch((error) => error.message)), /nothing is drawn/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the page prints on one page, in light colours, and is then as it was', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&view=gradient', theme: 'dark' });
  await send(page, 'step', { unit: 'epoch' });
  await settled(page);
  const before = decodePng(await page.screenshot());
  const size = () => page.evaluate(() => [document.getElementById('canvas').width, document.getElementById('canvas').height]);
  const canvas = await size();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length, 1);
  assert.ok(pdf.length > 50000, 'it has a picture');

  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const { paper, words, link } = await page.evaluate(() => {
    const copy = document.querySelector('#paper canvas');
    const { data } = copy.getContext('2d').getImageData(0, 0, 8, 8);
    return { paper: [copy.width, copy.height, ...data.slice(0, 3)], words: document.querySelector('#paper .words').textContent,
      link: document.querySelector('#paper .link').textContent };
  });
  assert.deepEqual(paper.slice(0, 2), [2640, 1624]);
  assert.ok(Math.min(...paper.slice(2)) > 240, 'paper is light');
  assert.match(words, /Epoch 1/);
  assert.equal(link, await page.evaluate(() => window.downhill.link()));
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.locator('#paper').count(), 0);
  assert.deepEqual(await size(), canvas);
  await settled(page);
  const after = decodePng(await page.screenshot());
  let different = 0;
  for (let x = 0; x < before.width; x += 2) for (let y = 0; y < before.height; y += 2) different += before.at(x, y).join() !== after.at(x, y).join();
  assert.ok(different < 500, `${different} pixels differ`);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the curve of the run before a reset stays beside the new one, if it is asked for', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'model=linear&lr=0.1' });
  await send(page, 'step', { count: 40 });
  await frames(page, 3);  // the curve of a run that was never drawn is not kept
  assert.ok(!(await page.evaluate(() => window.downhill.widgets())).some(({ name }) => name === 'previous-run'));
  await send(page, 'reset');
  await send(page, 'step', { count: 5 });
  const chart = async () => {
    const { x, y, width, height } = (await page.evaluate(() => window.downhill.pictures())).find(({ name }) => name === 'loss-curve');
    await frames(page, 30);
    return (await page.screenshot({ clip: { x, y, width, height } })).toString('base64');
  };
  await page.mouse.move(5, 5);
  const alone = await chart();
  await click(page, 'previous-run');
  await page.mouse.move(5, 5);
  const both = await chart();
  assert.notEqual(both, alone);
  // It is kept through further resets.
  await send(page, 'reset');
  await send(page, 'step', { count: 5 });
  assert.equal(await chart(), both);
  assert.deepEqual(problems, []);
  await context.close();
});
