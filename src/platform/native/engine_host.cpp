#include "platform/engine_host.hpp"

#include <algorithm>
#include <thread>

#include "platform/native/data_files.hpp"
#include "platform/native/engine_thread.hpp"
#include "session/session.hpp"

namespace downhill::platform {

std::unique_ptr<EngineHost> start_engine(const std::string& from, Files files) {
  (void)files;  // always read from disk

  return std::make_unique<EngineThread<Session, DataBytes>>(
      [from] { return read_data_files(from); }, [from] { return read_digit_files(from); });
}

uint32_t processor_count() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace downhill::platform
