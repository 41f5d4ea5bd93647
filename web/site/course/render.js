// Shows the tokens of a lesson as elements. Only elements named here are made and only texts are put into them, so
// nothing in a lesson can become HTML.
import { element } from '../element.js';
import { formulaElement } from './formula.js';

export { element };

const kTags = { strong: 'strong', em: 'em', paragraph: 'p', blockquote: 'blockquote', list_item: 'li' };
const kClosing = /^[.,:;?!)]+/;

// `marks`: {number(token), word(token), button(token), pointer(token)}, which make their elements.
export class Renderer {
  #marks;

  constructor(marks) {
    this.#marks = marks;
  }

  nodes(tokens) {
    return held(tokens.map((token) => this.#node(token)).filter((node) => node !== null));
  }

  // Without the paragraph around a single one.
  inline(tokens) {
    return tokens.flatMap((token, index) => {
      const nodes = token.type === 'paragraph' ? this.nodes(token.tokens) : this.nodes([token]);
      return index > 0 ? [element('br'), ...nodes] : nodes;
    });
  }

  #node(token) {
    switch (token.type) {
      case 'space': return null;
      case 'br': return element('br');
      case 'text':
      case 'escape':
        return token.tokens ? this.#group(token.tokens) : document.createTextNode(plain(token.text));
      case 'codespan': return element('code', {}, plain(token.text));
      case 'code': return element('pre', {}, element('code', {}, token.text));
      case 'heading': return element('h4', {}, ...this.nodes(token.tokens));
      case 'list':
        return element(token.ordered ? 'ol' : 'ul', { start: token.ordered && token.start !== 1 && token.start }, ...this.nodes(token.items));
      case 'table': return this.#table(token);
      case 'link': return element('a', { href: token.href }, ...this.nodes(token.tokens));
      case 'formula': return formulaElement(token.tree);
      case 'number':
      case 'word':
      case 'button':
      case 'pointer':
        return this.#marks[token.type](token);
      default: return element(kTags[token.type] ?? 'span', {}, ...this.nodes(token.tokens ?? []));
    }
  }

  #group(tokens) {
    const fragment = document.createDocumentFragment();
    fragment.append(...this.nodes(tokens));
    return fragment;
  }

  #table({ header, rows }) {
    const row = (cells, tag) => element('tr', {}, ...cells.map((cell) => element(tag, {}, ...this.nodes(cell.tokens))));
    return element('table', {}, element('thead', {}, row(header, 'th')), element('tbody', {}, ...rows.map((cells) => row(cells, 'td'))));
  }
}

// A button is a box, behind which a line may end: what closes the sentence stays beside it.
function held(nodes) {
  return nodes.flatMap((node, index) => {
    const next = nodes[index + 1];
    const [closing] = (node.tagName === 'BUTTON' && next instanceof Text && kClosing.exec(next.data)) || [];
    if (!closing) return [node];
    nodes[index + 1] = next.splitText(closing.length);
    return [element('span', { class: 'held' }, node, next)];
  });
}

// The parser leaves character references in texts as they are.
const kReferences = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
const plain = (text) => text.replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => kReferences[name]).replace(/&#39;/g, '\'');
