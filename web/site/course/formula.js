// Formulas, "$\frac{a}{b} + x^2$": a small part of TeX, written as MathML, which browsers draw and read aloud.

const kSymbols = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', eta: 'η', lambda: 'λ', mu: 'μ', pi: 'π', sigma: 'σ',
  Delta: 'Δ', Sigma: 'Σ', partial: '∂', nabla: '∇', sum: '∑', cdot: '·', times: '×', pm: '±', approx: '≈', le: '≤',
  ge: '≥', ne: '≠', to: '→', infty: '∞', dots: '…', log: 'log', exp: 'exp', max: 'max', min: 'min',
};
const kIdentifiers = /^[α-ωΔΣ∂∇∞]$|^(log|exp|max|min)$/;
const kToken = /\s*(\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]|[^\s])/y;
const kLongest = 300, kDeepest = 20;

// A tree: {tag, text} or {tag, items}.
export function parseFormula(text) {
  if (text.length > kLongest) throw new Error(`a formula has at most ${kLongest} letters`);
  const items = new Parser(text).row('');
  if (!items.length) throw new Error('a formula is empty');
  return { tag: 'mrow', items };
}

class Parser {
  #text;
  #tokens = [];
  #at = 0;
  #depth = 0;

  constructor(text) {
    this.#text = text;
    kToken.lastIndex = 0;
    for (let found; (found = kToken.exec(text));) this.#tokens.push(found[1]);
  }

  // Up to the token `end`; '' is the end of the formula.
  row(end) {
    if (++this.#depth > kDeepest) throw new Error('a formula is nested too deeply');
    const items = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== end) items.push(this.#withScripts(this.#atom()));
    if (end) {
      if (this.#tokens[this.#at] !== end) throw new Error(`a ${end} is missing in the formula “${this.#text}”`);
      ++this.#at;
    }
    --this.#depth;
    return items;
  }

  #group() {
    if (this.#tokens[this.#at] !== '{') return this.#atom();
    ++this.#at;
    const items = this.row('}');
    return items.length === 1 ? items[0] : { tag: 'mrow', items };
  }

  #words() {
    if (this.#tokens[this.#at] !== '{') throw new Error('\\text needs {words}');
    const end = this.#tokens.indexOf('}', this.#at);
    if (end < 0) throw new Error('a } is missing in a formula');
    const words = this.#tokens.slice(this.#at + 1, end).join('');
    this.#at = end + 1;
    return { tag: 'mtext', text: words };
  }

  #atom() {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error(`something is missing at the end of the formula “${this.#text}”`);
    if (token === '{') {
      --this.#at;
      return this.#group();
    }
    if (token === '\\frac') return { tag: 'mfrac', items: [this.#group(), this.#group()] };
    if (token === '\\sqrt') return { tag: 'msqrt', items: [this.#group()] };
    if (token === '\\text') return this.#words();
    if ('}^_$&#%~'.includes(token)) throw new Error(`“${token}” stands in the wrong place in the formula “${this.#text}”`);
    return leaf(token);
  }

  #withScripts(base) {
    let below = null, above = null;
    while (this.#tokens[this.#at] === '^' || this.#tokens[this.#at] === '_') {
      if (this.#tokens[this.#at++] === '^') above = this.#group();
      else below = this.#group();
    }
    if (below && above) return { tag: 'msubsup', items: [base, below, above] };
    if (below) return { tag: 'msub', items: [base, below] };
    return above ? { tag: 'msup', items: [base, above] } : base;
  }
}

function leaf(token) {
  if (/^\d/.test(token)) return { tag: 'mn', text: token };
  if (/^[A-Za-z]$/.test(token)) return { tag: 'mi', text: token };
  if (!token.startsWith('\\')) return { tag: kIdentifiers.test(token) ? 'mi' : 'mo', text: token === '-' ? '−' : token };
  const name = token.slice(1);
  if (!Object.hasOwn(kSymbols, name)) throw new Error(`“${token}” is not known in formulas`);
  return { tag: kIdentifiers.test(kSymbols[name]) ? 'mi' : 'mo', text: kSymbols[name] };
}

const kMathMl = 'http://www.w3.org/1998/Math/MathML';

function elementOf({ tag, text, items }) {
  const element = document.createElementNS(kMathMl, tag);
  if (text !== undefined) element.textContent = text;
  for (const item of items ?? []) element.append(elementOf(item));
  return element;
}

export function formulaElement(tree) {
  const math = document.createElementNS(kMathMl, 'math');
  math.append(elementOf(tree));
  return math;
}
