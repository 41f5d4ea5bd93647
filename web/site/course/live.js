// The numbers of a page that follow the run: asks for the state ten times a second, and only while somebody watches.

const kEveryMs = 100;

export class Live {
  #downhill;
  #watchers = new Set();
  #timer = 0;
  #state = null;

  constructor(downhill) {
    this.#downhill = downhill;
  }

  // The state of now.
  state() {
    this.#state = this.#downhill.state();
    return this.#state;
  }

  // Calls `act(state)` at once and whenever some time has passed; returns a function that ends it.
  watch(act) {
    this.#watchers.add(act);
    act(this.state());
    this.#timer ||= setInterval(() => this.#tell(), kEveryMs);
    return () => this.#watchers.delete(act);
  }

  end() {
    this.#watchers.clear();
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #tell() {
    const state = this.state();
    for (const act of [...this.#watchers]) act(state);
  }
}
