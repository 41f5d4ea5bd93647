// The page in somebody else's page: the element <down-hill> from another origin, sandboxed frames, the wheel, and messages
// that are not welcome.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { example, serveHost, siteFrame, withElement } from './embed_support.mjs';
import { browser, frames, longRun, site, useBrowser } from './support.mjs';

useBrowser();

let host;
const pages = {};
before(async () => {
  host = await serveHost(pages);
});
after(() => host?.close());

// A page of the host. `problems` collects what goes wrong in it and in its frames.
async function openHost(html, { width = 1000, height = 700, ready = true } = {}) {
  pages[''] = html;
  const context = await browser.newContext({ viewport: { width, height } });
  context.setDefaultTimeout(120000);
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // GLFW listens to the wheel as it always does, and Chromium says that it cannot prevent anything.
    if (message.type() === 'error' && !/passive event listener/.test(message.text())) problems.push(message.text());
  });
  await page.goto(host.url);
  if (ready) await page.evaluate(() => document.querySelector('down-hill').ready);
  return { page, problems, context };
}

const call = (page, name, ...args) =>
  page.evaluate(([name, args]) => document.querySelector('down-hill')[name](...args), [name, args]);
const refusal = (page, name, ...args) => call(page, name, ...args).then(() => 'done', (error) => error.message);

const kLinear = '<down-hill experiment="model=linear&amp;lr=0.5&amp;seed=9" view="gradient" hide="experiment,curves"></down-hill>';

test('an element of another origin shows its experiment, obeys and tells, and refuses with sentences', async () => {
  const { page, problems, context } = await openHost(withElement(site.url, kLinear));
  const { spec } = await call(page, 'state');
  assert.equal(spec.lr, 0.5);
  assert.equal(spec.seed, 9);
  const names = (await call(page, 'widgets')).map((widget) => widget.name);
  assert.ok(!names.includes('optimizer') && !names.includes('learn'), 'what is hidden is not there');
  assert.ok(names.includes('lr-dial'));
  await page.evaluate(() => {
    window.steps = [];
    window.off = document.querySelector('down-hill').on('step', (state) => window.steps.push(state.step));
  });
  assert.equal((await call(page, 'send', 'step', { count: 3 })).step, 3);
  await page.waitForFunction(() => window.steps.at(-1) === 3);
  assert.match(await refusal(page, 'send', 'set', { lr: 'much' }), /lr/);
  assert.match(await refusal(page, 'send', 'explode'), /explode/);
  assert.match(await call(page, 'check', 'race', { rates: '0,1' }), /rates/);
  const { bytes } = await page.evaluate(async () => {
    const file = await document.querySelector('down-hill').save('weights');
    return { bytes: file.bytes.length };
  });
  assert.ok(bytes > 785 * 4);
  // A link is for the page itself, without the frame.
  const link = await call(page, 'link');
  assert.ok(link.startsWith(`${site.url}#`) || link.startsWith(`${site.url}index.html#`), link);
  // Another experiment, without loading the page again.
  await page.evaluate(() => document.querySelector('down-hill').setAttribute('experiment', 'model=linear&lr=2'));
  await page.waitForFunction(async () => (await document.querySelector('down-hill').state()).spec.lr === 2);
  assert.deepEqual(problems, []);
  await context.close();
});

test('messages of a wrong origin or form change nothing, and are refused with a sentence', async () => {
  const { page, context } = await openHost(withElement(site.url,
    `<iframe src="${site.url}index.html?embed&origins=https://elsewhere.example#model=linear"></iframe>${kLinear}`));
  const answer = (selector, message) => page.evaluate(([selector, message]) => new Promise((resolve) => {
    const root = document.querySelector(selector);
    const frame = (root.shadowRoot ?? document).querySelector('iframe');
    const listen = ({ source, data }) => {
      if (source !== frame.contentWindow || data.id !== message.id) return;
      removeEventListener('message', listen);
      resolve(data);
    };
    addEventListener('message', listen);
    frame.contentWindow.postMessage(message, '*');
  }), [selector, message]);
  await page.waitForFunction((url) => [...document.querySelectorAll('iframe')].length === 1 && url, site.url);
  const closed = page.frames().find((frame) => frame.url().includes('elsewhere'));
  await closed.waitForFunction(() => window.downhill?.state?.().ready);
  assert.match((await answer('iframe', { downhill: 1, id: 'x1', call: 'send', args: ['step', {}] })).error, /origins that may talk/);
  assert.equal(await closed.evaluate(() => window.downhill.state().step), 0);

  const bad = async (call, args) => (await answer('down-hill', { downhill: 1, id: `b${Math.random()}`, call, args })).error;
  assert.match(await bad('constructor', []), /no call of that name/);
  assert.match(await bad('opened', [{}, 1]), /no call of that name/);
  assert.match(await bad('__proto__', []), /no call of that name/);
  assert.match(await bad({ a: 1 }, []), /no call of that name/);
  assert.match(await bad('send', 'step'), /list of arguments/);
  assert.match(await bad('send', [1, 2, 3, 4, 5]), /list of arguments/);
  assert.match(await bad('send', [{}, {}]), /no name of a command/);
  assert.match(await bad('send', ['set', { lr: { $: 1 } }]), /neither a text nor a number/);
  assert.match(await bad('send', ['set', ['lr', 1]]), /args is an object/);
  assert.match(await bad('on', ['explosion']), /no event/);
  assert.match(await bad('lesson', [42]), /./);
  assert.match(await bad('load', ['<script>']), /no file/);
  // Without an id, of another kind, and from a window that is not the host: no answer, no change.
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector('down-hill').shadowRoot.querySelector('iframe');
    for (const message of [null, 'step', 7, [], {}, { downhill: 1 }, { downhill: 2, id: 1, call: 'send', args: ['step', {}] },
      { downhill: 1, id: {}, call: 'send', args: ['step', {}] }]) contentWindow.postMessage(message, '*');
  });
  const stranger = `<script>parent.document.querySelector('down-hill').shadowRoot.querySelector('iframe').contentWindow
    .postMessage({ downhill: 1, id: 1, call: 'send', args: ['step', {}] }, '*')</script>`;
  await page.evaluate((srcdoc) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.onload = resolve;
    frame.srcdoc = srcdoc;
    document.body.append(frame);
  }), stranger);
  assert.equal((await call(page, 'state')).step, 0);
  assert.equal((await call(page, 'state')).spec.lr, 0.5);
  await context.close();
});

