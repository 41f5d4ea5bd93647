// One engine in a Web Worker, as on the page. From the page: a line. To the page: its answer, or {error}.

import { Downloads, inflate } from '../v/@BUILD@/data-files.js';
import { makeEngine } from './engine.js';

const inOne = (pieces) => new Blob(pieces).arrayBuffer();

async function start() {
  const downloads = new Downloads(() => {});
  const program = await (await fetch(new URL('module.wasm', import.meta.url))).arrayBuffer();
  return makeEngine(program, async (name) => {
    const path = `data/${name}.gz`;
    return new Uint8Array(await inOne(await inflate(path, await downloads.fetch(path))));
  });
}

const engine = start();
engine.catch(() => {});  // each message reports the error

onmessage = async ({ data }) => {
  try {
    postMessage((await engine)(data));
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
