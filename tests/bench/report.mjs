// The results as tables for a reader.
import { cpus, loadavg } from 'node:os';

import { median } from './site/bench/measure.js';

const print = (text = '') => console.log(text);
const count = (value) => Math.round(value).toLocaleString('en-US');

// Prints rows of texts, the head first, with numbers to the right and notes below.
function printTable(rows, notes = []) {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? '–')));
  const widths = texts[0].map((_, i) => Math.max(...texts.map((row) => row[i].length)));
  const isLeft = texts[0].map((_, i) => texts.slice(1).every((row) => !/^[\d–]/.test(row[i])));
  for (const row of texts) {
    print(`  ${row.map((cell, i) => (isLeft[i] || i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ').trimEnd()}`);
  }
  for (const note of notes) print(`  ${note}`);
  print();
}

export function machine(kinds) {
  const all = cpus();
  print(`${all.length} × ${all[0]?.model}, load ${loadavg()[0].toFixed(1)}, ${new Date().toISOString().slice(0, 16)}`);
  for (const { config, version } of kinds) print(`  ${config}: ${version}`);
  print();
}

export function roofs(all) {
  print('Roof: multiply and add of four lanes, one core, in a tile over the first-level cache');
  printTable([['', 'GFLOP/s', 'our product of matrices', 'of the roof'],
    ...Object.entries(all).map(([config, { tile, product }]) =>
      [config, (tile / 1e9).toFixed(1), (product / 1e9).toFixed(1), percent(product / tile)])]);
}

const percent = (part) => `${(100 * part).toFixed(0)} %`;

// roofs: result -> the roof measured after each of its windows, because the machine's speed varies.
export function workload({ name, title, multiply_adds: multiplyAdds }, results, roofs) {
  print(`${name} ${title}: images trained per second, median of windows`);
  printTable([['', 'engines', 'batch', 'images/s', 'from', 'to', 'GFLOP/s', 'of the roof', 'accuracy'],
    ...results.map((result) => {
      const { ips, threads } = result;
      const parts = roofs.get(result)?.map((roof, i) => 2 * multiplyAdds * ips[i] / threads / roof);
      return [ownName(result), threads, result.batch, count(median(ips)), count(Math.min(...ips)),
        count(Math.max(...ips)), (2 * multiplyAdds * median(ips) / 1e9).toFixed(1), parts && percent(median(parts)),
        result.acc?.toFixed(4)];
    })]);
  ratios(results);
}

const ownName = ({ peer, config }) => (peer === 'project' ? config : `${peer} ${config}`);

function ratios(results) {
  const theirs = results.filter(({ peer }) => peer !== 'project');
  const ours = results.filter(({ peer }) => peer === 'project');
  if (!theirs.length) return;
  const configs = [...new Set(ours.map(({ config }) => config))];
  print('Ours : theirs, medians of this run');
  printTable([['', 'threads', 'batch', ...configs], ...theirs.map((peer) => [ownName(peer), peer.threads, peer.batch,
    ...configs.map((config) => {
      const own = ours.find((one) => one.config === config && one.batch === peer.batch);
      return own && `${(median(own.ips) / median(peer.ips)).toFixed(2)}×`;
    })])]);
}

// Microseconds per step: forward and backward of each operation, and the rest.
export function profiles(all) {
  const configs = Object.keys(all), first = all[configs[0]];
  const us = (ns) => (ns / 1000).toFixed(1);
  print('Microseconds per step by the tape\'s clock, forward + backward; means of the faster half of them, 20 ms together');
  const opRows = first.ops.map(({ name, shape }, i) => [`${name} ${shape}`,
    ...configs.map((config) => `${us(all[config].ops[i].forward_ns)} + ${us(all[config].ops[i].backward_ns)}`)]);
  const around = ({ ops, phase_ns: phases }) => phases.predict + phases.loss + phases.gradient -
    ops.reduce((sum, op) => sum + op.forward_ns + op.backward_ns, 0);
  const row = (title, value) => [title, ...configs.map((config) => value(all[config]))];
  printTable([['', ...configs], ...opRows,
    row('around them: batch, tape, zeroing, norms', (profile) => us(around(profile))),
    row('step', (profile) => us(profile.phase_ns.step)),
    row('repeat', (profile) => us(profile.phase_ns.repeat)),
    row('together', (profile) => us(Object.values(profile.phase_ns).reduce((a, b) => a + b))),
    row('steps', (profile) => count(profile.steps))]);
  print('Memory per step');
  printTable([['', ...configs],
    row('allocations', (profile) => profile.allocations.toFixed(3)),
    row('bytes of the tape', (profile) => count(profile.tape_bytes)),
    row('bytes of weights and gradients', (profile) => count(profile.parameter_bytes))]);
}

// Rows {name, results} or {name, refusal}; with `ratios`, also relative to the first row.
export function scaling(title, rows, { ratios: withRatios = false } = {}) {
  print(`${title}: images/s${withRatios ? ', and to one engine' : ''}`);
  const measured = rows.filter(({ results }) => results);
  const figures = ({ results }) => results.map(({ ips }) => median(ips));
  const first = measured.length ? figures(measured[0]) : [];
  const configs = measured[0]?.results.map(({ config }) => config) ?? [];
  printTable([['', ...configs.flatMap((config) => (withRatios ? [config, ''] : [config]))],
    ...measured.map((row) => [row.name, ...figures(row).flatMap((value, i) =>
      (withRatios ? [count(value), `${(value / first[i]).toFixed(2)}×`] : [count(value)]))])],
  rows.filter(({ refusal }) => refusal).map(({ name, refusal }) => `${name}: ${refusal}`));
}
