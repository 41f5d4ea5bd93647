// What the WebAssembly programs of page and engine share: the test for SIMD, which both need, compiling a
// program while it arrives, where it is, and which build it is of.
import { files } from './release.js';

const kProgram = 'application/wasm';
const kSection = 'downhill.build';  // keep equal to kSection in web/release.mjs

// Validates a module with one function that makes a vector.
export function hasSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,              // \0asm, version 1
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,                    // type: () -> v128
    0x03, 0x02, 0x01, 0x00,                                      // one function of that type
    0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b,  // i32x4.splat(0)
  ]));
}

// The address of a file of the site by its name, as in release.js or beside this file.
export const addressOf = (name) => new URL(files[name]?.at ?? name, import.meta.url).href;

// The build that web/release.mjs has written into a program; undefined: none.
export function buildOf(compiled) {
  const [section] = WebAssembly.Module.customSections(compiled, kSection);
  return section && new TextDecoder().decode(section);
}

// Compiles a response; calls onPiece(count) for each piece of that many bytes. The clone is counted and the response itself
// is compiled, because a browser keeps compiled code only for a response as it came. A host that does not know programs
// gives them another type.
export function compile(response, onPiece) {
  count(response.clone().body.getReader(), onPiece).catch(() => {});  // compiling fails, too, and says so
  const isProgram = response.headers.get('Content-Type')?.startsWith(kProgram);
  return WebAssembly.compileStreaming(isProgram ? response : new Response(response.body, { headers: { 'Content-Type': kProgram } }));
}

async function count(reader, onPiece) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onPiece(value.length);
  }
}
