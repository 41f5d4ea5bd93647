// The benchmark as a page. bench.html measures all workloads with one engine; bench.html?W1&W3&engines=2 those, with
// two; seconds=0.5 and windows=7 say how long. window.results is filled as results come, window.finished is true at
// the end, or a sentence that says what went wrong. With ?driven nothing starts; a script that drives the
// page calls window.ask(number of the engine, line).

import { measure } from './measure.js';

const kConfig = /Chrom/.test(navigator.userAgent) ? 'wasm Chromium' : 'wasm browser';
const log = document.querySelector('pre');
const workers = [];

window.results = [];
window.finished = false;

// One question at a time and engine.
window.ask = (number, line) => new Promise((resolve) => {
  const worker = workers[number] ??= new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => resolve({ error: event.message ?? 'the worker does not start' });
  worker.postMessage(line);
});

const say = (text) => log.append(`${text}\n`);

async function run(options) {
  const number = (name, otherwise) => Number(options.get(name) ?? otherwise);
  const asks = Array.from({ length: number('engines', 1) }, (_, i) => (line) => window.ask(i, line));
  const named = [...options.keys()].filter((name) => /^W\d$/.test(name));
  const workloads = named.length ? named : (await window.ask(0, 'workloads')).map(({ name }) => name);
  for (const workload of workloads) {
    const how = { seconds: number('seconds', 0.5), windows: number('windows', 7) };
    const [result] = await measure([{ config: kConfig, asks }], workload, how);
    window.results.push(result);
    say(`RESULT ${JSON.stringify(result)}`);
  }
}

const options = new URLSearchParams(location.search);
if (!options.has('driven')) {
  run(options).then(() => {
    window.finished = true;
  }, (error) => {
    window.finished = error.message;
    say(error.message);
  });
}
