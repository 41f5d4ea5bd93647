// The way into the course, whose program and chapters (course/) are fetched when it is opened: by Learn, by its key,
// by a link "#chapter=4", or with somebody's lesson as a text, a file or a link "#lesson=…".

const kMostBytes = 256 * 1024;  // of a lesson; keep equal to kMostBytes in course/lesson.js

export class Learn {
  #downhill;
  #host;
  #course = null;  // promise of course/course.js at work

  constructor(downhill, host) {
    this.#downhill = downhill;
    this.#host = host;
    host.learn = this;
  }

  open(chapter) {
    return this.#with((course) => (chapter === undefined ? course.open() : course.chapter(Number(chapter))));
  }

  // `address`: what the address says while it is open.
  lesson(text, name, address) {
    return this.#with((course) => course.lesson(text, name, address));
  }

  // "chapter=4", "chapter=4.2" (its second page), or "lesson=…" of the address.
  async follow(text) {
    const [, key, value] = /^(chapter|lesson)=(.*)$/.exec(text) ?? [];
    if (key === 'lesson') {
      const { unpackedText } = await import('./packed.js');
      return this.lesson(await unpackedText(value, kMostBytes, '[lesson] the link'), 'the lesson of the link', text);
    }
    const found = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(value);
    if (!found) throw new Error(`[course] “${value}” is no chapter: #chapter=4, or #chapter=4.2 for its second page`);
    return this.#with((course) => course.chapter(Number(found[1]), Number(found[2] ?? 1) - 1));
  }

  // A link that carries the lesson.
  async lessonLink(text) {
    await this.#with((course) => course.check(text));
    const { packed } = await import('./packed.js');
    return this.#host.link(`lesson=${await packed(text)}`);
  }

  async #with(act) {
    await this.#downhill.ready;
    this.#course ??= import('./course/course.js')
      .catch(() => { throw new Error('[course] it did not arrive, or this site was built without it'); })
      .then(({ makeCourse }) => makeCourse(this.#downhill, this.#host));
    this.#course.catch(() => { this.#course = null; });  // the next press tries again
    await act(await this.#course);
  }
}
