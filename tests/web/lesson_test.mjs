// Lessons without a browser: the chapters of the course are well formed and use only what the interface has, and a
// lesson that is hostile or broken is refused with its line and a sentence.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { checkOf, courseFolder } from './lesson_support.mjs';
import { releaseFolder } from './support.mjs';

const program = (name) => import(pathToFileURL(join(releaseFolder(), 'course', name)).href);
const { parseLesson } = await program('lesson.js');
const { parseWords } = await program('words.js');
const { parseContents } = await program('contents.js');
const { formatted, parseExpression, parseNumber } = await program('expression.js');
const { parseCommands } = await program('commands.js');
const { parseFormula } = await program('formula.js');

const text = (name) => readFileSync(join(courseFolder, name), 'utf8');
const words = parseWords(text('words.md'));
const check = checkOf(words);
const chapters = parseContents(text('contents.md'));
const files = readdirSync(courseFolder).filter((name) => /^\d/.test(name)).sort();

// ---- the chapters ------------------------------------------------------------------------------------------------

test('the table of chapters has every chapter, in order and under its title', () => {
  assert.deepEqual(chapters.map(({ file }) => file), files);
  for (const { number, title, file } of chapters) {
    assert.equal(Number(file.slice(0, 2)), number);
    assert.equal(parseLesson(text(file), check, file).title, title);
  }
});

const partsOf = (lesson, kind) => lesson.pages.flatMap(({ parts }) => parts).filter((part) => part.kind === kind);

