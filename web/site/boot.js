// Starts the worker of the engine (which fetches program and data) and the module of the page at
// the same time. Shows the loading progress in bytes; every failure is a sentence with a way out.
import { Downhill } from './downhill.js';
import { Engines } from './engines.js';
import { Host } from './host.js';
import { Learn } from './learn.js';
import { Leave } from './leave.js';
import { Mirror } from './mirror.js';
import { addressOf, buildOf, compile, hasSimd } from './program.js';
import { build, files } from './release.js';

const kBuild = '@BUILD@';
const element = (id) => document.getElementById(id);

const downhill = new Downhill(document.documentElement.dataset.version ?? '0.1.0');
window.downhill = downhill;

// ---- what this browser can do ------------------------------------------------------------------------------------

// Asks for the context that the page draws with, with the attributes of
// src/platform/web/window.cpp, which then gets this same context. Probing for WebGL 2 on another
// canvas would make the browser start its graphics twice.
function hasWebGl2() {
  return element('canvas').getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false }) !== null;
}

const kNoSimd = 'This browser has no WebAssembly SIMD, which the training needs. Chrome and Edge have it from version '
  + '91, Firefox from 89, Safari from 16.4.';
const kNoWebGl2 = 'This browser offers no WebGL 2, which draws the page. It may be switched off: look for “hardware '
  + 'acceleration” in the browser’s settings, or try Chrome, Edge, Firefox or Safari 15 or newer.';

const kMixed = 'The files of this page are of different versions of Downhill. Please load it again.';

// ---- progress and trouble ------------------------------------------------------------------------------------------

const totalOf = (names) => names.reduce((sum, name) => sum + files[name].bytes, 0);
const isForEngine = (name) => name !== 'page.wasm' && !name.startsWith('data/digits/');

const loaded = {
  page: { bytes: 0, total: totalOf(['page.wasm']) },
  engine: { bytes: 0, total: totalOf(Object.keys(files).filter(isForEngine)) },
};

function showProgress() {
  const bytes = loaded.page.bytes + loaded.engine.bytes;
  const total = loaded.page.total + loaded.engine.total;
  element('progress').max = total;
  element('progress').value = Math.min(bytes, total);
  const megabytes = (count) => (count / 1e6).toFixed(1);
  element('progress-text').textContent = `Loading the program and the digits: ${megabytes(bytes)} of ${megabytes(total)} MB`;
}

function say(sentence) {
  document.body.dataset.state = 'trouble';
  element('loading').hidden = true;
  element('trouble').hidden = false;
  element('trouble-text').textContent = sentence;
  if (window === window.top) element('retry').focus();  // a frame takes no focus from its host
  downhill.fail(sentence);
}

// The words of the field, which the page explains. If they do not arrive, it explains none.
async function fetchWords() {
  const arrived = await fetch(addressOf('course/en/words.md')).then((response) => (response.ok ? response.text() : ''))
    .catch(() => '');
  if (arrived) downhill.useWords(arrived);
}

// src/main/page.cpp calls these.
const shell = {
  failed: say,
  progress(bytes, total) {
    if (total === 0) return;  // the engine has not said anything yet
    loaded.engine = { bytes, total };
    showProgress();
  },
  ready() {
    if (document.body.dataset.state === 'loading') document.body.dataset.state = 'ready';
    (window.requestIdleCallback ?? setTimeout)(fetchWords);  // the first frame does not wait for them
  },
};

// ---- the two modules -------------------------------------------------------------------------------------------------

