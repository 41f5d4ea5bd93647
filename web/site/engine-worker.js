// The worker of the engine: fetches program and data at once, passes them to the WebAssembly
// module, then trains in short slices and answers messages between them. Page and worker never wait
// for each other.
//
// From the page:  ArrayBuffer                 a command (src/session/command.hpp)
// To the page:    {build}                     first of all: the build that this worker is of (web/release.mjs)
//                 ArrayBuffer                 a message (src/session/message.hpp)
//                 {progress: {bytes, total}}  while loading, at the start and again when all ten
//                                             digits are fetched; total is 0 until something arrives
//                 {alive: true}               in a long piece of work that sends no messages
//                 {failed: sentence}          the engine is gone; only a new worker helps
//
// A worker that the page names `cached` reuses the files that another worker has fetched, as far as
// the browser has them in its cache.
//
// After a failure the state of the worker is undefined: discard it.

import { Downloads, Failure, forget, inflate, keep, sizeOf } from './data-files.js';
import { buildOf, hasSimd } from './program.js';
import { build } from './release.js';

const kBuild = '@BUILD@';
const kUsesCache = self.name === 'cached';
const kCacheMode = kUsesCache ? 'force-cache' : 'default';
const kSliceMs = 6;
// The browser rounds up shorter waits than this, so the engine asks again at once instead.
const kShortestTimerMs = 4;
const filesIn = (folder) => ['train-images.idx3', 'train-labels.idx1', 'valid-images.idx3', 'valid-labels.idx1']
  .map((name) => `${folder}/${name}-ubyte.gz`);
const kFiles = filesIn('data');
const kDigits = filesIn('data/digits');  // all ten

function fail(error) {
  const what = String(error?.message ?? error).replace(/ Build with .*/, '');  // advice for the developers
  const sentence = error instanceof Failure ? error.message : `[engine] it stopped: ${what}`;
  postMessage({ failed: sentence });
  close();
}

// ---- loading ---------------------------------------------------------------------------------------------------

const report = (progress) => postMessage({ progress });

async function instantiate(downloads) {
  if (!hasSimd()) {
    throw new Failure('[engine] this browser has no WebAssembly SIMD: it needs Chrome 91, Firefox 89, Safari 16.4 or newer');
  }
  const program = downloads.program('engine.wasm');
  program.catch(() => {});  // awaited below; the import may fail first
  let glue;
  try {
    glue = await import('./engine.js');
  } catch {
    throw new Failure('[engine] engine.js could not be loaded');
  }
  const compiled = await program;
  if ([build, glue.build, buildOf(compiled)].some((other) => other !== kBuild)) {
    throw new Failure('[engine] its files are of different versions of Downhill: please reload the page');
  }
  return glue.default({
    alive,
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled)).catch(fail);
      return {};
    },
  });
}

// ---- running ---------------------------------------------------------------------------------------------------

const kAliveMs = 500;
let aliveAt = 0;

function alive() {
  const now = performance.now();
  if (now - aliveAt < kAliveMs) return;
  aliveAt = now;
  postMessage({ alive: true });
}

let module = null;   // once the program is loaded
const early = [];    // commands received before that
const next = new MessageChannel();  // not setTimeout(0): browsers clamp a chain of those to 4 ms
let nextIsQueued = false;
let timer = 0;

function sendMessages() {
  while (module._downhill_next_message()) send();
}

function send() {
  // Look up the heap each time: a view is detached when memory grows.
  const from = module._downhill_outbox();
  const bytes = module.HEAPU8.slice(from, from + module._downhill_outbox_size()).buffer;
  postMessage(bytes, [bytes]);
}

// Copies bytes into the inbox of the module.
function fillInbox(bytes) {
  const at = module._downhill_inbox(bytes.length);
  module.HEAPU8.set(bytes, at);
}

function receive(buffer) {
  fillInbox(new Uint8Array(buffer));
  module._downhill_receive();
  sendMessages();
}

function workSoon() {
  clearTimeout(timer);
  if (nextIsQueued) return;
  nextIsQueued = true;
  next.port2.postMessage(null);
}

function work() {
  const wait = module._downhill_work(kSliceMs);
  sendMessages();
  if (wait < kShortestTimerMs) {
    workSoon();
  } else if (wait !== Infinity) {
    timer = setTimeout(workSoon, wait);
  }
}

// Passes file `number` to the module, piece by piece.
function passFile(number, pieces) {
  module._downhill_file(number, sizeOf(pieces));
  for (const piece of pieces) {
    fillInbox(piece);
    module._downhill_file_goes_on(number);
  }
}

// A trap in the module arrives here as an exception.
function guarded(act) {
  try {
    act();
  } catch (error) {
    module = null;
    fail(error);
  }
}

next.port1.onmessage = () => {
  nextIsQueued = false;
  if (module) guarded(work);
};

onmessage = ({ data }) => {
  if (!module) {
    early.push(data);
    return;
  }
  guarded(() => {
    receive(data);
    loadWantedDigits();
    workSoon();
  });
};

// ---- all ten digits, when an experiment needs them --------------------------------------------------------------

let loadingDigits = false;

// Training continues meanwhile; another request for the digits waits for the same files.
function loadWantedDigits() {
  if (loadingDigits || !module._downhill_wants_digits()) return;
  loadingDigits = true;
  report({ bytes: 0, total: 0 });
  loadDigits().catch((error) => {
    if (!module) return;
    module = null;
    fail(error);
  }).finally(() => {
    loadingDigits = false;
    if (module) guarded(loadWantedDigits);  // they may have been requested again after a failure
  });
}

async function loadDigits() {
  let packed = null, sentence = '';
  try {
    packed = await fetchDigits();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    sentence = error.message;
  }
  if (!module) return;
  let useful = false;
  guarded(() => {
    if (packed) {
      useful = module._downhill_load_digits();
    } else {
      fillInbox(new TextEncoder().encode(sentence));
      module._downhill_digits_failed();
    }
    sendMessages();
    workSoon();
  });
  if (useful && kUsesCache) return;  // the worker that fetched them keeps them
  if (useful) await keep(Object.fromEntries(kDigits.map((name, number) => [name, packed[number]])));
  else await forget(kDigits);
}

// Fetches the four files and passes their content to the module. Returns them packed.
async function fetchDigits() {
  const downloads = new Downloads(report, kCacheMode);
  try {
    const packed = await Promise.all(kDigits.map((name) => downloads.fetchOrFind(name)));
    for (const [number, name] of kDigits.entries()) {
      // One after the other: together they inflate to 55 MB.
      const pieces = await inflate(name, packed[number]);
      if (module) passFile(number, pieces);
    }
    return packed;
  } finally {
    downloads.stop();
  }
}

// ---- from the start --------------------------------------------------------------------------------------------------

async function start() {
  const downloads = new Downloads(report, kCacheMode);
  const files = Promise.all(kFiles.map((name) => downloads.fetch(name).then((pieces) => inflate(name, pieces))));
  files.catch(() => {});  // awaited below; the program may fail first
  module = await instantiate(downloads);
  early.splice(0).forEach(receive);
  (await files).forEach((pieces, number) => passFile(number, pieces));
  if (module._downhill_load()) {
    sendMessages();
    loadWantedDigits();
    workSoon();
  } else {
    send();
    close();
  }
}

postMessage({ build: kBuild });
start().catch(fail);
