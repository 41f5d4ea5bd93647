// What every peer in a page shares: the images, the order of batches, the clock. A peer's module has
//
//   modes(workload, threads)             names and options of the ways it may be fastest in
//   makeRun(workload, mode, data)        {step(batch), accuracy()}, maybe promises
//
// The modes take turns, window by window, so that a noisy machine is noisy for all of them.

import { readIdx } from './images.mjs';

const query = new URLSearchParams(location.search);
// Every row once per epoch, in another order each time.
function* batches(count, size) {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (;;) {
    for (let i = count - 1; i > 0; --i) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let from = 0; from < count; from += size) yield order.slice(from, from + size);
  }
}

async function train(run, seconds) {
  let images = 0;
  const start = performance.now();
  for (;;) {
    const rows = run.batches.next().value;
    const waiting = run.step(rows);
    if (waiting) await waiting;
    images += rows.length;
    const passed = (performance.now() - start) / 1000;
    if (passed >= seconds) return images / passed;
  }
}

async function measure(lines) {
  const name = query.get('workload'), peer = query.get('peer');
  const threads = Number(query.get('threads')), seconds = Number(query.get('seconds'));
  const workload = (await (await fetch('workloads.json')).json())[name];
  workload.batch = Number(query.get('batch') ?? workload.batch);
  const data = { train: await readIdx('train', workload.digits), valid: await readIdx('valid', workload.digits) };
  const { modes, makeRun } = await import(`./${peer}.mjs`);
  const runs = [];
  for (const mode of await modes(workload, threads)) {
    const run = await makeRun(workload, mode, data);
    Object.assign(run, { mode, batches: batches(data.train.count, workload.batch), rates: [] });
    await train(run, seconds);  // V8 compiles in tiers
    runs.push(run);
  }
  for (let window = 0; window < Number(query.get('windows')); ++window) {
    for (const run of runs) run.rates.push(Number((await train(run, seconds)).toFixed(1)));
  }
  for (const { mode, rates, accuracy } of runs) {
    lines.push({ workload: name, peer, config: mode.name, threads, batch: workload.batch, ips: rates,
      acc: Number((await accuracy()).toFixed(4)) });
  }
}

const lines = [];
try {
  await measure(lines);
  window.results = { lines };
} catch (error) {
  window.results = { lines, error: error.stack ?? String(error) };
}
