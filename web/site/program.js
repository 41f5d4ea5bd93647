// What the WebAssembly programs of page and engine share: the test for SIMD, which both need, and
// compiling a program while it arrives.

// Validates a module with one function that makes a vector.
export function hasSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,              // \0asm, version 1
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,                    // type: () -> v128
    0x03, 0x02, 0x01, 0x00,                                      // one function of that type
    0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b,  // i32x4.splat(0)
  ]));
}

// The number of bytes that will arrive; 0 if unknown: a server that compresses a response announces
// the compressed size, but the bytes arrive uncompressed.
export const announced = ({ headers }) =>
  (headers.get('content-encoding') ? 0 : Number(headers.get('content-length')));

// Compiles a response; calls onPiece(count) for each piece of that many bytes.
export function compile(response, onPiece) {
  const pieces = response.body.pipeThrough(new TransformStream({
    transform(piece, controller) {
      onPiece(piece.length);
      controller.enqueue(piece);
    },
  }));
  return WebAssembly.compileStreaming(new Response(pieces, { headers: { 'Content-Type': 'application/wasm' } }));
}
