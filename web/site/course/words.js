// The words of the field, each explained in one sentence on hover and focus. The file has a line per word:
// "- gradient, gradients: the slope of the loss for every weight". The page reads it, too (src/ui/words.hpp).
import { element } from './render.js';

const kLine = /^- ([^:]+): +(.+)$/;

// Map from each spelling to {word, sentence}.
export function parseWords(text) {
  const words = new Map();
  text.split('\n').forEach((line, index) => {
    if (!line.startsWith('- ')) return;
    const found = kLine.exec(line);
    if (!found) throw new Error(`words, line ${index + 1}: “${line.slice(0, 40)}” is not of the form “- word: sentence”`);
    const spellings = found[1].split(',').map((spelling) => spelling.trim());
    if (spellings.includes('')) throw new Error(`words, line ${index + 1}: “${line.slice(0, 40)}” has an empty spelling`);
    for (const spelling of spellings) {
      if (words.has(spelling)) throw new Error(`words, line ${index + 1}: “${spelling}” is there twice`);
      words.set(spelling, { word: spellings[0], sentence: found[2] });
    }
  });
  return words;
}

export class Words {
  #words;
  #tip = element('div', { id: 'course-tip', role: 'tooltip', hidden: true });

  constructor(words, place) {
    this.#words = words;
    place.append(this.#tip);
    // keyup, and before the course sees it: host.js keeps keydown for the canvas.
    addEventListener('keyup', (event) => {
      if (event.key !== 'Escape' || this.#tip.hidden) return;
      event.stopPropagation();  // it hides the sentence, not the course
      this.hide();
    }, true);
  }

  element({ word, label }) {
    const { sentence } = this.#words.get(word);
    const show = ({ target }) => this.#show(target, sentence);
    const hide = () => this.hide();
    return element('dfn', {
      tabindex: 0, class: 'word', 'aria-describedby': 'course-tip', onmouseenter: show, onfocus: show, onclick: show, onmouseleave: hide, onblur: hide,
    }, label);
  }

  hide() {
    this.#tip.hidden = true;
  }

  #show(anchor, sentence) {
    this.#tip.textContent = sentence;
    this.#tip.hidden = false;
    const around = this.#tip.parentElement.getBoundingClientRect();
    const at = anchor.getBoundingClientRect();
    const box = this.#tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left - around.left), around.width - box.width - 8);
    const below = at.bottom - around.top + 6;
    const fits = below + box.height < around.height - 8;
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${fits ? below : at.top - around.top - box.height - 6}px`;
  }
}
