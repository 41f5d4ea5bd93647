// The benchmark runs and reports what it is asked for. These tests do not check its speed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import { launchBrowser, openPage, serveSite, siteFolder, until } from './support.mjs';

const kDriver = fileURLToPath(new URL('../bench/bench.mjs', import.meta.url));

let server, browser;
before(async () => {
  server = await serveSite();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  server.close();
});

function checkResult(result, wanted) {
  const { ips, acc, ...rest } = result;
  assert.deepEqual(rest, { peer: 'project', config: 'wasm Chromium', threads: 1, batch: 256, ...wanted });
  assert.equal(ips.length, 3);
  assert.ok(ips.every((rate) => Number.isInteger(rate) && rate > 0), `${ips}`);
  assert.ok(acc > 0.4 && acc < 1, `accuracy ${acc}`);  // a busy machine does few steps
}

test('bench.html reports through window.results', async () => {
  const { page, problems } = await openPage(browser, `${server.url}bench.html?W1&W2&seconds=0.05&windows=3`,
    { wait: false });
  await until(page, () => window.finished);
  assert.equal(await page.evaluate(() => window.finished), true);
  const results = await page.evaluate(() => window.results);
  assert.equal(results.length, 2);
  results.forEach((result, i) => checkResult(result, { workload: `W${i + 1}` }));
  assert.deepEqual(problems, []);
});

test('steps that are shorter than a tick of the browser’s clock have times all the same', async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url}bench.html?driven`);
  const ask = (line) => page.evaluate((line) => window.ask(0, line), line);
  await ask('prepare W1');
  const { ops, phase_ns: phases, steps } = await ask('profile 1');
  const linear = ops.find(({ name }) => name === 'linear');
  assert.ok(linear.forward_ns > 0 && linear.backward_ns > 0, JSON.stringify({ linear, steps }));
  const together = Object.values(phases).reduce((a, b) => a + b);
  assert.ok(together > 0.25 * 1e9 / steps, `${together} of ${1e9 / steps} ns`);
  assert.ok(phases.predict >= linear.forward_ns && phases.gradient >= linear.backward_ns, JSON.stringify(phases));
  await page.close();
});

test('bench.mjs --lines prints lines of RESULT and nothing else', () => {
  const env = {
    ...process.env, BENCH_SITE: siteFolder, BENCH_CONFIGS: 'wasm Node,wasm Chromium', BENCH_SECONDS: '0.05',
    BENCH_WINDOWS: '3', BENCH_PEERS: '',
  };
  const text = execFileSync(process.execPath, [kDriver, '--lines', 'W1', '2'], { env, encoding: 'utf8' });
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  for (const [i, config] of ['wasm Node', 'wasm Chromium'].entries()) {
    assert.ok(lines[i].startsWith('RESULT {'), lines[i]);
    checkResult(JSON.parse(lines[i].slice(7)), { workload: 'W1', config, threads: 2 });
  }
});
