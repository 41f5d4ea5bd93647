// A ring around a named widget of the canvas, which follows it: an element over the canvas.
import { element } from './render.js';

const kMargin = 4;
const kPressedMs = 3000;    // after a press the ring stays this long
const kPatienceMs = 20000;  // until it is there: a slow page looks for the widget behind its tabs

export class Pointer {
  #downhill;
  #canvas = document.getElementById('canvas');
  #ring = element('div', { id: 'course-ring', hidden: true, 'aria-hidden': 'true' });
  #target = '';
  #timer = 0;
  #isPressed = false;  // and not shown yet
  #isKept = false;     // after a press, wherever mouse and focus go
  #wasSeen = false;    // the ring around the target

  constructor(downhill) {
    this.#downhill = downhill;
    document.body.append(this.#ring);
  }

  // A button in the text: hover and focus show the ring, a press shows it for a while.
  element({ label, widget, view }) {
    const point = () => this.#point(widget, view);
    const leave = () => {
      if (!this.#isKept) this.#leaveSoon(0);
    };
    return element('button', {
      type: 'button', class: 'pointer', 'data-widget': widget, onmouseenter: point, onfocus: point, onmouseleave: leave, onblur: leave,
      onclick: () => {
        point();
        this.#isPressed = this.#isKept = true;
        this.#leaveSoon(kPatienceMs);
      },
    }, label);
  }

  hide() {
    this.#target = '';
    this.#isPressed = this.#isKept = false;
    this.#ring.hidden = true;
  }

  #point(widget, view) {
    clearTimeout(this.#timer);
    this.#isKept = false;
    // Seen and gone: the reader has turned to something else meanwhile and wants it back.
    const isGone = this.#wasSeen && this.#ring.hidden;
    if (this.#target === widget && !isGone) return;
    const follows = this.#target !== '';
    this.#target = widget;
    this.#wasSeen = false;
    this.#downhill.send('show', view ? { view, widget } : { widget }).catch(() => {});
    if (!follows) this.#follow();
  }

  #leaveSoon(after) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), after);
  }

  #follow() {
    if (!this.#target) return;
    const place = this.#downhill.widgets().find(({ name }) => name === this.#target);
    this.#ring.hidden = !place;
    if (place) {
      const box = this.#canvas.getBoundingClientRect();
      const left = Math.max(box.left, box.left + place.x - kMargin), top = Math.max(box.top, box.top + place.y - kMargin);
      const right = Math.min(box.right, box.left + place.x + place.width + kMargin);
      const bottom = Math.min(box.bottom, box.top + place.y + place.height + kMargin);
      this.#ring.hidden = right <= left || bottom <= top;
      Object.assign(this.#ring.style, {
        left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px`,
      });
      this.#wasSeen ||= !this.#ring.hidden;
      if (this.#isPressed && !this.#ring.hidden) {
        this.#isPressed = false;
        this.#leaveSoon(kPressedMs);
      }
    }
    requestAnimationFrame(() => this.#follow());
  }
}