// Starts the worker before the module can listen, and collects its messages.
function startEngine(engines) {
  const worker = engines.start('engine-worker.js', '');
  const early = { worker, messages: [] };
  worker.onmessage = ({ data }) => {
    early.messages.push(data);
    if (data.progress) {
      loaded.engine = data.progress;
      showProgress();
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    early.messages.push({ failed: `[engine] it could not be started${event.message ? `: ${event.message}` : ''}` });
  };
  return early;
}

// Fetches a program, counts its bytes as they arrive, and compiles it meanwhile.
async function fetchProgram(name) {
  let response;
  try {
    response = await fetch(addressOf(name));
  } catch {
    throw new Error('The program could not be loaded: the connection failed.');
  }
  if (!response.ok) throw new Error(`The program could not be loaded: the server said ${response.status}.`);
  const compiled = compile(response, (count) => {
    loaded.page.bytes += count;
    showProgress();
  });
  return compiled.catch((error) => {
    if (error instanceof WebAssembly.CompileError) throw new Error(`The program could not be started: ${name} is damaged.`);
    throw new Error('The program could not be loaded: the connection broke.');
  });
}

// Starts the module of the page with its program, once that has arrived.
async function startPage(program, host, engines, earlyEngine) {
  const { default: createPage, build: glueBuild } = await import('./page.js')
    .catch(() => { throw new Error('The program could not be loaded: page.js did not arrive.'); });
  const compiled = await program;
  if ([build, glueBuild, buildOf(compiled)].some((other) => other !== kBuild)) throw new Error(kMixed);
  await createPage({
    canvas: element('canvas'),
    host,
    api: downhill,
    engines,
    earlyEngine,
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(compiled, imports)
        .then((instance) => done(instance, compiled))
        .catch((error) => say(`The program could not be started: ${error.message}`));
      return {};
    },
    shell,
    onAbort: (what) => say(`The page has stopped: ${what}. Reload it to start again.`),
  });
}

async function start() {
  if (!hasSimd()) {
    say(kNoSimd);
    return;
  }
  element('loading').hidden = false;
  const engines = new Engines(kBuild);
  const earlyEngine = startEngine(engines);
  const program = fetchProgram('page.wasm');
  program.catch(() => {});  // awaited below; the import may fail first
  const host = new Host(element('canvas'));
  downhill.host = host;
  downhill.course = new Learn(downhill, host);
  const query = new URLSearchParams(location.search);
  const embedded = query.has('embed');
  if (embedded) {
    document.documentElement.dataset.embed = '';  // before the first frame, which offers no course
    import('./embed.js').then(({ Embed }) => new Embed(downhill, host, query), (error) => say(error.message));
  }
  const options = host.options.size > 0 ? import('./options.js') : null;
  host.fit();  // before there is a context, whose buffers each new size would reallocate
  // Asked last, because the browser starts its graphics to answer; everything else loads meanwhile.
  if (!hasWebGl2()) {
    earlyEngine.worker.terminate();
    say(kNoWebGl2);
    return;
  }
  await startPage(program, host, engines, earlyEngine);
  const openAs = async (wanted) => (await (options ?? import('./options.js'))).follow(wanted, downhill, (words) => host.say(words));
  const follow = (wanted) => openAs(wanted).catch(() => {});  // a page that cannot start says so
  if (options) follow(host.options);
  host.onOptions = (wanted) => wanted.size > 0 && follow(wanted);
  host.onShare = () => downhill.share();
  host.onFragment = (fragment) => downhill.openLink(fragment);
  host.fieldAt = (x, y) => downhill.fieldAt(x, y);
  const leave = embedded ? null : new Leave(downhill);  // in a frame, the host's page is left
  if (leave) host.onDownload = () => leave.saved();
  element('open-file').addEventListener('click', () => host.pickFile());
  element('open-share').addEventListener('click', () => host.openShare());
  element('open-course').addEventListener('click', () => host.openCourse());
  host.followCourse();
  downhill.ready.then(() => import('./paper.js')).then(({ watchPrinting }) => watchPrinting(downhill, host), () => {});
  new Mirror(element('mirror'), element('controls'), downhill);
  downhill.ready.then(async () => (await import('./offline.js')).keepOffline(kBuild)).catch(() => {});
}

start().catch((error) => {
  if (error.name !== 'SecurityError') {
    say(error.message);
    return;
  }
  window.downhillCannotStart();  // a frame without an origin may have no workers
  downhill.fail(element('trouble-text').textContent);
});
