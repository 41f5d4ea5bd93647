// What every peer in a page shares: the images, the order of batches, the clock. A peer's module has
//
//   modes(workload, threads)             names and options of the ways it may be fastest in
//   makeRun(workload, mode, data)        {step(batch), accuracy()}, maybe promises
//
// The modes take turns, window by window, so that a noisy machine is noisy for all of them.

const query = new URLSearchParams(location.search);
const kPixels = 784;

async function fetchBytes(name) {
  const response = await fetch(`data/${name}`);
  if (!response.ok) throw new Error(`${name} is not in BENCH_DATA`);
  return new Uint8Array(await response.arrayBuffer());
}

// The images and labels of these digits, uint8 as they stand in the files.
async function readIdx(name, digits) {
  const folder = digits.length === 10 ? 'digits/' : '';
  const images = (await fetchBytes(`${folder}${name}-images.idx3-ubyte`)).subarray(16);
  const labels = (await fetchBytes(`${folder}${name}-labels.idx1-ubyte`)).subarray(8);
  const chosen = Array.from(labels.keys()).filter((i) => digits.includes(labels[i]));
  const pixels = new Uint8Array(chosen.length * kPixels);
  chosen.forEach((from, to) => pixels.set(images.subarray(from * kPixels, (from + 1) * kPixels), to * kPixels));
  return { pixels, classes: Uint8Array.from(chosen, (i) => labels[i]), count: chosen.length };
}

// The rows of a batch as floats: pixels 0…1, and what the outputs should be. With one output that
// is 1 for the first digit, 0 for the other; with ten a 1 in the digit's place.
export function convertImages({ pixels }, rows) {
  const floats = new Float32Array(rows.length * kPixels);
  for (let i = 0, to = 0; i < rows.length; ++i) {
    for (let from = rows[i] * kPixels, end = from + kPixels; from < end; ++from, ++to) floats[to] = pixels[from] / 255;
  }
  return floats;
}

export function convertTargets({ classes }, rows, digits) {
  if (digits.length === 2) return Float32Array.from(rows, (row) => (classes[row] === digits[0] ? 1 : 0));
  const targets = new Float32Array(rows.length * digits.length);
  rows.forEach((row, i) => { targets[i * digits.length + classes[row]] = 1; });
  return targets;
}

export const allRows = ({ count }) => Int32Array.from({ length: count }, (_, i) => i);

// The share of right answers; outputs are [count · 1] or [count · 10].
export function shareRight(outputs, { classes, count }, digits) {
  const width = outputs.length / count;
  let right = 0;
  for (let i = 0; i < count; ++i) {
    const row = outputs.subarray(i * width, (i + 1) * width);
    const answer = width === 1 ? digits[row[0] > 0 ? 0 : 1] : row.indexOf(Math.max(...row));
    if (answer === classes[i]) ++right;
  }
  return right / count;
}

// Weights as all of us begin with: uniform within one by the root of the inputs.
export function uniform(count, fanIn) {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: count }, () => (2 * Math.random() - 1) * bound);
}

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
