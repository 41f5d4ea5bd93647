// Which keys are the page's, and the keyboard of a phone. The browser shows it only for an input element, and iOS only if that gets the focus within a
// touch: so a touch that ends on a text field focuses an invisible input, which lies over the field, before the page has
// drawn the field being edited. What changes in the input goes to the page as keys and characters. When it loses the
// focus, the text is committed.
const kNothing = ' ';      // what the input holds, so that there is something to delete
const kTap = 10;           // CSS pixels; a finger that goes further drags
const kPatienceMs = 2000;  // until the page edits the field that was touched

// With Ctrl or Cmd, only while text is edited: select all, copy, cut, paste, undo, redo, and
// movement by words.
const kEditingKeys = new Set(['a', 'c', 'v', 'x', 'z', 'y', 'ArrowLeft', 'ArrowRight', 'Backspace', 'Delete', 'Home',
  'End']);
const kModifiers = new Set(['Control', 'Shift', 'Alt', 'Meta']);

// All others are the browser's.
export function isOurKey(event, textIsEdited) {
  if (event.key === 'Tab' || /^F\d+$/.test(event.key)) return false;
  if (kModifiers.has(event.key)) return true;
  if (event.ctrlKey || event.metaKey) return textIsEdited && kEditingKeys.has(event.key);
  return !event.altKey;
}

export class SoftKeyboard {
  #canvas;
  #page;
  #input = null;
  #typed = kNothing;     // the value of the input which the page knows
  #from = null;          // where the touch began; null: no touch, or several fingers
  #isEdited = false;     // the page edits a field
  #isMoving = false;     // from one field to the next
  #wait = 0;             // timer; 0: no field was touched that the page does not edit yet

  // `page`: fieldAt(x, y) in CSS pixels from the corner of the canvas, type(text), press('Backspace', 'Enter' or
  // 'Escape').
  constructor(canvas, page) {
    this.#canvas = canvas;
    this.#page = page;
    addEventListener('touchstart', ({ touches }) => {
      this.#from = touches.length === 1 ? touches[0] : null;
    }, { capture: true, passive: true });
    addEventListener('touchend', (event) => this.#lifted(event), { capture: true, passive: true });
  }

  // The page begins or ends to edit a field.
  edit(begins, byFinger) {
    this.#isEdited = begins;
    if (begins) {
      this.#endWait();
      if (byFinger) this.#show();
    } else if (!this.#wait) {
      this.#hide();
    }
  }

  // A key that the browser gave to the input.
  keyDown(event) {
    if (event.target !== this.#input || !['Enter', 'Escape'].includes(event.key)) return;
    event.preventDefault();
    this.#page.press(event.key);
  }

  // ---- private ---------------------------------------------------------------------------------------------------

  #lifted({ target, touches, changedTouches: [finger] }) {
    const from = this.#from;
    this.#from = null;
    if (!from || touches.length > 0 || target !== this.#canvas) return;
    if (Math.hypot(finger.clientX - from.clientX, finger.clientY - from.clientY) > kTap) return;
    const { left, top } = this.#canvas.getBoundingClientRect();
    const field = this.#page.fieldAt(finger.clientX - left, finger.clientY - top);
    if (!field) return;
    this.#show({ ...field, x: field.x + left, y: field.y + top });
    this.#endWait();
    this.#wait = setTimeout(() => {
      this.#wait = 0;
      if (!this.#isEdited) this.#hide();
    }, kPatienceMs);
  }

  #endWait() {
    clearTimeout(this.#wait);
    this.#wait = 0;
  }

  // For `field`, or for the one that was touched last.
  #show(field = null) {
    const input = this.#input ?? this.#make();
    if (field && input.inputMode !== field.keyboard) {
      this.#isMoving = true;
      input.blur();  // browsers choose the keyboard when the focus comes
      this.#isMoving = false;
      input.inputMode = field.keyboard;
    }
    if (field) {
      // So that the browser scrolls the field into view, above the keyboard.
      for (const [side, pixels] of [['left', field.x], ['top', field.y], ['width', field.width], ['height', field.height]]) {
        input.style[side] = `${pixels}px`;
      }
    }
    input.focus({ preventScroll: true });
  }

  #hide() {
    if (document.activeElement === this.#input) this.#canvas.focus({ preventScroll: true });
  }

  #make() {
    const input = document.createElement('input');
    input.id = 'soft-keyboard';
    input.inputMode = 'decimal';
    input.enterKeyHint = 'done';
    input.autocomplete = 'off';
    input.autocapitalize = 'none';
    input.spellcheck = false;
    input.setAttribute('autocorrect', 'off');
    input.tabIndex = -1;
    input.setAttribute('aria-hidden', 'true');
    input.value = kNothing;
    input.addEventListener('input', (event) => {
      this.#takeTyped();
      if (!event.isComposing) this.#empty();
    });
    input.addEventListener('compositionend', () => {
      this.#takeTyped();
      this.#empty();
    });
    input.addEventListener('blur', () => this.#left());
    document.body.append(input);
    this.#input = input;
    return input;
  }

  // The keyboard was put away. Another window in front is no reason: the focus comes back with this one.
  #left() {
    this.#empty();
    const away = document.activeElement === this.#input;
    if (this.#isEdited && !this.#isMoving && !away) this.#page.press('Enter');
  }

  // A keyboard that composes (suggestions, input methods) replaces what it has written: "1", "12", "123". Only what has
  // changed since the last event is passed on.
  #takeTyped() {
    const before = [...this.#typed], now = [...this.#input.value];
    let same = 0;
    while (same < before.length && same < now.length && before[same] === now[same]) ++same;
    for (let i = same; i < before.length; ++i) this.#page.press('Backspace');
    const added = now.slice(same).join('');
    if (added) this.#page.type(added);
    this.#typed = this.#input.value;
  }

  #empty() {
    this.#input.value = kNothing;
    this.#typed = kNothing;
  }
}
