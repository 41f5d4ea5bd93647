// Runs one workload of a peer in a page: node browser.mjs PEER WORKLOAD (README.md). The page is
// served from here together with the packages and the images, and reports through window.results.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const [peer, workload] = process.argv.slice(2);
const { BENCH_DATA, BENCH_SECONDS = 0.6, BENCH_WINDOWS = 5, BENCH_THREADS = 1, BENCH_BATCH } = process.env;
const here = fileURLToPath(new URL('.', import.meta.url));
const kTypes = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json',
  '.wasm': 'application/wasm',
};

// Memory can be shared between threads only in a page that is isolated from other origins; the
// libraries take several threads as soon as they can.
const isolation = BENCH_THREADS > 1 ?
  { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } : {};

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  const file = path.startsWith('/data/') ? join(BENCH_DATA, path.slice(6)) : join(here, path);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (path.includes('..') || size === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = kTypes[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': size, ...isolation });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  page.on('console', (message) => console.error(`${peer}: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`${peer}: ${error.stack}`));
  const query = new URLSearchParams({ peer, workload, seconds: BENCH_SECONDS, windows: BENCH_WINDOWS,
    threads: BENCH_THREADS });
  if (BENCH_BATCH) query.set('batch', BENCH_BATCH);
  await page.goto(`http://127.0.0.1:${server.address().port}/peer.html?${query}`);
  await page.waitForFunction(() => window.results, undefined, { timeout: 600_000 });
  const { lines, error } = await page.evaluate(() => window.results);
  for (const line of lines) console.log(`RESULT ${JSON.stringify(line)}`);
  if (error) throw new Error(error);
} catch (error) {
  console.error(`${peer} ${workload}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
}
