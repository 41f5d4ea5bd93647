// What the WebAssembly module of the page needs from the browser and Emscripten's GLFW does not
// provide: the canvas in device pixels, theme, clipboard, address, files, fingers and the course.
// Also leaves the browser its own keys. src/platform/web/window.cpp calls these methods, and is called back
// through its exported functions.
import { Address } from './address.js';
import { bytesOf, chooseFile, download, droppedFile } from './files.js';
import { isOurKey, SoftKeyboard } from './keyboard.js';

const kCursors = ['default', 'text', 'move', 'ns-resize', 'ew-resize', 'nesw-resize', 'nwse-resize', 'pointer',
  'not-allowed'];
const kPresses = { Backspace: 0, Enter: 1, Escape: 2 };
const kLesson = /\.(md|markdown)$/i;  // a file of that name is a lesson
const kMostPasted = 100000;    // characters; more than any field takes

const areEqual = (a, b) => a?.width === b?.width && a?.height === b?.height;

export class Host {
  #canvas;
  #window = 0;           // address of the Window::State in the module
  #module = null;
  #size = null;          // of the canvas, in pixels of the screen
  #wanted = null;        // the size that #share and #fitted belong to
  #fitted = null;        // what the canvas has got
  #share = 1;            // of the screen's resolution: less where the GPU cannot draw as many pixels
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #wantsText = false;
  #finger = false;       // whether the last press was by a finger
  #address = new Address((course, experiment) => this.#followAddress(course, experiment));
  #learn = null;
  #keyboard;             // of a phone
  #fieldAt = () => null;
  #onFragment = null;
  #onDownload = () => {};
  #onOptions = () => {};
  #onShare = null;
  #lent = null;          // another shape for the canvas: {width, height, scale, dark}, in pixels of the picture
  #text = 1;             // how much larger all of it is drawn
  #leavesWheel = ({ ctrlKey }) => ctrlKey;  // the browser zooms

