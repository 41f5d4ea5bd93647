// What every browser test needs: the built site on a local port, Debian's Chromium with software WebGL, and a page
// that fails its test if anything is written to its console. Knows the public interface only.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const siteFolder = process.env.DOWNHILL_SITE ?? join(root, 'build/site');

// The folder of the release in a site, the one that its index.html names.
export const buildOf = (folder = siteFolder) => /v\/([0-9a-f]+)\/boot\.js/.exec(readFileSync(join(folder, 'index.html'), 'utf8'))[1];
export const releaseFolder = (folder = siteFolder) => join(folder, 'v', buildOf(folder));
const goldenFolder = join(root, 'tests/golden');
const shotFolder = process.env.DOWNHILL_SHOTS ?? join(root, 'build/shots');

const kTypes = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.gz': 'application/gzip', '.png': 'image/png', '.md': 'text/markdown',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json',
};

// A plain static host without special headers, of this folder or another one. `served` collects the requested paths;
// `answer(path, response)`, if given, may answer in its place and returns true if it has.
export async function serveSite(first = siteFolder, answer = () => false) {
  assert.ok(existsSync(join(first, 'index.html')), `there is no site in ${first}: build it first`);
  const host = { folder: first, answer };
  const served = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(/\/$/, '/index.html');
    served.push(path);
    if (host.answer(path, response)) return;
    const file = join(host.folder, path);
    if (path.includes('..') || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(file);
    response.writeHead(200, {
      'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream', 'Content-Length': bytes.length,
    }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return Object.assign(host, { url: `http://127.0.0.1:${port}/`, port, served, close: () => server.close() });
}

const howToLaunch = (more) => ({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist', ...more],
});

export const launchBrowser = (...more) => chromium.launch(howToLaunch(more));

// A browser that keeps what it loads in `folder`.
export const launchBrowserIn = (folder, ...more) =>
  chromium.launchPersistentContext(folder, { ...howToLaunch(more), viewport: { width: 1280, height: 800 } });

// An `answer` of serveSite(): whatever has a hash in its path may be kept, as in web/site/_headers.
export const keepsFiles = (path, response) => {
  if (/^\/(v|data)\//.test(path)) response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  return false;
};

// What useBrowser() starts before the tests of a file and ends after them.
export let site, browser;

export function useBrowser() {
  before(async () => {
    site = await serveSite();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });
}

// In the page: whether the widget is visible and can be pressed.
export const isShown = () => window.downhill.state().frames > 1 && document.body.dataset.state === 'ready';

// The fragment of a run that is long enough to be seen running.
export const longRun = 'epochs=1000';

// In the page, before its scripts: Play runs at full speed, as for a visitor who has chosen it. A document that may keep
// nothing, as the one of a page that is not there yet, refuses.
export const chooseFullSpeed = () => {
  try {
    localStorage.setItem('downhill.speed', '0');
  } catch {
    // Nothing is kept there, and nothing is played.
  }
};

// In the page, before its scripts: what its content security policy refuses is an error on the console, with the file
// and the line. The browser's own message may be of another document.
export const tellViolations = () => {
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber, sample }) => {
    console.error(`content security policy: ${violatedDirective} refuses ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`);
  });
};

// A new page. `problems` collects console errors, warnings, exceptions, failed requests, requests to other hosts and
// violations of the content security policy. On a `firstVisit` no speed was chosen.
export async function openPage(browser, url, options = {}) {
  const { fragment = '', width = 1280, height = 800, ratio = 1, theme = 'light', touch = false, wait = true, firstVisit = false } = options;
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor: ratio, colorScheme: theme, hasTouch: touch,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  context.setDefaultTimeout(120000);  // for a slow or busy machine
  if (!firstVisit) await context.addInitScript(chooseFullSpeed);
  await context.addInitScript(tellViolations);
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isDriverNoise(message.text())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin) problems.push(`a foreign request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // The browser fetches the icon by itself, and gives it up if the page is left before it has come.
    if (why !== 'net::ERR_ABORTED' || !request.url().endsWith('/icon.svg')) problems.push(`${request.url()}: ${why}`);
  });
  await options.before?.(page);
  await page.goto(url + (fragment ? `#${fragment}` : ''));
  if (wait) {
    await page.evaluate(() => window.downhill.ready);
    // `ready` may come between two frames; only the next one shows the page and its buttons.
    await page.waitForFunction(isShown);
  }
  return { page, problems, context };
}

// Messages of the software renderer that are not about the page.
function isDriverNoise(text) {
  return text.includes('GPU stall due to ReadPixels') || text.includes('software WebGL');
}

export const send = (page, name, args) =>
  page.evaluate(([name, args]) => window.downhill.send(name, args), [name, args]);
