// The blocks of a lesson, between ``` and ```: a text, then lines "key: value", which may go on in the lines below.
import { parseCommands } from './commands.js';
import { parseExpression } from './expression.js';

export const kBlocks = new Set(['lesson', 'show', 'question', 'goal', 'hint', 'remember', 'unclosed']);

const kKeys = {
  lesson: ['experiment', 'minutes'],
  show: ['view', 'hide', 'do'],
  question: ['do', 'seen', 'claim', 'otherwise'],
  goal: ['until', 'done'],
};

// {text, keys: {key: value}}; a value goes on until the next key.
function fieldsOf(kind, source) {
  const known = kKeys[kind];
  const text = [], keys = Object.create(null);
  let key = '';
  for (const line of source.split('\n')) {
    const found = /^([a-z]+):(?:\s+(.*))?$/.exec(line);
    if (found && known.includes(found[1])) {
      key = found[1];
      if (key in keys) throw new Error(`“${key}:” is there twice`);
      keys[key] = found[2] ?? '';
    } else if (found && !text.length && !key) {
      throw new Error(`“${found[1]}:” is not known here; there are ${known.join(', ')}`);
    } else if (key) {
      keys[key] += `\n${line.trim()}`;
    } else {
      text.push(line);
    }
  }
  for (const name of Object.keys(keys)) keys[name] = keys[name].trim();
  return { text: text.join('\n').trim(), keys };
}

function need(keys, ...names) {
  for (const name of names) {
    if (!keys[name]) throw new Error(`“${name}:” is missing`);
  }
}

// The fields of a link's fragment: "model=linear&lr=1".
export function parseExperiment(text, check) {
  const fields = Object.fromEntries(new URLSearchParams(text.trim().replace(/^#/, '')));
  const wrong = check.command('set', fields);
  if (wrong) throw new Error(wrong);
  return fields;
}

export function parseHead(source, { check }) {
  const { text, keys } = fieldsOf('lesson', source);
  if (text) throw new Error(`“${text.split('\n')[0].slice(0, 40)}” is not of the form key: value`);
  const minutes = Number(keys.minutes ?? 0);
  if (!(minutes >= 0 && minutes <= 120)) throw new Error('minutes are a number');
  return { experiment: parseExperiment(keys.experiment ?? '', check), minutes };
}

const kChoice = /^- \[([ x])\] +(.+)$/;

const kParsers = {
  show(source, { check }) {
    const { text, keys } = fieldsOf('show', source);
    if (text) throw new Error(`“${text.split('\n')[0].slice(0, 40)}” is not of the form key: value`);
    const args = {};
    if (keys.view) args.view = keys.view;
    if (keys.hide) args.hide = keys.hide.replace(/[,\s]+/g, ',');
    const wrong = check.command('show', args);
    if (wrong) throw new Error(wrong);
    return { args, commands: keys.do ? parseCommands(keys.do, check.command, false) : [] };
  },

  question(source, tools) {
    const { text, keys } = fieldsOf('question', source);
    need(keys, 'seen');
    const lines = text.split('\n');
    const first = lines.findIndex((line) => kChoice.test(line));
    if (first < 0) throw new Error('a question has choices: - [ ] wrong, - [x] right');
    const choices = lines.slice(first).filter((line) => line.trim()).map((line) => {
      const found = kChoice.exec(line);
      if (!found) throw new Error(`“${line.slice(0, 40)}” is no choice: - [ ] wrong, - [x] right`);
      return { right: found[1] === 'x', tokens: tools.inline(found[2]) };
    });
    if (choices.length < 2 || choices.length > 8) throw new Error('a question has two to eight choices');
    if (!choices.some(({ right }) => right)) throw new Error('no choice is right: - [x] …');
    const ask = tools.inline(lines.slice(0, first).join('\n'));
    if (!ask.length) throw new Error('the question itself is missing');
    return {
      ask,
      choices,
      commands: keys.do ? parseCommands(keys.do, tools.check.command, false) : [],
      seen: tools.inline(keys.seen),
      claim: keys.claim ? parseExpression(keys.claim, tools.check.field) : null,
      otherwise: keys.otherwise ? tools.inline(keys.otherwise) : null,
    };
  },

  goal(source, tools) {
    const { text, keys } = fieldsOf('goal', source);
    need(keys, 'until', 'done');
    const ask = tools.inline(text);
    if (!ask.length) throw new Error('what is to be done is missing');
    return { ask, until: parseExpression(keys.until, tools.check.field), done: tools.inline(keys.done) };
  },

  hint: (source, { tokens }) => ({ tokens: tokens(source) }),
  remember: (source, { tokens }) => ({ tokens: tokens(source) }),
  unclosed() {
    throw new Error('a block begins here with ``` and does not end');
  },
};

export const parseBlock = (kind, source, tools) => ({ kind, ...kParsers[kind](source, tools) });
