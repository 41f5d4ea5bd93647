// The engine as a WebAssembly module: a Session behind a handful of functions for
// web/site/engine-worker.js. Wiring only. Bytes travel through two buffers that JavaScript writes
// and reads in place, the inbox and the outbox; files come piece by piece through the inbox.
#include <emscripten/em_js.h>
#include <emscripten/emscripten.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "session/message.hpp"
#include "session/session.hpp"

namespace {

struct Engine {
  downhill::Session session;
  downhill::DataBytes files;
  std::vector<uint8_t> inbox, outbox;
};

Engine& engine() {
  static Engine the_engine;
  return the_engine;
}

std::vector<uint8_t>& file(int number) {
  downhill::DataBytes& files = engine().files;
  std::vector<uint8_t>* const all[] = {&files.train_images, &files.train_labels,
                                       &files.valid_images, &files.valid_labels};
  return *all[number];
}

// clang-format off
EM_JS(void, engine_progress, (), { Module.alive(); });
// clang-format on

double seconds() { return emscripten_get_now() / 1000; }
uint64_t nanoseconds() { return static_cast<uint64_t>(1e6 * emscripten_get_now()); }

}  // namespace

extern "C" {

// File number 0…3 (train images, train labels, validation images, validation labels), inflated:
// its size first, then its pieces from the inbox.
EMSCRIPTEN_KEEPALIVE void downhill_file(int number, size_t size) {
  file(number).clear();
  file(number).reserve(size);
}
EMSCRIPTEN_KEEPALIVE void downhill_file_goes_on(int number) {
  const std::vector<uint8_t>& piece = engine().inbox;
  file(number).insert(file(number).end(), piece.begin(), piece.end());
}

// Called when all four have come. False: the outbox holds a message that says what is wrong.
EMSCRIPTEN_KEEPALIVE bool downhill_load() {
  const downhill::Result<void> loaded = engine().session.load(std::exchange(engine().files, {}));
  if (!loaded) encode_message(downhill::Failed{loaded.error().message}, engine().outbox);
  return loaded.ok();
}

// Whether a command waits for all ten digits. Then their four files come, and after them
// downhill_load_digits. False: the files are of no use, and the command was answered with why.
EMSCRIPTEN_KEEPALIVE bool downhill_wants_digits() { return engine().session.wants_digits(); }
EMSCRIPTEN_KEEPALIVE bool downhill_load_digits() {
  downhill::Session& session = engine().session;
  const downhill::Result<void> loaded = session.load(std::exchange(engine().files, {}));
  const bool useful = loaded.ok() && !session.wants_digits();
  if (!useful) {
    session.digits_failed(loaded ? "[digits] the files do not hold all ten digits"
                                 : loaded.error().message);
  }
  return useful;
}
// Called instead when the files do not come; the inbox holds a sentence that says why.
EMSCRIPTEN_KEEPALIVE void downhill_digits_failed() {
  engine().files = {};
  const std::vector<uint8_t>& inbox = engine().inbox;
  engine().session.digits_failed(std::string(inbox.begin(), inbox.end()));
}

// Room for a message from the page, a piece of a file or a sentence. After a message has been
// written, downhill_receive takes it.
EMSCRIPTEN_KEEPALIVE uint8_t* downhill_inbox(size_t size) {
  engine().inbox.resize(size);
  return engine().inbox.data();
}
EMSCRIPTEN_KEEPALIVE void downhill_receive() {
  engine().session.receive(engine().inbox.data(), engine().inbox.size());
}

// Trains for `milliseconds`. Returns the milliseconds until there is more to do: 0 at once,
// infinity when only a message brings work.
EMSCRIPTEN_KEEPALIVE double downhill_work(double milliseconds) {
  engine().session.set_op_clock(nanoseconds);
  return engine().session.work(seconds, seconds() + milliseconds / 1000) * 1000;
}

// Moves the oldest message for the page into the outbox.
EMSCRIPTEN_KEEPALIVE bool downhill_next_message() {
  return engine().session.next_message(engine().outbox);
}
EMSCRIPTEN_KEEPALIVE const uint8_t* downhill_outbox() { return engine().outbox.data(); }
EMSCRIPTEN_KEEPALIVE size_t downhill_outbox_size() { return engine().outbox.size(); }

}  // extern "C"

// Everything else waits for the worker's calls.
int main() {
  engine().session.on_progress(engine_progress);
  return 0;
}