export const state = (page) => page.evaluate(() => window.downhill.state());

// The digest of the weights, which the engine computes at rest.
export async function digest(page) {
  const known = await page.waitForFunction(() => {
    const { running, weightsDigest } = window.downhill.state();
    return !running && weightsDigest;
  });
  return known.jsonValue();
}

export async function until(page, condition, argument, timeout = 60000) {
  await page.waitForFunction(condition, argument, { timeout });
}

// The same for a condition that is a promise, which until() would take for true, or in a page without frames, in which
// it would not check.
export async function untilFulfilled(page, condition, argument, timeout = 60000) {
  for (const end = Date.now() + timeout; !(await page.evaluate(condition, argument));) {
    assert.ok(Date.now() < end, `not within ${timeout} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// The engine gets all ten digits before the browser has stored them.
export const untilDigitsAreKept = (page) =>
  untilFulfilled(page, async () => (await (await caches.open('downhill-data-1')).keys()).length === 4);

// The rectangle of a named widget in CSS pixels, once it is drawn. A page that still loads its program has no widgets
// and throws.
export async function widget(page, name) {
  const found = await page.waitForFunction((name) => {
    try {
      return window.downhill.widgets().find((w) => w.name === name);
    } catch (error) {
      if (/still loading/.test(error.message)) return false;
      throw error;
    }
  }, name);
  return found.jsonValue();
}

// A real click in the middle of a widget.
export async function click(page, name) {
  const { x, y, width, height } = await widget(page, name);
  await page.mouse.move(x + width / 2, y + height / 2);
  await frames(page, 2);
  await page.mouse.down();
  await frames(page, 2);
  await page.mouse.up();
  await frames(page, 2);
}

// Waits until the browser has drawn `count` more times.
export const frames = (page, count) => page.evaluate((count) => new Promise((resolve) => {
  const next = () => (count-- > 0 ? requestAnimationFrame(next) : resolve());
  next();
}), count);

// [{spec, initial, final}] of a file of tests/golden; the digests are of the weights.
export function goldenRuns(file) {
  const runs = [];
  for (const line of readFileSync(join(goldenFolder, file), 'utf8').split('\n')) {
    const [first, ...rest] = line.split(' ');
    if (first === 'run') runs.push({ spec: rest.join(' ') });
    if (first === 'initial') runs.at(-1).initial = rest.at(-1);
    if (first === 'final') runs.at(-1).final = rest.at(-1);
  }
  return runs;
}

// ---- pictures ----------------------------------------------------------------------------------------------------

export async function screenshot(page, name) {
  mkdirSync(shotFolder, { recursive: true });
  return decodePng(await page.screenshot({ path: join(shotFolder, `${name}.png`) }));
}

// Decodes an 8-bit RGB or RGBA PNG without interlace, as browsers write it: {width, height, at(x, y)}.
export function decodePng(bytes) {
  const width = bytes.readUInt32BE(16), height = bytes.readUInt32BE(20);
  const channels = { 2: 3, 6: 4 }[bytes[25]];
  const pieces = [];
  for (let at = 8; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') pieces.push(bytes.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  const raw = inflateSync(Buffer.concat(pieces));
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; ++i) {
      const left = i >= channels ? pixels[y * stride + i - channels] : 0;
      const up = y > 0 ? pixels[(y - 1) * stride + i] : 0;
      const corner = i >= channels && y > 0 ? pixels[(y - 1) * stride + i - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[y * stride + i] = raw[y * (stride + 1) + 1 + i] + guess;
    }
  }
  return { width, height, at: (x, y) => [...pixels.subarray((y * width + x) * channels, (y * width + x) * channels + 3)] };
}

function paeth(a, b, c) {
  const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

// Statistics of the pixels of a rectangle (CSS pixels): number of colours, mean brightness, share of clearly blue and
// clearly orange pixels.
export function describe(image, rect, ratio = 1) {
  const colours = new Set();
  let sum = 0, blue = 0, orange = 0, count = 0;
  const x0 = Math.max(0, Math.ceil(rect.x * ratio)), x1 = Math.min(image.width, Math.floor((rect.x + rect.width) * ratio));
  const y0 = Math.max(0, Math.ceil(rect.y * ratio)), y1 = Math.min(image.height, Math.floor((rect.y + rect.height) * ratio));
  for (let y = y0; y < y1; ++y) {
    for (let x = x0; x < x1; ++x) {
      const [r, g, b] = image.at(x, y);
      colours.add((r << 16) | (g << 8) | b);
      sum += (r + g + b) / 3;
      if (b > r + 25) ++blue;
      if (r > b + 25) ++orange;
      ++count;
    }
  }
  return { colours: colours.size, brightness: sum / count, blue: blue / count, orange: orange / count };
}