  constructor(canvas) {
    this.#canvas = canvas;
    this.#setText();
    this.#keyboard = new SoftKeyboard(canvas, {
      fieldAt: (x, y) => this.#fieldAt(x, y),
      type: (text) => this.#withText(text, (at) => this.#module._downhill_type(this.#window, at)),
      press: (key) => this.#module?._downhill_press(this.#window, kPresses[key]),
    });
    this.#watchSize();
    this.#filterKeys();
    this.#watchPointers();
    this.#watchDrops();
    addEventListener('paste', (event) => this.#paste(event));
  }

  // The module has opened its window. GLFW and Dear ImGui now listen too, after the filters of this
  // object.
  opened(module, window) {
    this.#module = module;
    this.#window = window;
  }

  // ---- shape ---------------------------------------------------------------------------------------------------

  // Device pixels of the canvas per CSS pixel.
  get scale() {
    return (this.#lent?.scale ?? this.#screenScale * this.#text) * this.#share;
  }

  // How much larger the page is drawn than usual: for a projector.
  get text() {
    return this.#text;
  }

  #setText() {
    this.#text = this.#address.text;
    document.documentElement.style.setProperty('--text', this.#text);
  }

  // Draws into a canvas of another shape until it is given back with null: for pictures, see paper.js.
  lend(shape) {
    this.#lent = shape;
    if (shape) this.#module._downhill_pointer_left(this.#window);
  }

  get #screenScale() {
    return window.devicePixelRatio || 1;
  }

  get dark() {
    return this.#lent?.dark ?? this.#dark.matches;
  }

  // Gives the canvas the resolution of the screen, or the largest of the same proportions that the
  // GPU can draw. True if that has changed, which clears the canvas.
  fit() {
    const wanted = this.#bestSize();
    if (areEqual(wanted, this.#wanted) && areEqual(this.#canvas, this.#fitted)) return false;
    this.#wanted = wanted;
    this.#share = 1;
    this.#resize(wanted);
    // The browser gives a canvas that is too large a smaller buffer, of other proportions.
    const gl = this.#module && this.#canvas.getContext('webgl2');
    const { width, height } = this.#canvas;
    if (gl && !gl.isContextLost() && (gl.drawingBufferWidth < width || gl.drawingBufferHeight < height)) {
      this.#share = Math.min(gl.drawingBufferWidth / width, gl.drawingBufferHeight / height);
      this.#resize({ width: Math.floor(width * this.#share), height: Math.floor(height * this.#share) });
    }
    return true;
  }

  #resize(size) {
    this.#canvas.width = size.width;
    this.#canvas.height = size.height;
    this.#fitted = size;
  }

  // The size that the browser measured, unless it is out of date or (on an emulated device) in
  // other units.
  #bestSize() {
    if (this.#lent) return { width: this.#lent.width, height: this.#lent.height };
    const width = Math.max(1, Math.round(this.#canvas.clientWidth * this.#screenScale));
    const height = Math.max(1, Math.round(this.#canvas.clientHeight * this.#screenScale));
    const exact = this.#size;
    const fits = exact && Math.abs(exact.width - width) <= 1 && Math.abs(exact.height - height) <= 1;
    return fits ? exact : { width, height };
  }

  #watchSize() {
    const observer = new ResizeObserver((entries) => {
      const exact = entries.at(-1).devicePixelContentBoxSize?.[0];
      this.#size = exact
        ? { width: exact.inlineSize, height: exact.blockSize }
        : null;  // Safari: rounding has to do
    });
    try {
      observer.observe(this.#canvas, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(this.#canvas);
    }
  }

  // ---- keys ----------------------------------------------------------------------------------------------------

  // GLFW listens on the window and prevents the default of Tab and Backspace. It must see only keys
  // meant for the page; this filter runs before it because it was registered first.
  #filterKeys() {
    addEventListener('keydown', (event) => {
      document.documentElement.toggleAttribute('data-tabbed', event.key === 'Tab');
      this.#keyboard.keyDown(event);
      const ours = this.#hasFocus(event) && isOurKey(event, this.#wantsText);
      if (!ours) event.stopImmediatePropagation();
      // The text of the field, and not that of the page beside the canvas.
      if (ours && event.key === 'a' && (event.ctrlKey || event.metaKey)) event.preventDefault();
    }, true);
    addEventListener('keypress', (event) => {
      if (!this.#hasFocus(event)) event.stopImmediatePropagation();
    }, true);
  }

  #hasFocus(event) {
    return event.target === this.#canvas || event.target === document.body;
  }

  // ---- pointers ------------------------------------------------------------------------------------------------

  #watchPointers() {
    const canvas = this.#canvas;
    // A drag ends properly even outside the window.
    canvas.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse') {
        this.#setFinger(false);
        canvas.setPointerCapture(event.pointerId);
      }
    });
    addEventListener('wheel', (event) => {
      if (this.#leavesWheel(event)) event.stopImmediatePropagation();
    }, { capture: true, passive: true });
    addEventListener('touchstart', (event) => {
      this.#setFinger(true);
      if (event.touches.length > 1) event.stopPropagation();  // two fingers zoom the page
    }, { capture: true, passive: true });
    addEventListener('touchmove', (event) => {
      if (event.touches.length > 1) event.stopPropagation();
    }, { capture: true, passive: true });
    // Runs after GLFW, which listens on the canvas.
    for (const name of ['touchend', 'touchcancel']) {
      addEventListener(name, () => {
        if (this.#module) this.#module._downhill_pointer_left(this.#window);
      });
    }
  }

  #setFinger(finger) {
    if (this.#finger === finger || !this.#module) return;
    this.#finger = finger;
    this.#module._downhill_touch(this.#window, finger ? 1 : 0);
  }

  // What Dear ImGui wants: whether text input, and which pointer shape.
  wants(text, cursor) {
    this.#canvas.style.cursor = kCursors[cursor] ?? (cursor < 0 ? 'none' : 'default');
    if (text === this.#wantsText) return;
    this.#wantsText = text;
    this.#keyboard.edit(text, this.#finger);
  }

  // Whether a turn of the wheel is the browser's.
  set leavesWheel(leaves) {
    this.#leavesWheel = leaves;
  }

  // ---- clipboard and address -------------------------------------------------------------------------------------

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission (insecure address, old browser), pasting inside the page still works.
    }
  }

  #paste(event) {
    const text = event.clipboardData?.getData('text/plain');
    // The target of the event is where the selection is, which says nothing about focus.
    const canvasHasFocus = [this.#canvas, document.body].includes(document.activeElement);
    if (!text || !canvasHasFocus) return;
    const fits = text.length <= kMostPasted;
    this.#withText(fits ? text : '', (at) => this.#module._downhill_paste(this.#window, at));
    if (fits || !this.#wantsText) return;
    this.say(`The clipboard holds ${text.length.toLocaleString('en')} characters: no field takes as many.`);
  }

  // ---- what outlasts the visit -----------------------------------------------------------------------------------

  // null: never set, or this browser keeps nothing for the page (private, embedded, from a file).
  remembered(name) {
    try {
      return localStorage.getItem(`downhill.${name}`);
    } catch {
      return null;
    }
  }

  remember(name, text) {
    try {
      localStorage.setItem(`downhill.${name}`, text);
    } catch {
      // It holds for this visit only.
    }
  }

  // ---- files -----------------------------------------------------------------------------------------------------

  download(name, bytes) {
    const refusal = this.#onDownload();
    if (refusal) this.say(refusal);
    else download(name, bytes);
  }

  // `act` returns why there are no downloads, if there are none.
  set onDownload(act) {
    this.#onDownload = act;
  }

  pickFile() {
    chooseFile((file) => this.#open(() => file));
  }

  // Handles drops on the page; otherwise the browser would leave the page and show the file.
  #watchDrops() {
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      this.#open(() => droppedFile(event.dataTransfer));
    });
  }

  // `file` returns a File or throws a sentence, which the page then shows.
  async #open(file) {
    try {
      const chosen = file();
      if (kLesson.test(chosen.name)) {
        await this.#learn.lesson(new TextDecoder().decode(await bytesOf(chosen)), chosen.name);
        return;
      }
      const bytes = await bytesOf(chosen);
      this.#withText(chosen.name, (name) => {
        const at = this.#module._downhill_opened(this.#window, name, bytes.length);
        this.#module.HEAPU8.set(bytes, at);
      });
    } catch (error) {
      this.say(error.message);
    }
  }

  // Calls `use` with the address of a copy of `text` in the memory of the module.
  #withText(text, use) {
    if (!this.#module) return;
    const size = this.#module.lengthBytesUTF8(text) + 1;
    const at = this.#module._malloc(size);
    this.#module.stringToUTF8(text, at, size);
    use(at);
    this.#module._free(at);
  }

  // Where text can be typed: fieldAt(x, y) of window.downhill.
  set fieldAt(find) {
    this.#fieldAt = find;
  }

  // Calls `act` when the reader edits the experiment of the address by hand.
  set onFragment(act) {
    this.#onFragment = act;
  }

  get fragment() {
    return this.#address.experiment;
  }

  set fragment(text) {
    this.#address.experiment = text;
  }

  link(fragment) {
    return this.#address.link(fragment);
  }

  get options() {
    return this.#address.options;
  }

  set onOptions(act) {
    this.#onOptions = act;
  }

  #followAddress(course, experiment) {
    this.#setText();
    if (experiment || !course) this.#onFragment?.(experiment);
    this.followCourse();
    this.#onOptions(this.options);
  }

  // ---- the course --------------------------------------------------------------------------------------------------

  // learn.js, once the page is there.
  set learn(learn) {
    this.#learn = learn;
  }

  get offersCourse() {
    return this.#learn !== null && document.body.dataset.course !== 'open' && !('embed' in document.documentElement.dataset);
  }

  openCourse() {
    this.#try(() => this.#learn.open());
  }

  // Opens the chapter or the lesson of the address, if there is one.
  followCourse() {
    const { course } = this.#address;
    if (course) this.#try(() => this.#learn.follow(course));
  }

  // "chapter=4", kept in the address while it is open.
  set course(text) {
    this.#address.course = text;
  }

  set onShare(act) {
    this.#onShare = act;
  }

  openShare() {
    this.#try(async () => this.#onShare?.());
  }

  // Shows a sentence above the page.
  say(sentence) {
    document.getElementById('mirror').textContent = sentence;
    this.#withText(sentence, (at) => this.#module._downhill_not_opened(this.#window, at));
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.say(error.message);
    }
  }
}
