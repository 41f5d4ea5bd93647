// Expressions over state(), as lessons write them: "trainLoss < 0.5 * before.trainLoss and step > 50". A parser of
// numbers, texts, names, + - * /, comparisons, and, or, not; nothing is ever evaluated as a program.

const kLongest = 400, kDeepest = 40;

// "98 %" is 0.98.
const kToken = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(\s*%)?|"([^"]*)"|([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|(<=|>=|!=|[<>=+\-*/()]))/y;
const kWords = new Set(['and', 'or', 'not', 'true', 'false']);

function tokensOf(text) {
  if (text.length > kLongest) throw new Error(`an expression has at most ${kLongest} letters`);
  const tokens = [];
  kToken.lastIndex = 0;
  while (text.slice(kToken.lastIndex).trim()) {
    const at = kToken.lastIndex;
    const found = kToken.exec(text);
    if (!found) throw new Error(`“${text.slice(at).trim().slice(0, 20)}” is not understood in “${text}”`);
    const [, number, percent, string, name, sign] = found;
    if (number !== undefined) tokens.push({ value: Number(number) / (percent ? 100 : 1) });
    else if (string !== undefined) tokens.push({ value: string });
    else if (name !== undefined && !kWords.has(name)) tokens.push({ name });
    else tokens.push({ sign: sign ?? name });
  }
  return tokens;
}

const isKnown = (value) => value !== null && value !== undefined;

// With an unknown number nothing is true, and no number comes out.
const both = (act) => (a, b) => (isKnown(a) && isKnown(b) ? act(a, b) : null);
const kSigns = {
  '<': both((a, b) => a < b), '>': both((a, b) => a > b), '<=': both((a, b) => a <= b), '>=': both((a, b) => a >= b),
  '=': both((a, b) => a === b), '!=': both((a, b) => a !== b),
  '+': both((a, b) => a + b), '-': both((a, b) => a - b), '*': both((a, b) => a * b), '/': both((a, b) => a / b),
};
const kLevels = [['or'], ['and'], ['<', '>', '<=', '>=', '=', '!='], ['+', '-'], ['*', '/']];

// `checkField(path)` returns why there is no such field, or nothing. The result is a function of {state, before}.
export function parseExpression(text, checkField = () => '') {
  const tokens = tokensOf(text);
  let at = 0, depth = 0;
  const ends = () => at === tokens.length;
  const sees = (signs) => signs.includes(tokens[at]?.sign);

  function primary() {
    if (ends()) throw new Error(`something is missing at the end of “${text}”`);
    const { value, name, sign } = tokens[at++];
    if (value !== undefined) return () => value;
    if (name !== undefined) return field(name);
    if (sign === 'true' || sign === 'false') return () => sign === 'true';
    if (sign === '-') {
      const operand = primary();
      return (env) => both((a) => -a)(operand(env), 0);
    }
    if (sign === 'not') {
      const operand = level(2);
      return (env) => !operand(env);
    }
    if (sign !== '(') throw new Error(`“${sign}” stands in the wrong place in “${text}”`);
    const inside = level(0);
    if (!sees([')'])) throw new Error(`a “)” is missing in “${text}”`);
    ++at;
    return inside;
  }

  function field(path) {
    const [first, ...rest] = path.split('.');
    const old = first === 'before';
    const names = old ? rest : [first, ...rest];
    const wrong = names.length ? checkField(names.join('.')) : 'before what?';
    if (wrong) throw new Error(wrong);
    const inside = (value, name) => (isKnown(value) && Object.hasOwn(Object(value), name) ? value[name] : null);
    return ({ state, before }) => names.reduce(inside, old ? before : state);
  }

  function level(index) {
    if (index === kLevels.length) return primary();
    if (++depth > kDeepest * kLevels.length) throw new Error(`“${text}” is nested too deeply`);
    let left = level(index + 1);
    while (sees(kLevels[index])) {
      const { sign } = tokens[at++];
      const first = left, second = level(index + 1);
      if (sign === 'or') left = (env) => first(env) === true || second(env) === true;
      else if (sign === 'and') left = (env) => first(env) === true && second(env) === true;
      else left = (env) => kSigns[sign](first(env), second(env));
    }
    --depth;
    return left;
  }

  const result = level(0);
  if (!ends()) throw new Error(`something is left over at the end of “${text}”`);
  return result;
}

// ---- live numbers ----------------------------------------------------------------------------------------------

const kFormat = /^0(?:\.(0{1,8}))?(\s?%)?$/;

// "trainLoss|0.000": an expression and, perhaps, its format: 0, 0.00, 0 %, 0.0 %.
export function parseNumber(text, checkField) {
  const bar = text.lastIndexOf('|');
  const format = bar < 0 ? '' : text.slice(bar + 1).trim();
  if (format && !kFormat.test(format)) throw new Error(`“${format}” is no format; there are 0, 0.00, 0 % and 0.0 %`);
  return { value: parseExpression(bar < 0 ? text : text.slice(0, bar), checkField), format };
}

export function formatted(value, format) {
  if (!isKnown(value) || Number.isNaN(value)) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return String(value);
  if (!format) return String(Number(value.toPrecision(4))).replace('-', '−');
  const [, decimals, percent] = kFormat.exec(format);
  const digits = (percent ? 100 * value : value).toFixed(decimals?.length ?? 0);
  const [whole, fraction] = digits.replace('-', '−').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return (fraction ? `${grouped}.${fraction}` : grouped) + (percent ? '\u00a0%' : '');
}
