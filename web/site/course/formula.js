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
  const tokens = [];
  kToken.lastIndex = 0;
  for (let found; (found = kToken.exec(text));) tokens.push(found[1]);
  let at = 0, depth = 0;

  function group() {
    if (tokens[at] !== '{') return atom();
    ++at;
    const items = row('}');
    return items.length === 1 ? items[0] : { tag: 'mrow', items };
  }

  function text_() {
    if (tokens[at] !== '{') throw new Error('\\text needs {words}');
    const end = tokens.indexOf('}', at);
    if (end < 0) throw new Error('a } is missing in a formula');
    const words = tokens.slice(at + 1, end).join('');
    at = end + 1;
    return { tag: 'mtext', text: words };
  }

  function atom() {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`something is missing at the end of the formula “${text}”`);
    if (token === '{') {
      --at;
      return group();
    }
    if (token === '\\frac') return { tag: 'mfrac', items: [group(), group()] };
    if (token === '\\sqrt') return { tag: 'msqrt', items: [group()] };
    if (token === '\\text') return text_();
    if (/^\d/.test(token)) return { tag: 'mn', text: token };
    if (/^[A-Za-z]$/.test(token)) return { tag: 'mi', text: token };
    if (token.startsWith('\\')) {
      const symbol = kSymbols[token.slice(1)];
      if (!symbol || !Object.hasOwn(kSymbols, token.slice(1))) throw new Error(`“${token}” is not known in formulas`);
      return { tag: kIdentifiers.test(symbol) ? 'mi' : 'mo', text: symbol };
    }
    if ('}^_$&#%~'.includes(token)) throw new Error(`“${token}” stands in the wrong place in the formula “${text}”`);
    return { tag: kIdentifiers.test(token) ? 'mi' : 'mo', text: token === '-' ? '−' : token };
  }

  function row(end) {
    if (++depth > kDeepest) throw new Error('a formula is nested too deeply');
    const items = [];
    while (at < tokens.length && tokens[at] !== end) items.push(withScripts(atom()));
    if (end) {
      if (tokens[at] !== end) throw new Error(`a ${end} is missing in the formula “${text}”`);
      ++at;
    }
    --depth;
    return items;
  }

  function withScripts(base) {
    let below = null, above = null;
    while (tokens[at] === '^' || tokens[at] === '_') {
      if (tokens[at++] === '^') above = group();
      else below = group();
    }
    if (below && above) return { tag: 'msubsup', items: [base, below, above] };
    if (below) return { tag: 'msub', items: [base, below] };
    return above ? { tag: 'msup', items: [base, above] } : base;
  }

  const items = row('');
  if (!items.length) throw new Error('a formula is empty');
  return { tag: 'mrow', items };
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
