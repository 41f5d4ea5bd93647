// The engine's worker: fetches the program and the data at once, hands them to the WebAssembly module, then trains
// in short slices and answers messages between them. The page never waits for it and it never waits for the page.
//
// From the page:  ArrayBuffer                    a command (src/session/command.hpp)
// To the page:    ArrayBuffer                    a message (src/session/message.hpp)
//                 {progress: {bytes, total}}     while loading; total is 0 while it is not known
//                 {failed: sentence}             the engine is gone; only a new worker helps
//
// After a failure the state of the worker is undefined: discard it.

import { hasSimd } from './simd.js';

const kSliceMs = 6;
// Shorter waits than this are rounded up by the browser, so the engine asks again at once instead.
const kShortestTimerMs = 4;
const kFiles = [
  'data/train-images.idx3-ubyte.gz',
  'data/train-labels.idx1-ubyte.gz',
  'data/valid-images.idx3-ubyte.gz',
  'data/valid-labels.idx1-ubyte.gz',
];

class Failure extends Error {}

function fail(error) {
  const what = String(error?.message ?? error).replace(/ Build with .*/, '');  // advice for its makers
  const sentence = error instanceof Failure ? error.message : `[engine] it stopped: ${what}`;
  postMessage({ failed: sentence });
  close();
}

// ---- loading ---------------------------------------------------------------------------------------------------

const progress = { bytes: 0, total: 0, unknown: 0 };

function report() {
  postMessage({ progress: { bytes: progress.bytes, total: progress.unknown ? 0 : progress.total } });
}

// All bytes of a file of the site, counted as they arrive.
async function download(name) {
  ++progress.unknown;
  let response;
  try {
    response = await fetch(new URL(name, import.meta.url));
  } catch {
    throw new Failure(`[data] ${name} could not be loaded: the connection failed`);
  }
  if (!response.ok) throw new Failure(`[data] ${name} could not be loaded: the server said ${response.status}`);
  const length = Number(response.headers.get('content-length'));
  // A server that packs the file once more announces the packed size, but unpacked bytes arrive.
  if (length > 0 && !response.headers.get('content-encoding')) {
    progress.total += length;
    --progress.unknown;
  }
  const pieces = [];
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      progress.bytes += value.length;
      report();
    }
  } catch {
    throw new Failure(`[data] ${name} could not be loaded: the connection broke after ${progress.bytes} bytes`);
  }
  return new Blob(pieces);
}

// A server may have inflated the file already (Content-Encoding: gzip), so its first two bytes decide.
async function inflate(name, blob) {
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

async function instantiate() {
  if (!hasSimd()) {
    throw new Failure('[engine] this browser has no WebAssembly SIMD: it needs Chrome 91, Firefox 89, Safari 16.4 or newer');
  }
  const binary = download('engine.wasm').then((blob) => blob.arrayBuffer());
  binary.catch(() => {});  // awaited below; the import may fail first
  let glue;
  try {
    glue = await import('./engine.js');
  } catch {
    throw new Failure('[engine] engine.js could not be loaded');
  }
  return glue.default({ wasmBinary: await binary });
}

// ---- running ---------------------------------------------------------------------------------------------------

let module = null;   // once the program is there
const early = [];    // commands that came before
const next = new MessageChannel();  // not setTimeout(0): browsers clamp a chain of those to 4 ms
let nextIsUnderWay = false;
let timer = 0;

function handOut() {
  while (module._downhill_next_message()) send();
}

function send() {
  // The heap is looked up anew each time: a view would be detached if memory grew.
  const from = module._downhill_outbox();
  const bytes = module.HEAPU8.slice(from, from + module._downhill_outbox_size()).buffer;
  postMessage(bytes, [bytes]);
}

function receive(buffer) {
  const at = module._downhill_inbox(buffer.byteLength);
  module.HEAPU8.set(new Uint8Array(buffer), at);
  module._downhill_receive();
  handOut();
}

function workSoon() {
  clearTimeout(timer);
  if (nextIsUnderWay) return;
  nextIsUnderWay = true;
  next.port2.postMessage(null);
}

function work() {
  const wait = module._downhill_work(kSliceMs);
  handOut();
  if (wait < kShortestTimerMs) {
    workSoon();
  } else if (wait !== Infinity) {
    timer = setTimeout(workSoon, wait);
  }
}

// A trap of the module arrives here as an exception.
function guarded(act) {
  try {
    act();
  } catch (error) {
    module = null;
    fail(error);
  }
}

next.port1.onmessage = () => {
  nextIsUnderWay = false;
  if (module) guarded(work);
};

onmessage = ({ data }) => {
  if (!module) {
    early.push(data);
    return;
  }
  guarded(() => {
    receive(data);
    workSoon();
  });
};

async function start() {
  const downloads = Promise.all(kFiles.map((name) => download(name).then((blob) => inflate(name, blob))));
  downloads.catch(() => {});  // awaited below; the program may fail first
  module = await instantiate();
  early.splice(0).forEach(receive);
  const files = await downloads;
  files.forEach((bytes, number) => {
    const at = module._downhill_file(number, bytes.length);
    module.HEAPU8.set(bytes, at);
  });
  if (module._downhill_load()) {
    handOut();
    workSoon();
  } else {
    send();
    close();
  }
}

start().catch(fail);
