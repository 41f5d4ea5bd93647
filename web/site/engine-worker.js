// The engine's worker: fetches the program and the data at once, hands them to the WebAssembly module, then trains
// in short slices and answers messages between them. The page never waits for it and it never waits for the page.
//
// From the page:  ArrayBuffer                    a command (src/session/command.hpp)
// To the page:    ArrayBuffer                    a message (src/session/message.hpp)
//                 {progress: {bytes, total}}     while loading, at the start and again when all ten digits are
//                                                fetched; total is 0 while it is not known
//                 {failed: sentence}             the engine is gone; only a new worker helps
//
// A worker that the page has named `kept` takes the files as another one has fetched them, where the browser has them.
//
// After a failure the state of the worker is undefined: discard it.

import { Downloads, Failure, forget, inflate, keep, sizeOf } from './data-files.js';
import { hasSimd } from './program.js';

const kIsKept = self.name === 'kept';
const kAsFetched = kIsKept ? 'force-cache' : 'default';
const kSliceMs = 6;
// Shorter waits than this are rounded up by the browser, so the engine asks again at once instead.
const kShortestTimerMs = 4;
const filesIn = (folder) => ['train-images.idx3', 'train-labels.idx1', 'valid-images.idx3', 'valid-labels.idx1']
  .map((name) => `${folder}/${name}-ubyte.gz`);
const kFiles = filesIn('data');
const kDigits = filesIn('data/digits');  // all ten

function fail(error) {
  const what = String(error?.message ?? error).replace(/ Build with .*/, '');  // advice for its makers
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
  return glue.default({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled)).catch(fail);
      return {};
    },
  });
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

// Into the inbox.
function place(bytes) {
  const at = module._downhill_inbox(bytes.length);
  module.HEAPU8.set(bytes, at);
}

function receive(buffer) {
  place(new Uint8Array(buffer));
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

// Into the place of file `number` in the module.
function placeFile(number, pieces) {
  module._downhill_file(number, sizeOf(pieces));
  for (const piece of pieces) {
    place(piece);
    module._downhill_file_goes_on(number);
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
    lookForDigits();
    workSoon();
  });
};

// ---- all ten digits, when somebody has chosen them --------------------------------------------------------------

let digitsAreComing = false;

// Meanwhile training goes on, and who chooses them once more waits for the same files.
function lookForDigits() {
  if (digitsAreComing || !module._downhill_wants_digits()) return;
  digitsAreComing = true;
  report({ bytes: 0, total: 0 });
  bringDigits().catch((error) => {
    if (!module) return;
    module = null;
    fail(error);
  }).finally(() => {
    digitsAreComing = false;
    if (module) guarded(lookForDigits);  // somebody may have chosen them again after a failure
  });
}

async function bringDigits() {
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
      place(new TextEncoder().encode(sentence));
      module._downhill_digits_failed();
    }
    handOut();
    workSoon();
  });
  if (useful && kIsKept) return;  // by the one that fetched them: no need to write them once more
  if (useful) await keep(Object.fromEntries(kDigits.map((name, number) => [name, packed[number]])));
  else await forget(kDigits);
}

// The four packed files, when their content is in the module.
async function fetchDigits() {
  const downloads = new Downloads(report, kAsFetched);
  try {
    const packed = await Promise.all(kDigits.map((name) => downloads.fetchOrFind(name)));
    for (const [number, name] of kDigits.entries()) {
      const pieces = await inflate(name, packed[number]);  // one after the other: 55 MB are enough in one place
      if (module) placeFile(number, pieces);
    }
    return packed;
  } finally {
    downloads.stop();
  }
}

// ---- from the start --------------------------------------------------------------------------------------------------

async function start() {
  const downloads = new Downloads(report, kAsFetched);
  const files = Promise.all(kFiles.map((name) => downloads.fetch(name).then((pieces) => inflate(name, pieces))));
  files.catch(() => {});  // awaited below; the program may fail first
  module = await instantiate(downloads);
  early.splice(0).forEach(receive);
  (await files).forEach((pieces, number) => placeFile(number, pieces));
  if (module._downhill_load()) {
    handOut();
    lookForDigits();
    workSoon();
  } else {
    send();
    close();
  }
}

start().catch(fail);
