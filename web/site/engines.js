// Starts the workers of the engine, for the run and for the lanes of a race, and refuses one of another build: a
// release that is replaced while the page is open must not mix with it. src/platform/web/engine_host.cpp calls these
// methods.
import { isReplaced, showNews } from './news.js';

const kSilentMs = 60000;

export class Engines {
  #build;
  #asking = false;

  constructor(build) {
    this.#build = build;
  }

  start(address, name) {
    const worker = new Worker(new URL(address, import.meta.url), { type: 'module', name });
    // A script that arrives empty says nothing, not even that it failed.
    const silent = setTimeout(() => {
      worker.dispatchEvent(new ErrorEvent('error', { message: 'it says nothing', cancelable: true }));
    }, kSilentMs);
    for (const event of ['message', 'error']) worker.addEventListener(event, () => clearTimeout(silent), { once: true });
    return worker;
  }

  // Why a worker of that build is of no use here: a sentence; empty: it is of this one.
  refuse(build) {
    if (build === this.#build) return '';
    this.#offerReload('This page and its engine are of different versions of Downhill.');
    return '[engine] it is of another version of Downhill than this page: please reload the page';
  }

  // One has failed: perhaps because the site has a newer release, and this one's files no more.
  async failed() {
    if (this.#asking) return;
    this.#asking = true;
    if (await isReplaced(this.#build)) this.#offerReload('This version of Downhill has been replaced by a newer one.');
    this.#asking = false;
  }

  #offerReload(sentence) {
    showNews(sentence, () => location.reload());
  }
}
