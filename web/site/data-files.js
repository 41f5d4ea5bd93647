// Fetches the files of the site that an engine needs: counts their bytes and inflates them. Large
// files are retried and kept for the next visit. Knows nothing of their content.

import { addressOf, compile } from './program.js';
import { files } from './release.js';

const kPausesMs = [500, 2000];  // before the second and the third try
const kCache = 'downhill-data-1';  // keep equal to kData in sw.js

// A failure, with a sentence for the reader.
export class Failure extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const broken = (name, { bytes }) =>
  new Failure(`[data] ${name} could not be loaded: the connection broke after ${bytes} bytes`);

async function piecesOf(stream, onPiece = () => {}) {
  const pieces = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces;
    onPiece(value);
    pieces.push(value);
  }
}

export const sizeOf = (pieces) => pieces.reduce((sum, { length }) => sum + length, 0);

// ---- one file after the other, counted together ------------------------------------------------------------------

// Fetches files and counts them together, whatever way a server packs them: by their sizes in release.js.
// Calls `report({bytes, total})` whenever more has arrived.
export class Downloads {
  #report;
  #cache;
  #files = new Map();  // name -> {bytes, total}
  #stopped = new AbortController();

  // `cache`: the option of fetch().
  constructor(report, cache = 'default') {
    this.#report = report;
    this.#cache = cache;
  }

  // Aborts the fetches still in progress.
  stop() {
    this.#stopped.abort();
  }

  // All bytes of a file of the site, in the pieces in which they arrived. They are not joined,
  // because a browser takes as long to allocate new memory as to inflate the data that goes there.
  async fetch(name) {
    const counted = this.#begin(name);
    return this.#read(name, await this.#ask(name), counted);
  }

  // A WebAssembly program of the site, compiled while it arrives.
  async program(name) {
    const counted = this.#begin(name);
    const response = await this.#ask(name);
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

  // Like fetch(), with up to three tries, unless an earlier visit has kept the file.
  async fetchOrFind(name) {
    const counted = this.#begin(name);  // its total, before the first byte of another file arrives
    const cached = await find(name);
    if (cached) {
      try {
        return await this.#read(name, cached, counted);
      } catch {
        // The browser has dropped it since; the site still has it.
      }
    }
    for (const ms of kPausesMs) {
      try {
        return await this.fetch(name);
      } catch {
        this.#begin(name);  // discard the bytes of the failed try
        await pause(ms);
      }
    }
    try {
      return await this.fetch(name);
    } catch (error) {
      throw new Failure(`${error.message} (tried three times)`);
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
    const counted = { bytes: 0, total: files[name].bytes };
    this.#files.set(name, counted);
    return counted;
  }

  async #read(name, response, counted) {
    try {
      return await piecesOf(response.body, (piece) => {
        // A server may announce the packing as its own, and the browser has inflated the file.
        if (counted.bytes === 0 && piece.length && !isPacked(piece)) counted.total = files[name].inflated ?? counted.total;
        counted.bytes += piece.length;
        this.#tell();
      });
    } catch {
      throw broken(name, counted);
    }
  }

  #tell() {
    if (this.#stopped.signal.aborted) return;
    const sum = (what) => [...this.#files.values()].reduce((all, file) => all + file[what], 0);
    this.#report({ bytes: sum('bytes'), total: sum('total') });
  }
}

const isPacked = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

// Inflates pieces into pieces. A server may already have inflated the file (Content-Encoding:
// gzip), so the first two bytes decide.
export async function inflate(name, pieces) {
  if (!isPacked(pieces.flatMap((piece) => [...piece.subarray(0, 2)]))) return pieces;
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

// Without a cache (insecure address, private window, full disk) everything works, but files are
// fetched every time.
async function withCache(use) {
  try {  // a frame without an origin throws when it names them
    if (typeof caches === 'undefined') return undefined;
    return await use(await caches.open(kCache));
  } catch {
    return undefined;
  }
}

const find = (name) => withCache((cache) => cache.match(addressOf(name)));

// Keeps files that have proved good: {name: pieces}.
export const keep = (files) => withCache((cache) => Promise.all(Object.entries(files).map(([name, pieces]) => {
  const headers = { 'Content-Length': String(sizeOf(pieces)) };
  return cache.put(addressOf(name), new Response(new Blob(pieces), { headers }));
})));

// Drops files that have not, so that they are fetched again.
export const forget = (names) => withCache((cache) => Promise.all(names.map((name) => cache.delete(addressOf(name)))));
