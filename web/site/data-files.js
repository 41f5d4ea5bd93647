// The files of the site that an engine needs: fetched with their bytes counted, inflated, and, for those that are worth
// it, tried again and kept for the next visit. Knows nothing of what is in them.

import { announced, compile } from './program.js';

const kPausesMs = [500, 2000];  // before the second and the third try
const kCache = 'downhill-digits-1';

// What went wrong, in a sentence for the reader.
export class Failure extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const addressOf = (name) => new URL(name, import.meta.url).href;

const broken = (name, { bytes }) =>
  new Failure(`[data] ${name} could not be loaded: the connection broke after ${bytes} bytes`);

async function piecesOf(stream, heard = () => {}) {
  const pieces = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces;
    heard(value);
    pieces.push(value);
  }
}

export const sizeOf = (pieces) => pieces.reduce((sum, { length }) => sum + length, 0);

// ---- one file after the other, counted together ------------------------------------------------------------------

// `report({bytes, total})` is called whenever more has arrived; total is 0 while it is not known.
export class Downloads {
  #report;
  #cache;
  #files = new Map();  // name -> {bytes, total}
  #stopped = new AbortController();

  // `cache`: as fetch() has it.
  constructor(report, cache = 'default') {
    this.#report = report;
    this.#cache = cache;
  }

  // What is still under way is of no use any more.
  stop() {
    this.#stopped.abort();
  }

  // All bytes of a file of the site, in the pieces in which they arrived: nobody puts them together, for memory that is
  // new takes a browser as long as inflating what goes there.
  async fetch(name) {
    const counted = this.#begin(name);
    return this.#read(name, await this.#ask(name), counted);
  }

  // A WebAssembly program of the site, compiled while it arrives.
  async program(name) {
    const counted = this.#begin(name);
    const response = await this.#ask(name);
    counted.total = announced(response);
    try {
      return await compile(response, (count) => {
        counted.bytes += count;
        this.#tell();
      });
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) throw new Failure(`[engine] ${name} is damaged: it does not compile`);
      throw broken(name, counted);
    }
  }

  // As fetch(), three times at the most, unless an earlier visit has kept it.
  async fetchOrFind(name) {
    const kept = await find(name);
    if (kept) {
      try {
        return await this.#read(name, kept, this.#begin(name));
      } catch {
        // The browser has cleared it meanwhile; the site still has it.
      }
    }
    for (const ms of kPausesMs) {
      try {
        return await this.fetch(name);
      } catch {
        this.#begin(name);  // what came of it does not count
        await pause(ms);
      }
    }
    try {
      return await this.fetch(name);
    } catch (error) {
      throw new Failure(`${error.message} (it was tried three times)`);
    }
  }

  async #ask(name) {
    let response;
    try {
      response = await fetch(addressOf(name), { cache: this.#cache, signal: this.#stopped.signal });
    } catch {
      throw new Failure(`[data] ${name} could not be loaded: the connection failed`);
    }
    if (!response.ok) throw new Failure(`[data] ${name} could not be loaded: the server said ${response.status}`);
    return response;
  }

  #begin(name) {
    const counted = { bytes: 0, total: 0 };
    this.#files.set(name, counted);
    return counted;
  }

  async #read(name, response, counted) {
    counted.total = announced(response);
    try {
      return await piecesOf(response.body, (piece) => {
        counted.bytes += piece.length;
        this.#tell();
      });
    } catch {
      throw broken(name, counted);
    }
  }

  #tell() {
    if (this.#stopped.signal.aborted) return;
    const files = [...this.#files.values()];
    const sum = (what) => files.reduce((all, file) => all + file[what], 0);
    this.#report({ bytes: sum('bytes'), total: files.every(({ total }) => total > 0) ? sum('total') : 0 });
  }
}

// Pieces again. A server may have inflated the file already (Content-Encoding: gzip), so its first two bytes decide.
export async function inflate(name, pieces) {
  const magic = pieces.flatMap((piece) => [...piece.subarray(0, 2)]);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return pieces;
  if (typeof DecompressionStream === 'undefined') {
    throw new Failure('[data] this browser cannot inflate gzip: it needs Chrome 80, Firefox 113, Safari 16.4 or newer');
  }
  const packed = new ReadableStream({
    start(controller) {
      pieces.forEach((piece) => controller.enqueue(piece));
      controller.close();
    },
  });
  try {
    return await piecesOf(packed.pipeThrough(new DecompressionStream('gzip')));
  } catch {
    throw new Failure(`[data] ${name} is damaged: it does not inflate`);
  }
}

// ---- kept for the next visit -------------------------------------------------------------------------------------

// Without a cache (an insecure address, a private window, a full disk) everything works, and is fetched again.
async function withCache(use) {
  if (typeof caches === 'undefined') return undefined;
  try {
    return await use(await caches.open(kCache));
  } catch {
    return undefined;
  }
}

const find = (name) => withCache((cache) => cache.match(addressOf(name)));

// Call it when the files have proved good: {name: pieces}.
export const keep = (files) => withCache((cache) => Promise.all(Object.entries(files).map(([name, pieces]) => {
  const headers = { 'Content-Length': String(sizeOf(pieces)) };
  return cache.put(addressOf(name), new Response(new Blob(pieces), { headers }));
})));

// And when they have not: whatever was kept is to be fetched anew.
export const forget = (names) => withCache((cache) => Promise.all(names.map((name) => cache.delete(addressOf(name)))));
