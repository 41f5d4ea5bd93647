#include "platform/engine_host.hpp"

#include "platform/native/data_files.hpp"
#include "platform/native/engine_thread.hpp"
#include "session/session.hpp"

namespace downhill::platform {

std::unique_ptr<EngineHost> start_engine(const std::string& from) {
  return std::make_unique<EngineThread<Session, DataBytes>>(
      [from] { return read_data_files(from); }, [from] { return read_digit_files(from); });
}

}  // namespace downhill::platform
