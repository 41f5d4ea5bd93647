// Measures: node bench.mjs [--lines] [W1…W5] [ENGINES], started by run.sh, which has built everything. In the
// environment:
//   BENCH_PROGRAM   downhill_throughput, the native engine (what run.sh builds)
//   BENCH_SITE      the built site (build/site)
//   BENCH_DATA      a folder with the inflated IDX files, digits/ in it those of all ten digits (likewise)
//   BENCH_SECONDS   length of a window, 0.5;  BENCH_WINDOWS  how many, 7
//   BENCH_CONFIGS   our configurations to run, "native,wasm Node,wasm Chromium"
//   BENCH_PEERS     the peers to run, "pytorch,tfjs" (all by default); none when it is empty
// The peers are the executable files peers/NAME.sh. Each is called as NAME.sh WORKLOAD with the same environment, and
// prints RESULT lines on standard output.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { chromiumEngines, nativeEngines, nodeEngines } from './engines.mjs';
import * as report from './report.mjs';
import { ask, measure } from './site/bench/measure.js';

const peers = fileURLToPath(new URL('peers', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const settings = {
  BENCH_PROGRAM: join(root, 'build/bench/tests/bench/downhill_throughput'), BENCH_SITE: join(root, 'build/site'),
  BENCH_DATA: join(root, 'build/bench/tests/data'), BENCH_SECONDS: '0.5', BENCH_WINDOWS: '7',
  BENCH_CONFIGS: 'native,wasm Node,wasm Chromium', ...process.env,
};
const places = { program: settings.BENCH_PROGRAM, site: settings.BENCH_SITE, data: settings.BENCH_DATA };
const how = { seconds: Number(settings.BENCH_SECONDS), windows: Number(settings.BENCH_WINDOWS) };
const quick = { seconds: how.seconds / 2, windows: 3 };  // for tables with many figures
const kKinds = { native: nativeEngines, 'wasm Node': nodeEngines, 'wasm Chromium': chromiumEngines };
const kAll = ['W1', 'W2', 'W3', 'W4', 'W5'];
const kMore = { W5: ['W5 batch=20'] };  // variants measured beside a workload

function parseArguments(args) {
  const options = { lines: false, workloads: [], engines: 1 };
  for (const arg of args) {
    if (arg === '--lines') options.lines = true;
    else if (kAll.includes(arg)) options.workloads.push(arg);
    else options.engines = Number(arg);  // run.sh has checked it
  }
  if (!options.workloads.length) options.workloads = kAll;
  return options;
}

const groupsOf = (kinds, count) => Promise.all(kinds.map(async ({ config, asks }) =>
  ({ config, asks: await asks(count) })));

// The RESULT lines of one peer. Its other output goes to standard error.
async function askPeer(name, workload) {
  const child = spawn(join(peers, name), [workload], { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  child.on('error', (error) => console.error(`${name}: ${error.message}`));
  const results = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('RESULT ')) results.push(JSON.parse(line.slice(7)));
    else console.error(line);
  }
  return results;
}

function peerNames() {
  const wanted = settings.BENCH_PEERS;
  if (wanted !== undefined) return wanted.split(',').filter(Boolean).map((name) => `${name}.sh`);
  return existsSync(peers) ? readdirSync(peers).filter((name) => name.endsWith('.sh')).sort() : [];
}

// Our results and the peers', as close in time as possible; `take` receives each as soon as it is there.
async function measureWorkload(kinds, workload, engines, take, roofs) {
  const groups = await groupsOf(kinds, engines);
  const results = [];
  for (const line of [workload, ...kMore[workload] ?? []]) {
    const perWindow = roofs && {};
    const measured = await measure(groups, line, how, perWindow);
    measured.forEach((result) => roofs?.set(result, perWindow[result.config]));
    results.push(...measured);
  }
  results.forEach(take);
  for (const name of peerNames()) {
    const theirs = await askPeer(name, workload);
    theirs.forEach(take);
    results.push(...theirs);
  }
  return results;
}

// For each of `lines` the results of all engines, or the reason why there are none.
async function table(kinds, lines) {
  const rows = [];
  for (const { name, line, engines = 1 } of lines) {
    try {
      rows.push({ name, results: await measure(await groupsOf(kinds, engines), line, quick) });
    } catch (error) {
      rows.push({ name, refusal: error.message });
    }
  }
  return rows;
}

// Batches of one image need a small learning rate.
const kBatches = [1, 4, 16, 64, 256, 1024, 4096];
const kWidths = [10, 30, 100, 300, 1000];

async function reportAll(kinds, { workloads, engines }) {
  report.machine(kinds);
  const groups = await groupsOf(kinds, 1);
  const roofs = {};
  for (const { config, asks } of groups) roofs[config] = await ask(asks[0], `roof ${8 * how.seconds}`);
  report.roofs(roofs);
  const known = await groups[0].asks[0]('workloads');
  for (const name of workloads) {
    const workload = known.find((one) => one.name === name);
    const ofWindows = new Map();  // result -> the roof measured after each of its windows
    report.workload(workload, await measureWorkload(kinds, name, engines, () => {}, ofWindows), ofWindows);
    const profiles = {};
    for (const { config, asks: [engine] } of groups) {
      await ask(engine, `prepare ${name}`);
      await ask(engine, `train ${how.seconds}`);
      profiles[config] = await ask(engine, `profile ${2 * how.seconds}`);
    }
    report.profiles(profiles);
  }
  for (const name of workloads) {
    report.scaling(`${name}, batch`, await table(kinds, kBatches.map((batch) =>
      ({ name: batch, line: `${name} batch=${batch}&lr=0.001` }))));
  }
  for (const name of workloads.filter((name) => ['W2', 'W4'].includes(name))) {
    report.scaling(`${name}, width of the hidden layer`, await table(kinds, kWidths.map((width) =>
      ({ name: width, line: `${name} model=net:flatten,linear${width},act,linear` }))));
  }
  const cores = Array.from({ length: Math.max(engines, availableParallelism()) }, (_, i) => i + 1);
  for (const name of workloads) {
    report.scaling(`${name}, engines at once`, await table(kinds, cores.map((count) =>
      ({ name: count, line: name, engines: count }))), { ratios: true });
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const kinds = [];
  try {
    for (const name of settings.BENCH_CONFIGS.split(',')) kinds.push(await kKinds[name](places));
    if (options.lines) {
      const print = (result) => console.log(`RESULT ${JSON.stringify(result)}`);
      for (const workload of options.workloads) await measureWorkload(kinds, workload, options.engines, print);
    } else {
      await reportAll(kinds, options);
    }
  } finally {
    for (const kind of kinds) await kind.close();
  }
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
