// Where an engine runs: beside the page, never in its way. In the browser that is a Web Worker with
// its own WebAssembly module, on the desktop a thread; both speak the same messages. Knows no
// widgets and no training.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "session/engine_link.hpp"

namespace downhill::platform {

struct LoadProgress {
  uint64_t bytes = 0;  // of program and data that have arrived
  uint64_t total = 0;  // 0: not known
};

class EngineHost : public EngineLink {
 public:
  virtual LoadProgress progress() const = 0;
  // `arrived` is called whenever poll(), failure() or progress() has news, even while the tab is
  // hidden: on the page's own thread in the browser, on the engine's thread on the desktop. It must
  // not be changed later. In the browser it may end the engine.
  virtual void on_news(std::function<void()> arrived) = 0;
};

// Starts an engine that loads the data by itself; what is sent before they are there is kept for
// it. If the data cannot be read, the engine says so in a `Failed` message and rests; restart()
// tries again. `from`: on the desktop the folder of the four gzipped IDX files; in the browser the
// address of the worker's script, relative to the page. `files`: whether in the browser they are
// asked for anew, or taken as an engine of this page has got them, where the browser has kept them.
enum class Files { fresh, kept };
std::unique_ptr<EngineHost> start_engine(const std::string& from, Files files = Files::fresh);

// So many threads can work at the same time; at least 1.
uint32_t processor_count();

}  // namespace downhill::platform
