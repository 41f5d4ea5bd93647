// The part of the address after '#': perhaps a chapter of the course or a lesson, then the experiment:
// "chapter=4&lr=0.1". Either may change without the other.

function split(text) {
  const [first, ...rest] = text.split('&');
  return /^(chapter|lesson)=/.test(first) ? { course: first, experiment: rest.join('&') } : { course: '', experiment: text };
}

export class Address {
  // `act(course, experiment)` is called when the reader edits the address or follows a link inside the page.
  constructor(act) {
    addEventListener('hashchange', () => act(this.course, this.experiment));
  }

  // "chapter=4", "lesson=…", or nothing.
  get course() {
    return split(location.hash.slice(1)).course;
  }

  set course(text) {
    this.#write(text, this.experiment);
  }

  get experiment() {
    return split(location.hash.slice(1)).experiment;
  }

  set experiment(text) {
    this.#write(this.course, text);
  }

  // This page with another fragment.
  link(fragment) {
    const address = new URL(location.href);
    address.hash = fragment;
    return address.href;
  }

  #write(...items) {
    history.replaceState(history.state, '', this.link(items.filter(Boolean).join('&')));
  }
}
