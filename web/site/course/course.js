// The course: opens chapters and other people's lessons beside the canvas and turns their pages. Everything it does to
// the run and to the canvas it does by window.downhill.
import { showNews } from '../news.js';
import { blockElement } from './blocks-view.js';
import { runCommands } from './commands.js';
import { contentsNodes, parseContents } from './contents.js';
import { formatted } from './expression.js';
import { parseLesson } from './lesson.js';
import { Live } from './live.js';
import { Panel } from './panel.js';
import { Pointer } from './pointer.js';
import { Progress } from './progress.js';
import { element, Renderer } from './render.js';
import { parseWords, Words } from './words.js';

const kTexts = new URL('en/', import.meta.url);

async function textOf(name) {
  const response = await fetch(new URL(name, kTexts)).catch(() => null);
  if (!response?.ok) throw new Error(`[course] ${name} did not arrive${response ? `: the server said ${response.status}` : ''}`);
  return response.text();
}

function styled() {
  return new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: new URL('course.css', import.meta.url).href });
    link.onload = resolve;
    link.onerror = () => reject(new Error('[course] its style sheet did not arrive'));
    document.head.append(link);
  });
}

export async function makeCourse(downhill, host) {
  const [words, contents] = await Promise.all([textOf('words.md'), textOf('contents.md'), styled()]);
  return new Course(downhill, host, parseWords(words), parseContents(contents));
}

class Course {
  #downhill;
  #host;
  #words;
  #chapters;
  #progress;
  #live;
  #pointer;
  #tips;
  #panel;
  #lesson = null;     // what is open: {title, experiment, pages}
  #chapter = null;    // its number, or null for somebody's lesson
  #page = 0;
  #turn = 0;          // grows with every page that is shown: what belongs to an older one is over
  #before = null;     // the state when the page was opened
  #labRun = null;     // the reader's own run, from before the course
  #labPlace = '';     // where the run was when the course was closed

  constructor(downhill, host, words, chapters) {
    this.#downhill = downhill;
    this.#host = host;
    this.#words = words;
    this.#chapters = chapters;
    this.#progress = new Progress(host);
    this.#live = new Live(downhill);
    this.#pointer = new Pointer(downhill);
    this.#panel = new Panel({ close: () => this.close(), contents: () => this.contents() });
    this.#tips = new Words(words, this.#panel.place);
    // keyup: the keydown of Escape belongs to the canvas while it has the focus, see host.js.
    addEventListener('keyup', (event) => {
      if (event.key === 'Escape' && this.isOpen && event.target.id !== 'canvas') this.close();
    });
  }

  get isOpen() {
    return this.#panel.isOpen;
  }

  // ---- what the page asks for --------------------------------------------------------------------------------------

