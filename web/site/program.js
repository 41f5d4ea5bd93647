// Whether this browser has WebAssembly SIMD, which both the page and the engine need.

// Asks with a module of one function that makes a vector.
export function hasSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,              // \0asm, version 1
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,                    // type: () -> v128
    0x03, 0x02, 0x01, 0x00,                                      // one function of that type
    0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b,  // i32x4.splat(0)
  ]));
}
