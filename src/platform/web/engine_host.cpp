// An engine in a Web Worker (web/site/engine-worker.js). The JavaScript below holds the worker and
// the messages it has sent; each is copied once, into the vector that is passed to poll().
#include "platform/engine_host.hpp"

#include <emscripten/em_js.h>
#include <emscripten/emscripten.h>

#include <utility>

EM_JS_DEPS(downhill_engine, "$UTF8ToString,$stringToUTF8,$lengthBytesUTF8");

// clang-format off

// Starts the worker and returns its number. The boot script may already have started one, so that
// program and data load while this module does: it is passed to the module as `earlyEngine`,
// {worker, messages}. `engines` of the module (web/site/engines.js) starts workers and knows whether
// one is of the build of this page.
EM_JS(int, downhill_engine_open, (void* host, const char* address, const char* name), {
  const opened = Module['downhillEngines'] || (Module['downhillEngines'] = []);
  const engine = { worker: null, inbox: [], host: host };
  const early = Module['earlyEngine'];
  Module['earlyEngine'] = null;
  const engines = Module['engines'];
  const worker = early ? early.worker : engines.start(UTF8ToString(address), UTF8ToString(name));
  engine.worker = worker;
  const fail = (sentence) => {
    if (!engine.worker) return;
    worker.terminate();
    engines.failed(sentence);
    const size = lengthBytesUTF8(sentence) + 1;
    const text = Module['_malloc'](size);
    stringToUTF8(sentence, text, size);
    Module['_downhill_engine_failed'](engine.host, text);
    Module['_free'](text);
  };
  const take = (data) => {
    if (!engine.worker) return;
    if (data instanceof ArrayBuffer) {
      engine.inbox.push(new Uint8Array(data));
      Module['_downhill_engine_arrived'](engine.host);
    } else if (data.progress) {
      Module['_downhill_engine_progress'](engine.host, data.progress.bytes, data.progress.total);
    } else if (data.alive) {
      Module['_downhill_engine_alive'](engine.host);
    } else if (data.build) {
      const other = engines.refuse(data.build);
      if (other) fail(other);
    } else if (data.failed) {
      fail(data.failed);
    }
  };
  worker.onmessage = (event) => take(event.data);
  worker.onmessageerror = () => fail('[engine] a message from the engine could not be read');
  worker.onerror = (event) => {
    event.preventDefault();
    fail('[engine] it could not be started' + (event.message ? ': ' + event.message : ""));
  };
  if (early) early.messages.forEach(take);
  return opened.push(engine) - 1;
});

EM_JS(void, downhill_engine_close, (int number), {
  const engine = Module['downhillEngines'][number];
  engine.worker.terminate();
  engine.worker = null;
  engine.inbox = [];
});

EM_JS(void, downhill_engine_send, (int number, const uint8_t* bytes, size_t size), {
  const copy = HEAPU8.slice(bytes, bytes + size).buffer;
  Module['downhillEngines'][number].worker.postMessage(copy, [copy]);
});

EM_JS(int, downhill_processors, (), { return Math.max(1, navigator.hardwareConcurrency || 1); });

// The size of the oldest queued message, or -1.
EM_JS(int, downhill_engine_peek, (int number), {
  const oldest = Module['downhillEngines'][number].inbox[0];
  return oldest ? oldest.length : -1;
});

EM_JS(void, downhill_engine_take, (int number, uint8_t* bytes), {
  HEAPU8.set(Module['downhillEngines'][number].inbox.shift(), bytes);
});

// clang-format on

namespace downhill::platform {
namespace {

class WorkerHost final : public EngineHost {
 public:
  WorkerHost(std::string address, Files files)
      : address_(std::move(address)), name_(files == Files::cached ? "cached" : "") {
    open();
  }
  ~WorkerHost() override { downhill_engine_close(number_); }
  WorkerHost(const WorkerHost&) = delete;
  WorkerHost& operator=(const WorkerHost&) = delete;

  void send(const std::vector<uint8_t>& message) override {
    downhill_engine_send(number_, message.data(), message.size());
  }

  bool poll(std::vector<uint8_t>& message) override {
    const int size = downhill_engine_peek(number_);
    if (size < 0) return false;
    message.resize(static_cast<size_t>(size));
    downhill_engine_take(number_, message.data());
    return true;
  }

  std::string failure() const override { return failure_; }
  uint64_t signs_of_life() const override { return signs_; }
  void give_sign() { ++signs_; }
  LoadProgress progress() const override { return progress_; }
  void on_news(std::function<void()> arrived) override { arrived_ = std::move(arrived); }

  void restart() override {
    downhill_engine_close(number_);
    failure_.clear();
    progress_ = {};
    open();
  }

  void fail(const char* sentence) {
    failure_ = sentence;
    news();
  }
  void set_progress(LoadProgress progress) {
    progress_ = progress;
    news();
  }
  void news() {
    const std::function<void()> arrived = arrived_;  // a copy: it may destroy this engine
    if (arrived) arrived();
  }

 private:
  void open() { number_ = downhill_engine_open(this, address_.c_str(), name_); }

  const std::string address_;
  const char* const name_;  // name of the worker, which reads it
  std::string failure_;
  uint64_t signs_ = 0;
  LoadProgress progress_;
  std::function<void()> arrived_;
  int number_ = -1;
};

}  // namespace

std::unique_ptr<EngineHost> start_engine(const std::string& from, Files files) {
  return std::make_unique<WorkerHost>(from, files);
}

uint32_t processor_count() { return static_cast<uint32_t>(downhill_processors()); }

}  // namespace downhill::platform

// Called by the JavaScript above.
extern "C" {

EMSCRIPTEN_KEEPALIVE void downhill_engine_arrived(void* host) {
  static_cast<downhill::platform::WorkerHost*>(host)->news();
}

EMSCRIPTEN_KEEPALIVE void downhill_engine_alive(void* host) {
  static_cast<downhill::platform::WorkerHost*>(host)->give_sign();
}

EMSCRIPTEN_KEEPALIVE void downhill_engine_failed(void* host, const char* sentence) {
  static_cast<downhill::platform::WorkerHost*>(host)->fail(sentence);
}

EMSCRIPTEN_KEEPALIVE void downhill_engine_progress(void* host, double bytes, double total) {
  static_cast<downhill::platform::WorkerHost*>(host)->set_progress(
      {static_cast<uint64_t>(bytes), static_cast<uint64_t>(total)});
}

}  // extern "C"
