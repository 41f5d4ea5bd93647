// The three kinds of engine: a native process, wasm in a process of Node, wasm in a Web Worker of Chromium. Each kind
// is {config, version, asks(count), close()}; asks(count) returns `count` engines and starts missing ones.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// One line in, one line out.
function startProcess(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  let ended = null;  // or the reason
  const end = (what) => {
    ended ??= { error: `${command}: ${what}` };
    waiting.splice(0).forEach((resolve) => resolve(ended));
  };
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(`it ended (${signal ?? code})`));
  child.stdin.on('error', () => {});  // from a process that has ended, which end() handles
  const ask = (line) => new Promise((resolve) => {
    if (ended) return resolve(ended);
    waiting.push(resolve);
    return child.stdin.write(`${line}\n`);
  });
  return { ask, close: () => child.stdin.end() };
}

function processes(config, version, command, args) {
  const running = [];
  return {
    config, version,
    asks: async (count) => {
      while (running.length < count) running.push(startProcess(command, args));
      return running.slice(0, count).map(({ ask }) => ask);
    },
    close: async () => running.forEach(({ close }) => close()),
  };
}

const firstLine = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  .toString().split('\n')[0];

export function nativeEngines({ program, data }) {
  return processes('native', firstLine('c++', ['--version']), program, [data]);
}

export function nodeEngines({ site }) {
  return processes('wasm Node', `Node ${process.version}, V8 ${process.versions.v8}`, process.execPath,
    [here('node.mjs'), site]);
}

export async function chromiumEngines({ site }) {
  process.env.DOWNHILL_SITE = site;
  const { launchBrowser, serveSite } = await import('../web/support.mjs');
  const server = await serveSite();
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(`${server.url}bench.html?driven`);
  const askWorker = (number) => (line) => page.evaluate(([number, line]) => window.ask(number, line), [number, line]);
  return {
    config: 'wasm Chromium', version: `Chromium ${browser.version()}`,
    asks: async (count) => Array.from({ length: count }, (_, number) => askWorker(number)),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
