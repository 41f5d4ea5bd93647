// The page's own work, in Chromium with software WebGL: milliseconds per frame while it trains at full speed, for each
// of its views (receiving messages, layout, issuing drawing commands; another process makes the pixels), and the time
// from navigation to the first training step, of a first visit and of later ones. Medians and 95th percentiles of wall
// time, which includes other users of the processor (the engine, the software renderer), and of processor time, which is
// that of the page's own thread with all that its scripts did between two frames.
//
//   node tests/bench/page.mjs [--frames N] [--lines]     after web/serve.sh --build-only and
//                                                        npm ci --prefix tests/web
//   --lines: prints one RESULT {…} per figure and nothing else
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openPage, click, keepsFiles, launchBrowser, launchBrowserIn, serveSite, until } from '../web/support.mjs';

const kModels = {
  W2: 'model=mlp:30&loss=mnist&lr=0.1&batch=256',
  W4: 'digits=0123456789&model=mlp:128&loss=crossentropy&lr=0.1&batch=128',
  W5: 'digits=0123456789&model=lenet&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&batch=128',
};
const kViews = ['overview', 'initialize', 'predict', 'loss', 'gradient', 'step', 'repeat', 'stop'];
const kNavigations = 5;
const kSettling = 20;  // frames after a click
const kTraining = 3000;  // milliseconds of a visit, in which the browser may keep what it has compiled
const kQuiet = 1500;   // milliseconds in which a new browser window starts its own pages

const lines = process.argv.includes('--lines');
const frameCount = Number(process.argv[process.argv.indexOf('--frames') + 1]) || 120;

const rank = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const rounded = (value) => Math.round(value * 100) / 100;

const summary = (values) => ({ median: rounded(rank(values, 0.5)), p95: rounded(rank(values, 0.95)) });
const inWords = ({ median, p95 }) => `median ${median} ms, 95th percentile ${p95} ms`;

function tell(figure, values, processor) {
  const clock = summary(values);
  const own = processor && summary(processor);
  if (lines) {
    console.log(`RESULT ${JSON.stringify({ ...figure, ...clock, ...(own && { processor: own }) })}`);
    return;
  }
  console.log(Object.values(figure).join(' ').padEnd(24), inWords(clock) + (own ? `; of the processor ${inWords(own)}` : ''));
}

const site = await serveSite();
const browser = await launchBrowser();

// In the page: plays as soon as it allows, and says when the first step came.
const playToFirstStep = async () => {
  await window.downhill.ready;
  const step = new Promise((resolve, reject) => {
    window.downhill.on('step', () => resolve(performance.now()));
    window.downhill.on('error', ({ error }) => reject(new Error(error)));
  });
  await window.downhill.send('play');
  return step;
};
const loadsOf = () => performance.getEntriesByType('resource')
  .map(({ name, startTime, responseEnd }) => [name.split('/').at(-1), Math.round(startTime), Math.round(responseEnd)]);

// From the start of the navigation, with an empty browser cache, to the first step.
async function firstStep() {
  const { page, context } = await openPage(browser, site.url, {
    wait: false, before: (page) => page.waitForTimeout(kQuiet),
  });
  const ms = await page.evaluate(playToFirstStep);
  const loads = await page.evaluate(loadsOf);
  await context.close();
  return { ms, loads };
}

// The same for visitors who have been here before: a host that lets files be kept, and a browser that does.
async function laterVisits(count) {
  const folder = mkdtempSync(join(tmpdir(), 'downhill-'));
  const host = await serveSite(undefined, keepsFiles);
  const kept = await launchBrowserIn(folder);
  const times = [];
  for (let visit = 0; visit <= count; ++visit) {
    const page = await kept.newPage();
    await page.waitForTimeout(kQuiet);
    await page.goto(host.url);
    times.push(await page.evaluate(playToFirstStep));
    await page.waitForTimeout(kTraining);
    await page.evaluate(() => window.downhill.send('pause'));
    await page.waitForTimeout(kQuiet);
    await page.close();
  }
  await kept.close();
  host.close();
  rmSync(folder, { recursive: true, force: true });
  return times.slice(1);
}

// Processor time that the page's scripts have used so far, in milliseconds.
async function scriptTime(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * metrics.find(({ name }) => name === 'ScriptDuration').value;
}

const navigations = [];
for (let i = 0; i < kNavigations; ++i) navigations.push(await firstStep());
tell({ what: 'first step' }, navigations.map(({ ms }) => ms));
tell({ what: 'first step of a later visit' }, await laterVisits(kNavigations));
if (!lines) for (const [name, from, to] of navigations.at(-1).loads) console.log(`  ${name.padEnd(28)} ${from}…${to} ms`);

// The next frame: its number and its wall time. Continues training, because a small model ends its epochs within seconds,
// and a page at rest draws nothing.
const nextFrame = (page) => page.evaluate(() => new Promise((resolve) => {
  const { downhill } = window;
  if (!downhill.state().running) downhill.send('play');
  const off = downhill.on('frame', ({ frameMs }) => {
    off();
    resolve({ at: downhill.state().frames, frameMs });
  });
}));

// `count` frames in wall time and processor time. Some frames pass between two queries; processor time is their mean.
async function frameTimes(page, devtools, count) {
  const clock = [], processor = [];
  let { at } = await nextFrame(page);
  let spent = await scriptTime(devtools);
  while (clock.length < count) {
    const frame = await nextFrame(page);
    const now = await scriptTime(devtools);
    clock.push(frame.frameMs);
    processor.push((now - spent) / (frame.at - at));
    [at, spent] = [frame.at, now];
  }
  return { clock, processor };
}

for (const [workload, spec] of Object.entries(kModels)) {
  const { page, context } = await openPage(browser, site.url, { fragment: `${spec}&epochs=1000` });
  await until(page, () => !window.downhill.state().loading);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  for (const view of kViews) {
    if (view !== 'overview') await click(page, `step:${view}`);
    await frameTimes(page, devtools, kSettling);
    const { clock, processor } = await frameTimes(page, devtools, frameCount);
    tell({ what: 'frame', workload, view }, clock, processor);
  }
  await context.close();
}
await browser.close();
site.close();
