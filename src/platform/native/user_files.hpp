// Files that the user of the desktop app saves and opens. Knows nothing of what is in them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "platform/window.hpp"

namespace downhill::platform {

// Returns a sentence that says where it is now. A file of the same name is replaced.
Result<std::string> write_user_file(const std::string& folder, const std::string& name,
                                    std::span<const uint8_t> bytes);

// Refused: folders, what cannot be read, and more than kMaxOpenedBytes.
OpenedFile read_user_file(const std::string& path);

}  // namespace downhill::platform
