// The place of the course beside the canvas: a column on a wide page, a sheet over the lower part of a high one, which
// can be pulled down. Knows no lesson.
import { element } from './render.js';

const kStates = ['low', 'half', 'high'];
const kLabels = { low: 'Raise the course', half: 'Enlarge the course', high: 'Lower the course' };
const kDragged = 8;  // CSS pixels; less is a press

export class Panel {
  #aside;
  #body = element('div', { class: 'course-body', tabindex: -1 });
  #title = element('h2', { id: 'course-title' });
  #foot = element('nav', { class: 'course-foot', 'aria-label': 'Pages of this chapter' });
  #handle = element('button', { type: 'button', class: 'course-handle' });

  // `act`: {close(), contents()}
  constructor(act) {
    const head = element('header', { class: 'course-head' },
      element('button', { type: 'button', id: 'course-contents', onclick: act.contents }, 'Chapters'),
      this.#title,
      element('button', { type: 'button', id: 'course-close', 'aria-label': 'Close the course', title: 'Close (Escape)', onclick: act.close }, '✕'));
    this.#aside = element('aside', { id: 'course', 'aria-labelledby': 'course-title', 'data-sheet': 'half', hidden: true },
      this.#handle, head, this.#body, this.#foot);
    document.body.append(this.#aside);
    this.#watchHandle();
    this.#setSheet('half');
  }

  get place() {
    return this.#aside;
  }

  get isOpen() {
    return !this.#aside.hidden;
  }

  open() {
    this.#aside.hidden = false;
    document.body.dataset.course = 'open';
  }

  close() {
    const had = this.#aside.contains(document.activeElement);
    this.#aside.hidden = true;
    delete document.body.dataset.course;
    if (had) document.getElementById('canvas').focus({ preventScroll: true });
  }

  // `heading` gets the focus, so that a screen reader begins there.
  fill(title, heading, nodes, footNodes, takeFocus) {
    this.#title.textContent = title;
    this.#body.replaceChildren(heading, ...nodes);
    this.#foot.replaceChildren(...footNodes);
    this.#body.scrollTop = 0;
    if (takeFocus) heading.focus({ preventScroll: true });
  }

  // ---- the sheet -------------------------------------------------------------------------------------------------

  #setSheet(state) {
    this.#aside.dataset.sheet = document.body.dataset.sheet = state;
    this.#handle.setAttribute('aria-label', kLabels[state]);
  }

  // A press goes to the next height; dragging goes to the nearest one. The canvas changes its size once, at the end.
  #watchHandle() {
    const handle = this.#handle, aside = this.#aside;
    let from = null;
    handle.addEventListener('pointerdown', (event) => {
      from = { y: event.clientY, height: aside.getBoundingClientRect().height, moved: false };
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener('pointermove', (event) => {
      if (!from) return;
      from.moved ||= Math.abs(event.clientY - from.y) > kDragged;
      if (from.moved) aside.style.height = `${from.height + from.y - event.clientY}px`;
    });
    const end = (event) => {
      if (from?.moved) {
        const share = (from.height + from.y - event.clientY) / innerHeight;
        this.#setSheet(share < 0.25 ? 'low' : share < 0.62 ? 'half' : 'high');
      }
      aside.style.height = '';
    };
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
    handle.addEventListener('click', () => {
      if (!from?.moved) this.#setSheet(kStates[(kStates.indexOf(aside.dataset.sheet) + 1) % kStates.length]);
      from = null;
    });
  }
}
