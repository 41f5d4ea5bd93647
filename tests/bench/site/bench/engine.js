// An engine of the benchmark as a WebAssembly module, in a browser's worker and under Node alike: a line of text in,
// an answer out (tests/bench/commands.hpp).

import makeModule from './module.js';

const kNames = ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte', 'valid-images.idx3-ubyte',
  'valid-labels.idx1-ubyte'];

// `program` is module.wasm. `read(name)` gives the bytes of a file, inflated: 'train-images.idx3-ubyte', and
// 'digits/…' for all ten digits.
export async function makeEngine(program, read) {
  const module = await makeModule({ wasmBinary: program });
  for (const [number, name] of [...kNames, ...kNames.map((name) => `digits/${name}`)].entries()) {
    const bytes = await read(name);
    const at = module._bench_file(number, bytes.length);
    module.HEAPU8.set(bytes, at);
  }
  return (line) => JSON.parse(module.ccall('bench_answer', 'string', ['string'], [line]));
}
