// The part of the address after '#': perhaps a chapter of the course or a lesson, how the page opens (options.js), and
// the experiment: "chapter=4&lr=0.1", "view=gradient&hide=dial&lr=0.1". Each may change without the others.

const kCourse = new Set(['chapter', 'lesson']);
const kLook = new Set(['view', 'hide', 'speed', 'text']);  // stays while the experiment changes
const kOnce = new Set(['play', 'race', 'raceEpochs', 'state', 'result']);  // is of this experiment, and leaves with it

const keyOf = (item) => item.split('=', 1)[0];

// A program may have encoded the whole of it.
function decoded(text) {
  if (/[=&]/.test(text) || !/%3d/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function split(text) {
  const parts = { course: [], look: [], once: [], experiment: [] };
  for (const item of decoded(text).split('&')) {
    const key = keyOf(item);
    const part = kCourse.has(key) ? 'course' : kLook.has(key) ? 'look' : kOnce.has(key) ? 'once' : 'experiment';
    parts[part].push(item);
  }
  return Object.fromEntries(Object.entries(parts).map(([name, items]) => [name, items.filter(Boolean).join('&')]));
}

// A '%' that encodes nothing stays as it is.
function value(item) {
  const text = item.slice(keyOf(item).length + 1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export class Address {
  // `act(course, experiment)` is called when the reader edits the address or follows a link inside the page.
  constructor(act) {
    addEventListener('hashchange', () => act(this.course, this.experiment));
  }

  get #parts() {
    return split(location.hash.slice(1));
  }

  // "chapter=4", "lesson=…", or nothing.
  get course() {
    return this.#parts.course;
  }

  set course(text) {
    const { look, once, experiment } = this.#parts;
    this.#write(text, look, once, experiment);
  }

  // How the page opens: name → text.
  get options() {
    const { look, once } = this.#parts;
    return new Map([look, once].flatMap((items) => items.split('&')).filter(Boolean).map((item) => [keyOf(item), value(item)]));
  }

  // How much larger than usual the page is drawn.
  get text() {
    const text = this.options.get('text');
    return text >= 0.5 && text <= 3 ? Number(text) : 1;
  }

  get experiment() {
    return this.#parts.experiment;
  }

  set experiment(text) {
    const { course, look } = this.#parts;
    this.#write(course, look, text);
  }

  // This page with another fragment.
  link(fragment) {
    const address = new URL(location.href);
    if (address.searchParams.has('embed')) address.search = '';  // a frame is shared as a page of its own
    address.hash = fragment;
    return address.href;
  }

  #write(...items) {
    const address = new URL(location.href);
    address.hash = items.filter(Boolean).join('&');
    history.replaceState(history.state, '', address.href);
  }
}
