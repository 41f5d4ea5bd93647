// The numbers behind the pictures as CSV, with a line of names: from the files of the engine, or from state().

const kMostNumbers = 2_000_000;  // of weights: more belong into a safetensors file

const cell = (value) => {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const lines = (names, rows) => [names, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';

// Lists of the same length side by side.
const columns = (lists) => {
  const names = Object.keys(lists);
  return lines(names, lists[names[0]].map((_, index) => names.map((name) => lists[name][index])));
};

function needed(value, what) {
  if (value === null) throw new Error(`[table] ${what}`);
  return value;
}

// Of `weights` or `gradients`: names of tensors, places in them as PyTorch has them, values.
async function tensors(downhill, what) {
  const { bytes } = await downhill.save(what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: _, ...all } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  if (bytes.length / 4 > kMostNumbers) throw new Error('[table] these are too many numbers for a table: save them as a file');
  const rows = [];
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(all)) {
    if (dtype !== 'F32') continue;  // the counters of batch norm
    for (let at = from, index = 0; at < to; at += 4, ++index) {
      rows.push([name, place(index, shape), print(view.getFloat32(start + at, true))]);
    }
  }
  return lines(['tensor', 'place', 'value'], rows);
}

// 5 in [2, 3] is 1:2.
function place(index, shape) {
  const places = [];
  for (const size of [...shape].reverse()) {
    places.unshift(index % size);
    index = Math.floor(index / size);
  }
  return places.join(':');
}

// The shortest text that is this float again.
function print(value) {
  for (let digits = 6; digits < 9; ++digits) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return text;
  }
  return value;
}

function sweep({ findings: { lrSweep } }) {
  const { lrs, losses, smooth } = needed(lrSweep, 'no sweep of the learning rate was made in this run yet: send find_lr');
  return columns({ lr: lrs, loss: losses, smooth_loss: smooth });
}

function lossLine({ findings }) {
  const { distances, losses } = needed(findings.lossLine, 'the loss along the gradient was not measured in this run yet: send loss_line');
  return columns({ distance: distances, loss: losses });
}

function sharpness({ findings }) {
  const { estimates } = needed(findings.sharpness, 'the sharpness was not measured in this run yet: send sharpness');
  return columns({ iteration: estimates.map((_, index) => index + 1), eigenvalue: estimates });
}

function lanes({ race }) {
  const all = needed(race, 'there was no race yet').lanes;
  const names = Object.keys(all[0]);
  return lines(names, all.map((lane) => names.map((name) => lane[name])));
}

function expression(state) {
  const { nodes } = needed(state.expression, 'there is no expression yet');
  const list = (numbers) => numbers.join(' ');
  return lines(['node', 'name', 'operation', 'inputs', 'value', 'gradient'], nodes.map((node, index) =>
    [index, node.name, node.op, list(node.inputs.map((input) => input.node)), list(node.value), list(node.gradient)]));
}

function drawing(state) {
  const { scores } = needed(state.drawing, 'nothing is drawn');
  const digits = state.spec.digits.slice(0, scores.length);
  return columns({ digit: [...digits], score: scores });
}

const kOfState = { 'lr-sweep': sweep, 'loss-line': lossLine, sharpness, lanes, expression, drawing };
const kOfEngine = new Set(['curves', 'confusion', 'scores']);
const kOfTensors = new Set(['weights', 'gradients']);

export const kTables = {
  curves: 'The curves, step by step',
  confusion: 'The confusion matrix',
  weights: 'The weights',
  gradients: 'The gradients of the last batch',
  scores: 'What the model says of the batch',
  race: 'The race, step by step',
  lanes: 'The race, lane by lane',
  'lr-sweep': 'The sweep of the learning rate',
  'loss-line': 'The loss along the gradient',
  sharpness: 'The sharpness',
  expression: 'The expression, node by node',
  drawing: 'The scores of your digit',
};

// `raceTable()`: that of the losses of all lanes.
export async function table(downhill, name, raceTable) {
  if (kOfEngine.has(name)) return downhill.save(name);
  const text = await textOf(downhill, name, raceTable);
  return { name: `downhill-${name}.csv`, bytes: new TextEncoder().encode(text) };
}

async function textOf(downhill, name, raceTable) {
  if (kOfTensors.has(name)) return tensors(downhill, name);
  const state = downhill.state();
  if (name === 'race') {
    needed(state.race, 'there was no race yet');
    return raceTable();
  }
  if (!Object.hasOwn(kOfState, name)) throw new Error(`[table] there is no table “${name}”; there are ${Object.keys(kTables).join(', ')}`);
  return kOfState[name](state);
}
