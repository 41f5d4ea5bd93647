// Where an engine runs, without ever blocking the page: in the browser in a Web Worker with its own
// WebAssembly module, on the desktop in a thread. Both exchange the same messages. Knows no widgets
// and no training.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "session/engine_link.hpp"

namespace downhill::platform {

struct LoadProgress {
  uint64_t bytes = 0;  // of program and data received so far
  uint64_t total = 0;  // 0: unknown
};

class EngineHost : public EngineLink {
 public:
  virtual LoadProgress progress() const = 0;
  // Calls `arrived` whenever poll(), failure() or progress() has news, even while the tab is
  // hidden: on the page's thread in the browser, on the engine's thread on the desktop. It must not
  // be replaced later. In the browser it may destroy the engine.
  virtual void on_news(std::function<void()> arrived) = 0;
};

// Starts an engine, which loads the data by itself; messages sent before the data arrive are
// queued. If the data cannot be read, the engine sends a `Failed` message and stops; restart()
// tries again. `from` is, on the desktop, the folder of the four gzipped IDX files; in the browser,
// the address of the worker's script relative to the page. `files` applies to the browser only:
// fetch the files again, or reuse what another engine of this page has fetched, as far as the
// browser has it in its cache.
enum class Files { fresh, cached };
std::unique_ptr<EngineHost> start_engine(const std::string& from, Files files = Files::fresh);

// The number of threads that can run at the same time; at least 1.
uint32_t processor_count();

}  // namespace downhill::platform