for (const file of files) {
  test(`${file} uses what there is, asks, sets a goal, and says what to remember`, () => {
    const lesson = parseLesson(text(file), check, file);
    assert.ok(lesson.experiment, 'it has an experiment of its own');
    assert.ok(lesson.minutes >= 1 && lesson.minutes <= 4, `it takes ${lesson.minutes} minutes`);
    assert.ok(partsOf(lesson, 'question').length > 0, 'it asks for a prediction');
    for (const { claim, line } of partsOf(lesson, 'question')) assert.ok(claim, `the question in line ${line} claims something`);
    assert.ok(partsOf(lesson, 'goal').length > 0, 'it has something to do');
    assert.equal(lesson.pages.at(-1).parts.at(-1).kind, 'remember', 'it ends with what to remember');
    const prose = text(file).replace(/```(lesson|show)[^`]*```/g, '');
    assert.ok(prose.split(/\s+/).length < 800, 'it can be read in three minutes');
  });
}

test('every word is explained in one sentence', () => {
  for (const { word, sentence } of words.values()) {
    assert.match(sentence, /^[A-Z].*[.]$/, word);
    assert.doesNotMatch(sentence, /[.] [A-Z]/, `${word}: more than one sentence`);
    assert.ok(sentence.length < 170, `${word}: too long`);
  }
});

// ---- broken and hostile lessons ------------------------------------------------------------------------------------

const kHead = '# A lesson\n\n';
const refused = (source, pattern, line) => {
  let error = null;
  try {
    parseLesson(source, check, 'hostile.md');
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, `this was not refused: ${source.slice(0, 80)}`);
  assert.match(error.message, /^\[lesson\] hostile\.md, line \d+: /);
  assert.match(error.message, pattern);
  if (line) assert.equal(error.line, line, error.message);
};

test('HTML, scripts, images and links to other places are refused', () => {
  refused(`${kHead}<script>alert(1)</script>`, /HTML/, 3);
  refused(`${kHead}Fine.\n\nA <img src=x onerror=alert(1)> here`, /HTML/, 5);
  refused(`${kHead}<!-- -->`, /HTML/);
  refused(`${kHead}<svg onload=alert(1)>`, /HTML/);
  refused(`${kHead}[press](javascript:alert(1))`, /links to other places/, 3);
  refused(`${kHead}[press](JaVaScRiPt:alert(1))`, /links to other places/);
  refused(`${kHead}[press](&#106;avascript:alert(1))`, /links to other places/);
  refused(`${kHead}[press](data:text/html,x)`, /links to other places/);
  refused(`${kHead}[press](//elsewhere.example/)`, /links to other places/);
  refused(`${kHead}see https://elsewhere.example/x`, /links to other places/);
  refused(`${kHead}<https://elsewhere.example/>`, /links to other places/);
  refused(`${kHead}![a](https://elsewhere.example/x.png)`, /images/, 3);
  refused(`${kHead}[a]: https://elsewhere.example`, /not allowed/);
  refused(`${kHead}- item\n- **deep <b>in</b>**`, /HTML/, 4);
  refused(`${kHead}\`\`\`question\nWhat?\n- [x] <b>a</b>\n- [ ] b\nseen: c\n\`\`\``, /HTML/, 3);
});

test('what is too much is refused', () => {
  refused(`${kHead}${'{step} '.repeat(10000)}`, /too many|at most/);
  refused(kHead + '{step}\n\n'.repeat(1001), /more than 1000 marks/);
  refused(kHead + 'word '.repeat(60000), /at most|more than/);
  refused(kHead + 'a word\n'.repeat(60000), /more than 256 KB/);
  refused(`${kHead}${'>'.repeat(200)} a`, /nested too deeply/, 3);
  refused(kHead + '[a\n'.repeat(7000), /signs of Markdown/);
  refused(kHead + '## page\n\ntext\n\n'.repeat(61), /more than 60 pages/);
  refused(`${kHead}{${'('.repeat(300)}1${')'.repeat(300)}}`, /too deeply|at most/);
  refused(`${kHead}$${'\\sqrt{'.repeat(40)}x${'}'.repeat(40)}$`, /too deeply/);
});

test('no text of allowed size keeps the parser busy', () => {
  const began = Date.now();
  for (const piece of ['[', '*a_ ', '`a``', '> a\n\n', '{a', '$', '~a~~ ', '| a ', '- [ ] ', '_', 'http://a ', '\\']) {
    const source = kHead + `${piece.repeat(Math.floor(3900 / piece.length))}\n\n`.repeat(60).slice(0, 250000);
    try {
      parseLesson(source, check, 'hostile.md');
    } catch (error) {
      assert.equal(error.name, 'LessonError', String(error.stack));
    }
  }
  assert.ok(Date.now() - began < 60000, `${Date.now() - began} ms`);
});

test('broken syntax is refused with its line and what is wrong', () => {
  refused('', /begins with its title/, 1);
  refused('Text first', /begins with its title/, 1);
  refused(`${kHead}\`\`\`goal\nDo it.\nuntil: step > 1`, /does not end/, 3);
  refused(`${kHead}\`\`\`goal\nDo it.\nuntil: step > 1\n\`\`\``, /“done:” is missing/, 3);
  refused(`${kHead}\`\`\`goal\nDo it.\nuntil: alert(1)\ndone: x\n\`\`\``, /state\(\) has no “alert”|left over/, 3);
  refused(`${kHead}\`\`\`goal\nDo it.\nuntil: step >\ndone: x\n\`\`\``, /missing at the end/);
  refused(`${kHead}\`\`\`question\nWhat?\n- [ ] a\n- [ ] b\nseen: c\n\`\`\``, /no choice is right/);
  refused(`${kHead}\`\`\`question\nWhat?\nseen: c\n\`\`\``, /has choices/);
  refused(`${kHead}\`\`\`show\nviev: loss\n\`\`\``, /“viev:” is not known/);
  refused(`${kHead}\`\`\`lesson\nexperiment: lr=1&rate=2\n\`\`\``, /no field “rate”/, 3);
  refused(`${kHead}Fine.\n\nPress [this]{stepp}.`, /no command “stepp”/, 5);
  refused(`${kHead}Press [this]{step units=epoch}.`, /no argument “units”/);
  refused(`${kHead}Press [this]{step unit=week}.`, /none of phase, batch, epoch/);
  refused(`${kHead}Press [this]{}.`, /command is missing/);
  refused(`${kHead}See {trainLos}.`, /no “trainLos”/, 3);
  refused(`${kHead}See {trainLoss|0.0000000000}.`, /no format/);
  refused(`${kHead}See {constructor}.`, /no “constructor”/);
  refused(`${kHead}See {spec.__proto__}.`, /no field “__proto__”/);
  refused(`${kHead}See {?nonsense}.`, /not in words\.md/);
  refused(`${kHead}See $\\input{x}$.`, /not known in formulas/);
  refused(`${kHead}See [it]{@No Such}.`, /names no widget/);
  refused(`${kHead}\`\`\`show\ndo: save what=weights\n\`\`\``, /for buttons only/);
});

// ---- the small languages -------------------------------------------------------------------------------------------

test('conditions compare fields, and an unknown number makes them false', () => {
  const env = {
    state: { a: 2, b: null, name: 'linear', on: true, spec: { lr: 0.5 }, list: [1, 4] },
    before: { a: 8 },
  };
  const value = (source) => parseExpression(source)(env);
  const cases = [
    ['a = 2', true], ['a != 2', false], ['a < 3 and a > 1', true], ['a < 1 or spec.lr = 0.5', true],
    ['a < before.a / 2', true], ['before.a / a - 1', 3], ['2 + 3 * 2', 8], ['(2 + 3) * 2', 10], ['10 - 2 - 3', 5], ['-a + 3', 1],
    ['50 % = spec.lr', true], ['name = "linear"', true], ['on', true], ['not on', false], ['not a > 3', true],
    ['b < 1', null], ['b > 1', null], ['b = 1 or a = 2', true], ['b + 1', null], ['list.1 * 2', 8], ['list.7', null],
    ['a.constructor', null], ['name.length.toString', null], ['toString', null], ['1e-3 < a', true],
  ];
  for (const [source, expected] of cases) assert.equal(value(source), expected, source);
  for (const wrong of ['', 'a <', 'a b', '(a', 'a)', 'a = = b', 'a; b', 'a.b.', '[1]', 'a ? 1 : 2', 'a && b', '`x`']) {
    assert.throws(() => parseExpression(wrong), Error, wrong);
  }
});

test('numbers are written as their format says', () => {
  const shown = (source, a) => {
    const { value, format } = parseNumber(source, () => '');
    return formatted(value({ state: { a }, before: null }), format);
  };
  assert.equal(shown('a|0.00', 1.239), '1.24');
  assert.equal(shown('a|0', 12396), '12,396');
  assert.equal(shown('a|0.0 %', 0.95142), '95.1\u00a0%');
  assert.equal(shown('a', 0.123456), '0.1235');
  assert.equal(shown('a|0.0', -2), '−2.0');
  assert.equal(shown('a', -1.07), '−1.07');
  assert.equal(shown('a|0.0', null), '–');
  assert.equal(shown('a', 'diverged'), 'diverged');
});

test('commands have names and arguments, several with a semicolon, and quotes where there are spaces', () => {
  assert.deepEqual(parseCommands('step unit=epoch count=2; play'), [{ name: 'step', args: { unit: 'epoch', count: '2' } }, { name: 'play', args: {} }]);
  assert.deepEqual(parseCommands('say text="x = 8; y = x*x"'), [{ name: 'say', args: { text: 'x = 8; y = x*x' } }]);
  for (const wrong of ['', ';', 'step unit', 'step unit="a', 'play; '.repeat(21)]) assert.throws(() => parseCommands(wrong), Error, wrong);
});

test('formulas become trees of MathML', () => {
  const flat = ({ tag, text: inside, items }) => (items ? `${tag}(${items.map(flat).join(' ')})` : inside);
  assert.equal(flat(parseFormula('x^2')), 'mrow(msup(x 2))');
  assert.equal(flat(parseFormula('\\frac{a}{b} + w_1')), 'mrow(mfrac(a b) + msub(w 1))');
  assert.equal(flat(parseFormula('\\sum_{i=1}^{784} w_i')), 'mrow(msubsup(∑ mrow(i = 1) 784) msub(w i))');
  for (const wrong of ['', 'x^', '\\frac{a}', '{x', 'x}', '\\href{a}{b}', '^2']) assert.throws(() => parseFormula(wrong), Error, wrong);
});