  // Where the reader was, or the first chapter.
  async open() {
    if (this.#lesson) return this.#resume();
    const last = this.#progress.last;
    const known = last && this.#chapters.some(({ number }) => number === last.chapter);
    return known ? this.chapter(last.chapter, last.page) : this.chapter(this.#chapters[0].number, 0);
  }

  async chapter(number, page = 0) {
    const chapter = this.#chapters.find((one) => one.number === number);
    if (!chapter) throw new Error(`[course] there is no chapter ${number}; there are ${this.#chapters.map((one) => one.number).join(', ')}`);
    const lesson = this.#parse(await textOf(chapter.file), chapter.file);
    await this.#begin(lesson, number, page);
  }

  // Somebody's lesson; refused, with file and line, before anything has changed.
  async lesson(text, name = 'the lesson', address = '') {
    await this.#begin(this.#parse(text, name), null, 0);
    this.#host.course = address;
  }

  // Throws why a lesson is refused.
  check(text) {
    this.#parse(text, 'the lesson');
  }

  // Leaves the run as it is: into the lab. The reader's own run is a press away.
  close() {
    if (!this.isOpen) return;
    this.#rest();
    this.#panel.close();
    this.#downhill.send('show', { hide: 'nothing' }).catch(() => {});
    this.#host.course = '';
    this.#labPlace = this.#place;
    if (this.#labRun) showNews('Your own run from before the course is kept.', () => this.#try(() => this.#restore()), 'Back to it');
  }

  contents() {
    this.#rest();
    this.#open();
    const act = {
      open: (number) => this.#try(() => this.chapter(number, this.#progress.isRead(number) ? 0 : this.#progress.of(number)?.page ?? 0)),
      lessonFile: (file) => this.#try(async () => this.lesson(await file.text(), file.name)),
      restore: this.#labRun && (() => this.#try(() => this.#restore())),
    };
    const heading = element('h3', { tabindex: -1 }, 'Chapters');
    const back = element('button', { type: 'button', onclick: () => this.#try(() => this.#resume()) }, 'Back to the page');
    this.#panel.fill('The course', heading, contentsNodes(this.#chapters, this.#progress, act), this.#lesson ? [back] : [], true);
  }

  // ---- lessons and their pages -------------------------------------------------------------------------------------

  #parse(text, file) {
    const downhill = this.#downhill;
    return parseLesson(text, {
      command: (name, args) => downhill.check(name, args),
      field: (path) => wrongField(downhill.state(), path.split('.')),
      word: (name) => (this.#words.has(name) ? '' : `“${name}” is not among the words of the course`),
    }, file);
  }

  async #begin(lesson, chapter, page) {
    this.#rest();
    await this.#keepLabRun();
    this.#lesson = lesson;
    this.#chapter = chapter;
    await this.#prepare();
    await this.#turnTo(Math.min(page, lesson.pages.length - 1));
  }

  // Where the run is: its experiment, as a link names it, and its steps.
  get #place() {
    return `${this.#downhill.link()} ${this.#downhill.state().step}`;
  }

  // Before a lesson changes it, the run is kept if it is the reader's own: one with steps or choices, and not that of a
  // lesson, as it was left.
  async #keepLabRun() {
    if (this.isOpen) return;
    const downhill = this.#downhill, { spec, step } = downhill.state();
    const isUsual = Object.entries(downhill.defaults()).every(([field, value]) => isSame(spec[field], value));
    if (this.#place === this.#labPlace || (isUsual && step === 0)) return;
    this.#labRun = await downhill.save('checkpoint').catch(() => null);
  }

  async #restore() {
    const { bytes } = this.#labRun;
    this.#labRun = null;
    this.#lesson = null;
    await this.#downhill.load(bytes);
    this.close();
  }

  // The experiment of the lesson, from its initial weights, at full speed.
  async #prepare() {
    const downhill = this.#downhill;
    await downhill.send('pause');
    await downhill.send('speed', { batches: 0 });
    if (!this.#lesson.experiment) return;
    await downhill.send('set', { ...downhill.defaults(), ...this.#lesson.experiment });
    await downhill.send('reset', { seed: downhill.state().spec.seed });
  }

  async #turnTo(index) {
    this.#rest();
    const turn = this.#turn;
    this.#page = index;
    this.#open();
    const page = this.#lesson.pages[index];
    if (this.#chapter !== null) this.#progress.reached(this.#chapter, index, this.#lesson.pages.length);
    const problem = await this.#arrange(page, () => turn === this.#turn);
    if (turn !== this.#turn) return;
    this.#before = this.#live.state();
    this.#fill(page, problem);
  }

  // View, hidden parts and commands of the page. Gives the sentence of what was refused, or nothing.
  async #arrange(page, alive) {
    const shows = page.parts.filter(({ kind }) => kind === 'show');
    try {
      await this.#downhill.send('show', Object.assign({ hide: 'nothing' }, ...shows.map(({ args }) => args)));
      for (const { commands } of shows) await runCommands(this.#downhill, commands, alive);
      return '';
    } catch (error) {
      return error.message;
    }
  }

  // What was open, as it is.
  async #resume() {
    this.#rest();
    this.#open();
    const page = this.#lesson.pages[this.#page];
    const shows = page.parts.filter(({ kind }) => kind === 'show');
    await this.#downhill.send('show', Object.assign({ hide: 'nothing' }, ...shows.map(({ args }) => args)));
    this.#before = this.#live.state();
    this.#fill(page, '');
  }

  #fill(page, problem) {
    const { pages, title } = this.#lesson;
    const turn = this.#turn;
    const place = {
      downhill: this.#downhill,
      live: this.#live,
      renderer: this.#renderer(null),
      frozen: (state, before) => this.#renderer({ state, before }),
      alive: () => turn === this.#turn,
      before: () => this.#before,
      done: (number) => this.#chapter !== null && this.#progress.done(this.#chapter, `${this.#page}.${number}`),
    };
    const nodes = page.parts.map((part, number) => blockElement(part, number, place));
    if (problem) nodes.unshift(element('p', { class: 'wrong', role: 'alert' }, problem.replace(/^\[\w+\] /, '')));
    nodes.push(this.#pageActions());
    const named = this.#chapter === null ? title : `${this.#chapter} · ${title}`;
    const heading = element('h3', { tabindex: -1 }, page.title || title);
    this.#panel.fill(named, heading, nodes, this.#foot(pages.length), true);
    if (this.#chapter !== null) this.#host.course = `chapter=${this.#chapter}${this.#page ? `.${this.#page + 1}` : ''}`;
  }

  #pageActions() {
    const again = () => this.#try(async () => {
      await this.#prepare();
      await this.#turnTo(this.#page);
    });
    return element('p', { class: 'more' },
      element('button', { type: 'button', class: 'quiet', id: 'course-again', onclick: again }, 'Start this page again'),
      element('button', { type: 'button', class: 'quiet', id: 'course-lab', onclick: () => this.close() }, 'Into the lab with this run'));
  }

  #foot(pages) {
    const turn = (index) => () => this.#try(() => this.#turnTo(index));
    const chapter = (one, page) => () => this.#try(() => this.chapter(one.number, page));
    const at = this.#chapters.findIndex(({ number }) => number === this.#chapter);
    const next = at >= 0 ? this.#chapters[at + 1] : null;
    const last = this.#page === pages - 1;
    const button = (id, label, act, look) => element('button', { type: 'button', id, class: look, disabled: !act, onclick: act }, label);
    return [
      button('course-previous', '‹ Back', this.#page > 0 ? turn(this.#page - 1) : null),
      element('span', { class: 'where' }, `${this.#page + 1} of ${pages}`),
      !last ? button('course-next', 'Next ›', turn(this.#page + 1), 'primary')
        : next ? button('course-next', 'Next chapter ›', chapter(next, 0), 'primary')
          : button('course-next', 'Into the lab ›', () => this.close(), 'primary'),
    ];
  }

  // ---- marks -------------------------------------------------------------------------------------------------------

  // Numbers that follow the run, or those of a moment.
  #renderer(moment) {
    const turn = this.#turn;
    return new Renderer({
      word: (token) => this.#tips.element(token),
      pointer: (token) => this.#pointer.element(token),
      number: (token) => this.#number(token, moment),
      button: ({ label, commands }) => {
        const act = () => this.#try(() => runCommands(this.#downhill, commands, () => turn === this.#turn));
        return element('button', { type: 'button', class: 'act', onclick: act }, label);
      },
    });
  }

  #number({ value, format }, moment) {
    const output = element('span', { class: 'number' });
    if (moment) {
      output.textContent = formatted(value(moment), format);
      return output;
    }
    this.#live.watch((state) => {
      const text = formatted(value({ state, before: this.#before }), format);
      if (output.textContent !== text) output.textContent = text;
    });
    return output;
  }

  // ---- opening and resting ------------------------------------------------------------------------------------------

  #open() {
    this.#panel.open();
  }

  // What belongs to the page that was shown is over.
  #rest() {
    this.#turn += 1;
    this.#live.end();
    this.#pointer.hide();
    this.#tips.hide();
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.#host.say(error.message);
    }
  }
}

// Why state() has no such field; deeper than it can be seen now, everything may be there later.
function wrongField(state, names) {
  let value = state;
  for (const name of names) {
    if (value === null || (Array.isArray(value) && /^\d+$/.test(name) && Number(name) >= value.length)) return '';
    if (typeof value !== 'object' || !Object.hasOwn(value, name)) return `state() has no “${names.join('.')}”`;
    value = value[name];
  }
  return '';
}

// A field of state().spec, and of defaults(), where all are texts.
const isSame = (value, text) => (typeof value === 'number' ? value === Number(text) : String(value) === text);
