// What the reader has done of the course, kept in the browser: per chapter the page reached, how many there are, and
// the questions and goals that are done.

export class Progress {
  #host;
  #chapters = {};
  #last = null;  // {chapter, page}

  constructor(host) {
    this.#host = host;
    try {
      const kept = JSON.parse(host.remembered('course') ?? '{}');
      for (const [number, { page, pages, done }] of Object.entries(kept.chapters ?? {})) {
        if (!/^\d{1,3}$/.test(number) || !Number.isInteger(page) || !Number.isInteger(pages)) continue;
        this.#chapters[number] = { page, pages, done: (done ?? []).filter((name) => typeof name === 'string') };
      }
      if (Number.isInteger(kept.last?.chapter) && Number.isInteger(kept.last?.page)) this.#last = kept.last;
    } catch {
      // Somebody else has written there: it begins anew.
    }
  }

  // Where the reader was last: {chapter, page}, or null.
  get last() {
    return this.#last;
  }

  of(chapter) {
    return this.#chapters[chapter] ?? null;
  }

  isRead(chapter) {
    const { page, pages } = this.of(chapter) ?? { page: 0, pages: 0 };
    return pages > 0 && page === pages - 1;
  }

  reached(chapter, page, pages) {
    const before = this.of(chapter);
    this.#chapters[chapter] = { page: Math.min(Math.max(page, before?.page ?? 0), pages - 1), pages, done: before?.done ?? [] };
    this.#last = { chapter, page };
    this.#keep();
  }

  // `name`: "page.block".
  done(chapter, name) {
    const of = this.of(chapter);
    if (!of || of.done.includes(name)) return;
    of.done.push(name);
    this.#keep();
  }

  #keep() {
    this.#host.remember('course', JSON.stringify({ chapters: this.#chapters, last: this.#last }));
  }
}
