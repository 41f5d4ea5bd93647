// The files of the site that an engine needs: fetched with their bytes counted, inflated, and, for those that are worth
// it, tried again and kept for the next visit. Knows nothing of what is in them.

const kPausesMs = [500, 2000];  // before the second and the third try
const kCache = 'downhill-digits-1';

// What went wrong, in a sentence for the reader.
export class Failure extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const addressOf = (name) => new URL(name, import.meta.url).href;

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

  // All bytes of a file of the site.
  async fetch(name) {
    const counted = this.#begin(name);
    let response;
    try {
      response = await fetch(addressOf(name), { cache: this.#cache, signal: this.#stopped.signal });
    } catch {
      throw new Failure(`[data] ${name} could not be loaded: the connection failed`);
    }
    if (!response.ok) throw new Failure(`[data] ${name} could not be loaded: the server said ${response.status}`);
    return this.#read(name, response, counted);
  }

  // The same, three times at the most, unless an earlier visit has kept it.
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

  #begin(name) {
    const counted = { bytes: 0, total: 0 };
    this.#files.set(name, counted);
    return counted;
  }

  async #read(name, response, counted) {
    // A server that packs the file once more announces the packed size, but unpacked bytes arrive.
    if (!response.headers.get('content-encoding')) counted.total = Number(response.headers.get('content-length'));
    const pieces = [];
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        pieces.push(value);
        counted.bytes += value.length;
        this.#tell();
      }
    } catch {
      throw new Failure(`[data] ${name} could not be loaded: the connection broke after ${counted.bytes} bytes`);
    }
    return new Blob(pieces);
  }

  #tell() {
    if (this.#stopped.signal.aborted) return;
    const files = [...this.#files.values()];
    const sum = (what) => files.reduce((all, file) => all + file[what], 0);
    this.#report({ bytes: sum('bytes'), total: files.every(({ total }) => total > 0) ? sum('total') : 0 });
  }
}

// A server may have inflated the file already (Content-Encoding: gzip), so its first two bytes decide.
export async function inflate(name, blob) {
  const magic = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return new Uint8Array(await blob.arrayBuffer());
  if (typeof DecompressionStream === 'undefined') {
    throw new Failure('[data] this browser cannot inflate gzip: it needs Chrome 80, Firefox 113, Safari 16.4 or newer');
  }
  try {
    const stream = blob.stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
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

// Call it when the files have proved good: {name: blob}.
export const keep = (files) => withCache((cache) => Promise.all(Object.entries(files).map(([name, blob]) =>
  cache.put(addressOf(name), new Response(blob, { headers: { 'Content-Length': String(blob.size) } })))));

// And when they have not: whatever was kept is to be fetched anew.
export const forget = (names) => withCache((cache) => Promise.all(names.map((name) => cache.delete(addressOf(name)))));
