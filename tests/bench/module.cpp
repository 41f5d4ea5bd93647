// The benchmark's engine as a WebAssembly module for site/bench/engine.js. Wiring only.
#include <emscripten/emscripten.h>

#include "commands.hpp"

namespace {

downhill::bench::Bench& bench() {
  static downhill::bench::Bench the_bench;
  return the_bench;
}

}  // namespace

extern "C" {

// Memory for inflated file number 0…7.
EMSCRIPTEN_KEEPALIVE uint8_t* bench_file(int number, size_t size) {
  bench().file(number).resize(size);
  return bench().file(number).data();
}

// Valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* bench_answer(const char* line) {
  static std::string answer;
  answer = downhill::bench::answer(bench(), line);
  return answer.c_str();
}

}  // extern "C"