test('the wheel is the host’s until the frame is pressed, or Ctrl is held', async () => {
  const { page, problems, context } = await openHost(withElement(site.url, kLinear));
  const frame = siteFrame(page, site.url);
  await frame.evaluate(() => {
    window.wheels = 0;
    document.getElementById('canvas').addEventListener('wheel', () => ++window.wheels);
  });
  const scrolled = async () => {
    await page.waitForTimeout(400);
    return page.evaluate(() => scrollY);
  };
  const wheels = () => frame.evaluate(() => window.wheels);
  await page.mouse.move(400, 250);
  await page.mouse.wheel(0, 120);
  await page.waitForFunction(() => scrollY > 0);
  assert.equal(await wheels(), 0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, 120);
  await frame.waitForFunction(() => window.wheels === 1);
  await page.keyboard.up('Control');
  assert.equal(await scrolled(), 0);
  await page.mouse.click(400, 8);
  await page.mouse.wheel(0, 120);
  await frame.waitForFunction(() => window.wheels === 2);
  assert.equal(await scrolled(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a sandboxed frame works with three words, and says what is missing with less', async () => {
  const sandboxed = (words) => withElement(site.url, kLinear.replace('<down-hill', `<down-hill sandbox="${words}"`));
  const full = await openHost(sandboxed('allow-scripts allow-same-origin allow-downloads'));
  await call(full.page, 'send', 'step', { unit: 'epoch' });
  const [download] = await Promise.all([full.page.waitForEvent('download'), call(full.page, 'send', 'save', { what: 'weights' })]);
  assert.match(download.suggestedFilename(), /^downhill-.*\.safetensors$/);
  assert.deepEqual(full.problems, []);
  await full.context.close();

  const silent = await openHost(sandboxed('allow-scripts allow-same-origin'));
  const inside = siteFrame(silent.page, site.url);
  await call(silent.page, 'send', 'save', { what: 'weights' });
  await inside.waitForFunction(() => document.getElementById('mirror').textContent.includes('lacks allow-downloads'));
  await silent.context.close();

  const nowhere = await openHost(sandboxed('allow-scripts'), { ready: false });
  const sentence = await nowhere.page.evaluate(() => document.querySelector('down-hill').ready.catch((error) => error.message));
  assert.match(sentence, /sandbox lacks allow-same-origin/);
  assert.match(await siteFrame(nowhere.page, site.url).textContent('#trouble-text'), /sandbox lacks allow-same-origin/);
  await nowhere.context.close();

  const dead = await openHost(sandboxed('allow-same-origin'), { ready: false });
  // Nothing can be asked of a document without scripts, but what is drawn of it can be read.
  const snapshots = await dead.context.newCDPSession(dead.page);
  const { documents, strings } = await snapshots.send('DOMSnapshot.captureSnapshot', { computedStyles: [] });
  const drawn = documents.flatMap(({ layout }) => layout.text.filter((at) => at >= 0).map((at) => strings[at])).join(' ');
  assert.match(drawn, /JavaScript is switched off/);
  await dead.context.close();
});

test('the examples work: a page, a slide, a cell of a notebook', async () => {
  const plain = await openHost(example('page.html', site.url));
  await plain.page.getByRole('button', { name: 'Train for an epoch' }).click();
  await plain.page.waitForFunction(() => /^9\d\.\d %$/.test(document.getElementById('right').textContent));
  await plain.page.getByRole('button', { name: 'Ten times the rate' }).click();
  await plain.page.waitForFunction(async () => (await document.getElementById('lab').state()).spec.lr === 1);
  assert.deepEqual(plain.problems, []);
  await plain.context.close();

  const slides = await openHost(example('slide.html', site.url), { ready: false });
  await slides.page.evaluate(() => document.querySelectorAll('section')[1].scrollIntoView());
  await slides.page.evaluate(() => document.querySelector('down-hill').ready);
  await slides.page.waitForFunction(async () => (await document.querySelector('down-hill').state()).race?.lanes.length === 3);
  const { race } = await call(slides.page, 'state');
  assert.deepEqual(race.lanes.map(({ lr }) => lr), [0.1, 1, 10]);
  assert.equal(race.epochs, 1);
  assert.deepEqual(slides.problems, []);
  await slides.context.close();

  const cell = await openHost(`<!doctype html><title>notebook</title>${example('notebook.html', site.url)}`, { ready: false });
  await cell.page.waitForFunction(() => customElements.get('down-hill'));
  await cell.page.evaluate(() => document.querySelector('down-hill').ready);
  const { spec } = await call(cell.page, 'state');
  assert.equal(spec.digits, '49');
  assert.deepEqual(cell.problems, []);
  await cell.context.close();
});
