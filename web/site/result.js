// A result: the experiment that a run began with, what was set and where, and the digest of its weights. The engine
// writes it (src/session/run_log.hpp); here it is read, done again and compared.
import { unpackedText } from './packed.js';

const kMostBytes = 64 * 1024;
const kMostPhases = 50_000_000;
const kAtOnce = 1_000_000;       // phases in one command
const kPhasesPerBatch = 5;
const kPhasesDone = { predict: 1, loss: 2, gradient: 3, step: 4 };  // of the batch under way

const kPlace = /^(\d{1,9})( stopped)?$/;

function place(text, line) {
  const found = kPlace.exec(text);
  if (!found || Number(found[1]) > kMostPhases) throw new Error(`[result] line ${line}: “${text.slice(0, 40)}” is no place in a run`);
  return { position: Number(found[1]), stopped: found[2] !== undefined };
}

const fields = (text) => Object.fromEntries(new URLSearchParams(text));

// {experiment, sets: [{position, stopped, fields}], end: {position, stopped}, digest}. `check(name, args)`: why a command
// would be refused.
export function parseResult(text, check) {
  const lines = text.trimEnd().split('\n');
  if (lines.shift() !== 'downhill result 1') throw new Error('[result] it does not begin with “downhill result 1”');
  const result = { experiment: null, sets: [], end: null, digest: null };
  let last = 0;
  const readPlace = (text, number) => {
    const at = place(text, number);
    if (at.position < last) throw new Error(`[result] line ${number}: it goes back from phase ${last} to ${at.position}`);
    last = at.position;
    return at;
  };
  const readFields = (text, number) => {
    const wrong = check('set', fields(text));
    if (wrong) throw new Error(`[result] line ${number}: ${wrong.replace(/^\[(\w+)\]/, '$1:')}`);
    return fields(text);
  };
  lines.forEach((line, index) => {
    const number = index + 2;
    const [, word, rest] = /^(experiment|set|end|digest) (.+)$/.exec(line) ?? [];
    if (word === 'experiment' && number === 2) {
      result.experiment = readFields(rest, number);
    } else if (word === 'set' && !result.end) {
      const [, where, edits] = /^(\d+(?: stopped)?) (.+)$/.exec(rest) ?? [, '', ''];
      result.sets.push({ ...readPlace(where, number), fields: readFields(edits, number) });
    } else if (word === 'end' && !result.end) {
      result.end = readPlace(rest, number);
    } else if (word === 'digest' && result.end && /^[0-9a-f]{16}$/.test(rest)) {
      result.digest = rest;
    } else {
      throw new Error(`[result] line ${number}: “${line.slice(0, 40)}” cannot be read`);
    }
  });
  if (!result.experiment || !result.end || !result.digest) throw new Error('[result] it is cut off');
  return result;
}

function positionOf({ epoch, batch, batchesPerEpoch, phase }) {
  // Right after its end, an epoch's batches are all done, and the epoch is counted, too.
  const batches = epoch * batchesPerEpoch + (batch === batchesPerEpoch ? 0 : batch);
  return batches * kPhasesPerBatch + (kPhasesDone[phase] ?? 0);
}

// Trains on to a place of the run.
async function goTo(downhill, { position, stopped }) {
  for (;;) {
    const state = downhill.state();
    const here = positionOf(state);
    if (here > position) throw new Error(`[result] the run is at phase ${here} where it should be at ${position}`);
    if (here === position) {
      if (stopped && !state.finished) await downhill.send('step', { unit: 'phase' });
      return;
    }
    const after = await downhill.send('step', { unit: 'phase', count: Math.min(position - here, kAtOnce) });
    if (positionOf(after) === here && after.finished === state.finished) {
      throw new Error(`[result] the run cannot go on: ${after.stopReason ?? after.error ?? `it stays at phase ${here}`}`);
    }
  }
}

async function digestOf(downhill) {
  const { bytes } = await downhill.save('result');
  return /^digest (.*)$/m.exec(new TextDecoder().decode(bytes))[1];
}

// Does what the packed text of a link says. Gives {holds, step, digest, expected, sentence}.
export async function replayed(downhill, packedText) {
  const text = await unpackedText(packedText, kMostBytes, '[result] the link');
  const result = parseResult(text, (name, args) => downhill.check(name, args));
  await downhill.send('pause');
  await downhill.send('set', { ...downhill.defaults(), ...result.experiment });
  await downhill.send('reset');
  for (const { fields, ...where } of result.sets) {
    await goTo(downhill, where);
    await downhill.send('set', fields);
  }
  await goTo(downhill, result.end);
  const digest = await digestOf(downhill);
  const { step } = downhill.state();
  const holds = digest === result.digest;
  const steps = `${step.toLocaleString('en')} ${step === 1 ? 'step' : 'steps'}`;
  const sentence = holds
    ? `The result holds: after ${steps} every bit of the weights is as the link says (${digest}).`
    : `The result does not hold: after ${steps} the weights have the digest ${digest}, and the link says ${result.digest}.`;
  downhill.resultIs({ holds, step, digest, expected: result.digest, sentence });
}
