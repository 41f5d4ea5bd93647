// A WebAssembly program of the site, the page's or the engine's: whether this browser has the SIMD that both need, and
// compiling one while it arrives.

// Asks with a module of one function that makes a vector.
export function hasSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,              // \0asm, version 1
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,                    // type: () -> v128
    0x03, 0x02, 0x01, 0x00,                                      // one function of that type
    0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b,  // i32x4.splat(0)
  ]));
}

// How many bytes are going to arrive; 0 if nobody knows: a server that packs a file once more announces the packed size,
// but unpacked bytes arrive.
export const announced = ({ headers }) =>
  (headers.get('content-encoding') ? 0 : Number(headers.get('content-length')));

// heard(count) is called for each piece of so many bytes.
export function compile(response, heard) {
  const pieces = response.body.pipeThrough(new TransformStream({
    transform(piece, controller) {
      heard(piece.length);
      controller.enqueue(piece);
    },
  }));
  return WebAssembly.compileStreaming(new Response(pieces, { headers: { 'Content-Type': 'application/wasm' } }));
}
