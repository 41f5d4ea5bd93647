// Asks before the page is left while a long run trains that nobody has saved.
const kAskAfterSeconds = 60;  // of training that would be lost
const kLookMs = 1000;

export class Leave {
  #downhill;
  #asks = false;
  #seconds = 0;      // of training since the run began, was saved or was opened
  #trained = 0;      // trainingSeconds at the last look
  #lookedAt = 0;     // ms
  #ask = (event) => {
    event.preventDefault();
    event.returnValue = true;  // Safari
  };

  constructor(downhill) {
    this.#downhill = downhill;
    downhill.ready.then(() => setInterval(() => this.#look(), kLookMs), () => {});
  }

  // The reader has a file of the run.
  saved() {
    this.#look();
    this.#seconds = 0;
    this.#listen(false);
  }

  #look() {
    const { running, trainingSeconds } = this.#downhill.state();
    const now = performance.now();
    const more = trainingSeconds - this.#trained;
    // Another run has trained for less, and one from a file comes with its seconds, which are not lost.
    this.#seconds = more < 0 ? Math.min(this.#seconds, trainingSeconds)
      : this.#seconds + Math.min(more, (now - this.#lookedAt) / 1000 + 1);
    this.#trained = trainingSeconds;
    this.#lookedAt = now;
    this.#listen(running && this.#seconds >= kAskAfterSeconds);
  }

  // Only while there is something to ask: browsers keep no page for the way back that listens.
  #listen(asks) {
    if (asks === this.#asks) return;
    this.#asks = asks;
    if (asks) addEventListener('beforeunload', this.#ask);
    else removeEventListener('beforeunload', this.#ask);
  }
}
