#include "session/tools.hpp"

namespace downhill {

std::unique_ptr<Tool> make_tool(CommandKind, Trainer&) { return nullptr; }

}  // namespace downhill
