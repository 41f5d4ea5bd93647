// What can be checked of lessons without a browser: the interface, as the tables of web/README.md say it. A test of
// the core compares these tables with the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const courseFolder = join(root, 'assets/course/en');
const readme = readFileSync(join(root, 'web/README.md'), 'utf8');

// The cells of a table behind `mark`, without its head.
function rowsAfter(mark) {
  const lines = readme.slice(readme.indexOf(mark) + mark.length).split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rows = [];
  for (const line of lines.slice(first + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(line.slice(1, -1).split('|').map((cell) => cell.trim()));
  }
  return rows;
}

const words = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

// name -> {values: words or null for anything, required}
function argumentsOf(text) {
  const found = new Map();
  for (const part of text.split('; ')) {
    const [, name, optional, values] = /^`([a-z0-9_]+)`( \(optional\))?: (.*)$/.exec(part) ?? [];
    if (!name) continue;
    const open = /…|\d|:|,.*`,`/.test(values.replace(/`/g, '')) || /some of|or any/.test(values) || words(values).length === 0;
    found.set(name, { values: open ? null : words(values), required: !optional });
  }
  return found;
}

const commands = new Map(rowsAfter('<!-- table: commands -->').map(([name, args]) => [words(name)[0], argumentsOf(args)]));
const fields = new Map(rowsAfter('<!-- begin fields -->').map(([name, values]) => [words(name)[0], values]));

const tableOf = (name) => new Set(rowsAfter(`<!-- table: ${name} -->`).map(([cell]) => words(cell)[0]));
const ofRun = tableOf('state');
const ofPage = new Set(rowsAfter('| of the page').map(([cell]) => words(cell)[0]));
const inside = Object.fromEntries(['lanes', 'lrSweep', 'sharpness', 'lossLine', 'drawing', 'expression', 'nodes', 'curve']
  .map((name) => [name, tableOf(name)]));
inside.sharpness.add('largestStableLr');

function wrongCommand(name, args) {
  const known = commands.get(name);
  if (!known) return `there is no command “${name}”`;
  for (const [key, value] of Object.entries(args)) {
    if (name === 'set') {
      const wrong = wrongValue(key, value);
      if (wrong) return wrong;
      continue;
    }
    const argument = known.get(key);
    if (!argument) return `${name} has no argument “${key}”`;
    if (argument.values && !argument.values.includes(value)) return `${key}=${value} is none of ${argument.values.join(', ')}`;
  }
  for (const [key, { required }] of known) if (required && !(key in args)) return `${name} needs ${key}`;
  return '';
}

function wrongValue(field, value) {
  if (!fields.has(field)) return `the experiment has no field “${field}”`;
  const values = fields.get(field);
  const [, low, high] = /^([\d.e-]+) … ([\d.e]+)$/.exec(values) ?? [];
  if (low !== undefined) return Number(value) >= Number(low) && Number(value) <= Number(high) ? '' : `${field}=${value} is not ${values}`;
  const listed = words(values);
  if (listed.length < 2 || /any of|each once/.test(values)) return '';
  return listed.includes(value) ? '' : `${field}=${value} is none of ${listed.join(', ')}`;
}

function wrongField(path) {
  const [first, ...rest] = path.split('.');
  if (!ofRun.has(first) && !ofPage.has(first)) return `state() has no “${first}”`;
  if (!rest.length) return '';
  if (first === 'spec') return fields.has(rest[0]) && rest.length === 1 ? '' : `the experiment has no field “${rest.join('.')}”`;
  const [table, name] = tableInside(first, rest);
  return table && (name === undefined || table.has(name)) ? '' : `state() has no “${path}”`;
}

// The table that says what is in the inner object of a path, and the name that is looked for there.
function tableInside(first, [second, third, fourth]) {
  switch (first) {
    case 'findings': return [inside[second], third];
    case 'race': return [inside.lanes, third];
    case 'drawing': return [inside.drawing, second];
    case 'expression':
      if (second === 'nodes') return [inside.nodes, fourth];
      return second === 'curve' ? [inside.curve, third] : [inside.expression, second];
    default: return [null];
  }
}

// The check that parseLesson() takes; `known`: the words of words.md.
export const checkOf = (known) => ({
  command: wrongCommand,
  field: wrongField,
  word: (name) => (known.has(name) ? '' : `“${name}” is not in words.md`),
});
