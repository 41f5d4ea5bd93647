// window.downhill: the page's public interface for scripts, lessons and tests. Documented in web/README.md.
// It talks to src/main/page.cpp: text in, answers and JSON out; what is right is decided there, never here.
import { bytesOf } from './files.js';

// Bits of `changed`, as src/main/page.cpp sets them.
const kReady = 1, kRunning = 2, kFinished = 4, kDiverged = 8, kTrouble = 16;

const kEvents = new Set(['phase', 'step', 'epoch', 'play', 'pause', 'stop', 'diverged', 'error', 'spec', 'frame', 'result']);

export class Downhill {
  #module = null;
  #page = 0;
  #resolveReady;
  #rejectReady;
  #waiting = new Map();    // id of a command -> {resolve, reject}
  #saved = new Map();      // id of a save -> {name, bytes}, until its answer is given out
  #listeners = new Map();  // event -> Set of functions
  #last = null;            // the page's state when events were last looked for
  #pumping = false;
  #learn = null;
  #host = null;
  #result = null;          // of the replay that a link asked for

  constructor(version) {
    this.version = version;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => {});  // who does not wait for it has seen the sentence on the page
  }

  // ---- public --------------------------------------------------------------------------------------------------

  state() {
    this.#needPage();
    const state = JSON.parse(this.#text(this.#module._downhill_state(this.#page)));
    state.result = this.#result;
    const failure = this.#text(this.#module._downhill_failure(this.#page));  // of the engine itself
    return failure ? { ...state, running: false, error: failure } : state;
  }

  link() {
    this.#needPage();
    return this.#text(this.#module._downhill_link(this.#page));
  }

  // Where the named widgets stand, in CSS pixels: [{name, x, y, width, height}].
  widgets() {
    this.#needPage();
    return this.#places(this.#module._downhill_widgets(this.#page));
  }

  // The pictures and charts on the page, in the same form.
  pictures() {
    this.#needPage();
    return this.#places(this.#module._downhill_pictures(this.#page));
  }

  // One of them, or the whole page, as a PNG of twice its size: {name, bytes}.
  async picture(name = 'page') {
    const { picture } = await import('./paper.js');
    return picture(this, this.#host, name);
  }

  // Numbers behind the pictures as CSV: {name, bytes}.
  async table(name) {
    const { table } = await import('./tables.js');
    return table(this, name, () => this.#text(this.#module._downhill_race_table(this.#page)));
  }

  // Opens the sheet "Share".
  async share() {
    await this.ready;
    const { openSheet } = await import('./share/share.js')
      .catch(() => { throw new Error('[share] the sheet did not arrive, or this site was built without it'); });
    await openSheet(this, this.#host);
  }

  async send(name, args = {}) {
    this.#needPage();
    return this.#answer(
      this.#withText(commandText(name, args), (text) => this.#module._downhill_send(this.#page, text)));
  }

  // The weights or the whole run as a file, {name, bytes}, which nobody downloads.
  async save(what) {
    this.#needPage();
    const id = this.#withText(commandText('save', { what }), (text) => this.#module._downhill_save(this.#page, text));
    await this.#answer(id);
    const file = this.#saved.get(id);
    this.#saved.delete(id);
    return file;
  }

  // Such a file: a File or Blob, an ArrayBuffer or a Uint8Array.
  async load(source) {
    this.#needPage();
    const bytes = await bytesOf(source);
    const at = this.#module._downhill_load_room(this.#page, bytes.length);
    this.#module.HEAPU8.set(bytes, at);
    return this.#answer(this.#module._downhill_load(this.#page));
  }

  // Why send() would refuse a command; empty: it would not, as far as can be told without the run.
  check(name, args = {}) {
    this.#needPage();
    try {
      return this.#withText(commandText(name, args), (text) => this.#text(this.#module._downhill_check(this.#page, text)));
    } catch (error) {
      return error.message;
    }
  }

  // The fields of the usual experiment, as texts.
  defaults() {
    this.#needPage();
    return Object.fromEntries(new URLSearchParams(this.#text(this.#module._downhill_defaults(this.#page))));
  }

  // The course: where the reader was, or a chapter. Settles when it is open.
  learn(chapter) {
    return this.#learn.open(chapter);
  }

  // Somebody's lesson, as a text.
  lesson(text) {
    return this.#learn.lesson(text, 'the lesson');
  }

  // A link that carries it.
  lessonLink(text) {
    return this.#learn.lessonLink(text);
  }

  on(event, act) {
    if (!kEvents.has(event)) throw new Error(`there is no event "${event}"; there are ${[...kEvents].join(', ')}`);
    if (typeof act !== 'function') throw new Error('on(event, fn) needs a function');
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(act);
    return () => this.#listeners.get(event).delete(act);
  }

  // An edited address: the experiment that the part after '#' describes; the usual one if it is empty.
  openLink(fragment) {
    if (!this.#page) return;
    this.#withText(fragment, (text) => this.#module._downhill_open_link(this.#page, text));
  }

  // By boot.js.
  set course(learn) {
    this.#learn = learn;
  }

  set host(host) {
    this.#host = host;
  }

  // By result.js: a result was replayed.
  resultIs(result) {
    this.#result = result;
    this.#host.say(result.sentence);
    this.#emit('result');
  }

  // By boot.js: the words that the page explains, course/en/words.md.
  useWords(text) {
    const refused = this.#withText(text, (at) => this.#text(this.#module._downhill_use_words(this.#page, at)));
    if (refused) throw new Error(refused);
  }

  // By paper.js: draws at once.
  draw() {
    this.#module._downhill_draw(this.#page);
  }

  // The text field at a place in CSS pixels, for the keyboard of a phone: {keyboard, x, y, width, height}, or null.
  fieldAt(x, y) {
    if (!this.#page) return null;
    const { text } = this.#host;
    const field = this.#text(this.#module._downhill_field_at(this.#page, x / text, y / text));
    return field ? scaled(JSON.parse(field), text) : null;
  }

  // ---- called by src/main/page.cpp -------------------------------------------------------------------------------

  opened(module, page) {
    this.#module = module;
    this.#page = page;
    // A hidden tab draws nothing, but scripts and events go on.
    setInterval(() => {
      if (document.hidden) module._downhill_pump(page, 1);
    }, 1000);
  }

  answered(id, error) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error));
    else waiting.resolve(this.state());
  }

  // Before the answer to the save.
  saved(id, name, bytes) {
    this.#saved.set(id, { name, bytes });
  }

  // Something was learned from the engine.
  changed(step, phase, epoch, flags, spec) {
    const last = this.#last ?? { step: 0, phase, epoch: 0, flags: 0, spec };
    this.#last = { step, phase, epoch, flags, spec };
    if (flags & kReady) this.#resolveReady(this);
    this.#announce(last, this.#last);
  }

  drew() {
    if (this.#listeners.get('frame')?.size) this.#emit('frame');
  }

  // ---- private ---------------------------------------------------------------------------------------------------

  #announce(last, now) {
    const began = (flag) => (now.flags & flag) !== 0 && (last.flags & flag) === 0;
    if (now.phase !== last.phase || now.step !== last.step) this.#emit('phase');
    if (now.step !== last.step) this.#emit('step');
    if (now.epoch !== last.epoch) this.#emit('epoch');
    if (began(kRunning)) this.#emit('play');
    if (!(now.flags & kRunning) && (last.flags & kRunning)) this.#emit('pause');
    if (began(kFinished)) this.#emit('stop');
    if (began(kDiverged)) this.#emit('diverged');
    if (began(kTrouble)) this.#emit('error');
    if (now.spec !== last.spec) this.#emit('spec');
  }

  #emit(event) {
    const listeners = this.#listeners.get(event);
    if (!listeners?.size) return;
    const state = this.state();
    for (const act of [...listeners]) {
      try {
        act(state);
      } catch (error) {
        reportError(error);  // a lesson's mistake must not stop the page
      }
    }
  }

  fail(sentence) {
    this.#rejectReady(new Error(sentence));
  }

  #needPage() {
    if (!this.#page) throw new Error('the page is still loading: await downhill.ready first');
  }

  #answer(id) {
    const answered = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#pumpSoon();
    return answered;
  }

  // Answers come with the next frame or message; a refusal is there already.
  #pumpSoon() {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#module._downhill_pump(this.#page, 0);
    });
  }

  #places(at) {
    return JSON.parse(this.#text(at)).map((place) => scaled(place, this.#host.text));
  }

  #text(at) {
    return this.#module.UTF8ToString(at);
  }

  #withText(text, use) {
    const size = this.#module.lengthBytesUTF8(text) + 1;
    const at = this.#module._malloc(size);
    this.#module.stringToUTF8(text, at, size);
    const result = use(at);
    this.#module._free(at);
    return result;
  }
}

// A place of the page, drawn larger.
const scaled = (place, by) => (by === 1 ? place
  : { ...place, x: place.x * by, y: place.y * by, width: place.width * by, height: place.height * by });

// "step?unit=batch&count=2", the text form of src/session/command.hpp.
export function commandText(name, args) {
  if (typeof name !== 'string' || !/^[a-z_]+$/.test(name)) throw new Error(`"${name}" is no name of a command`);
  if (args === null || typeof args !== 'object' || Array.isArray(args)) {
    throw new Error('send(name, args): args is an object, {count: 2}');
  }
  const pairs = Object.entries(args).map(([key, value]) => {
    if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
      throw new Error(`${key} is neither a text nor a number`);
    }
    return `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`;
  });
  return pairs.length ? `${name}?${pairs.join('&')}` : name;
}
