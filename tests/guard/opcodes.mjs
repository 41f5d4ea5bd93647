// Checks the instructions of the engine's WebAssembly. It must use SIMD (a build without -msimd128 would be correct and
// four times slower), and nothing whose bits differ between machines: no relaxed SIMD, which includes fused multiply-add.
// No function may be so large that a browser, which compiles functions at their first call, stalls on it.
//
//   node opcodes.mjs engine.wasm
//
// Source: WebAssembly core specification, binary format of modules and instructions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

// ---- reading -------------------------------------------------------------------------------------------------------

class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }
  byte() {
    assert.ok(this.at < this.end, `byte ${this.at} is after the end`);
    return this.bytes[this.at++];
  }
  // LEB128 of any length; the value is right for numbers below 2^32, and others are not needed.
  number() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80);
    return value;
  }
  skip(count) {
    this.at += count;
    assert.ok(this.at <= this.end, 'something extends past its end');
  }
  part(size) {
    const from = this.at;
    this.skip(size);
    return new Reader(this.bytes, from, from + size);
  }
  numbers(count) {
    for (; count > 0; --count) this.number();
  }
  // Alignment and offset; bit 6 of the alignment says that a memory index follows.
  memory() {
    if (this.number() & 0x40) this.number();
    this.number();
  }
}

function* sections(bytes) {
  assert.deepEqual([...bytes.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], 'not a WebAssembly module');
  const reader = new Reader(bytes, 8);
  while (reader.at < reader.end) {
    const id = reader.byte();
    yield { id, content: reader.part(reader.number()) };
  }
}

// Skips the operands of an opcode. Numbers in comments are opcodes.
function skipOperands(opcode, reader) {
  if (opcode <= 0x01 || opcode === 0x05 || opcode === 0x0b || opcode === 0x0f) return;  // unreachable nop else end return
  if (opcode <= 0x04) return reader.numbers(1);  // block loop if: a type
  if (opcode <= 0x0d || opcode === 0x10 || opcode === 0x12) return reader.numbers(1);  // br br_if call return_call
  if (opcode === 0x0e) return reader.numbers(reader.number() + 1);  // br_table
  if (opcode === 0x11 || opcode === 0x13) return reader.numbers(2);  // call_indirect return_call_indirect
  if (opcode === 0x1a || opcode === 0x1b) return;  // drop select
  if (opcode === 0x1c) return reader.numbers(reader.number());  // select with types
  if (opcode >= 0x20 && opcode <= 0x26) return reader.numbers(1);  // locals, globals, tables
  if (opcode >= 0x28 && opcode <= 0x3e) return reader.memory();  // loads and stores
  if (opcode >= 0x3f && opcode <= 0x42) return reader.numbers(1);  // memory.size memory.grow i32.const i64.const
  if (opcode === 0x43) return reader.skip(4);  // f32.const
  if (opcode === 0x44) return reader.skip(8);  // f64.const
  if (opcode >= 0x45 && opcode <= 0xc4) return;  // comparisons, arithmetic, conversions, sign extension
  if (opcode === 0xd0 || opcode === 0xd2) return reader.numbers(1);  // ref.null ref.func
  if (opcode === 0xd1) return;  // ref.is_null
  assert.fail(`opcode 0x${opcode.toString(16)} at byte ${reader.at} is not known here`);
}

// memory.init … table.fill; the saturating conversions, 0…7, have no operands.
const kBulkOperands = { 8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1 };

function skipVectorOperands(opcode, reader) {
  if (opcode <= 11 || opcode === 92 || opcode === 93) return reader.memory();  // loads, v128.store, load…_zero
  if (opcode === 12 || opcode === 13) return reader.skip(16);  // v128.const i8x16.shuffle
  if (opcode >= 21 && opcode <= 34) return reader.skip(1);  // lanes in and out
  if (opcode >= 84 && opcode <= 91) {  // loads and stores of a single lane
    reader.memory();
    reader.skip(1);
  }
}

// Adds the vector opcodes of a function body, {opcode: count}, to `counts`.
function countBody(body, counts) {
  for (let groups = body.number(); groups > 0; --groups) body.numbers(2);  // locals: count and type
  while (body.at < body.end) {
    const opcode = body.byte();
    if (opcode === 0xfd) {
      const vector = body.number();
      skipVectorOperands(vector, body);
      counts.set(vector, (counts.get(vector) ?? 0) + 1);
    } else if (opcode === 0xfc) {
      const bulk = body.number();
      assert.ok(bulk < 18, `opcode 0xfc ${bulk} is not known here`);
      body.numbers(kBulkOperands[bulk] ?? 0);
    } else {
      skipOperands(opcode, body);
    }
  }
  assert.equal(body.bytes[body.end - 1], 0x0b, 'a function does not end with `end`');
}

function countVectors(bytes) {
  const counts = new Map();
  let functions = 0, largest = 0;
  for (const { id, content } of sections(bytes)) {
    if (id !== 10) continue;  // code
    functions = content.number();
    for (let i = 0; i < functions; ++i) {
      const body = content.part(content.number());
      largest = Math.max(largest, body.end - body.at);
      countBody(body, counts);
    }
    assert.equal(content.at, content.end, 'bytes are left behind the last function');
  }
  assert.ok(functions > 0, 'the module has no code');
  return { counts, largest };
}

// ---- judging -------------------------------------------------------------------------------------------------------

// Lower limits: about two thirds of the counts when this was written.
const kExpected = {
  'v128.load': [0, 1100], 'v128.store': [11, 1000], 'f32x4.splat': [19, 80], 'f32x4.add': [228, 750],
  'f32x4.sub': [229, 180], 'f32x4.mul': [230, 740], 'f32x4.div': [231, 60],
};
const kFirstRelaxed = 256;  // i8x16.relaxed_swizzle; f32x4.relaxed_madd is 261

const kLargest = 40000;  // bytes; it was 21,000. One of 103,000 took 45 to 80 ms

const { counts, largest } = countVectors(readFileSync(process.argv[2]));
for (const [name, [opcode, least]] of Object.entries(kExpected)) {
  const count = counts.get(opcode) ?? 0;
  console.log(`${name.padEnd(12)} ${count}`);
  assert.ok(count >= least, `The engine has ${name} ${count} times, and should have it ${least} times or more: was it `
    + 'built without -msimd128, or does a loop use single floats instead of f32x4? If lanes are rightly fewer, lower '
    + 'kExpected in tests/guard/opcodes.mjs.');
}
const relaxed = [...counts.keys()].filter((opcode) => opcode >= kFirstRelaxed);
assert.deepEqual(relaxed, [], 'Relaxed SIMD gives other bits on other machines: remove -mrelaxed-simd and its intrinsics.');
console.log(`largest function ${largest} bytes`);
assert.ok(largest <= kLargest, `A function has ${largest} bytes, and browsers compile up to ${kLargest} quickly: `
  + 'remove the inlining or unrolling that made it so large.');
