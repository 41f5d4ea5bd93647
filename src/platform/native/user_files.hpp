// Files that the user of the desktop app saves and opens. Knows nothing of their content.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "platform/window.hpp"

namespace downhill::platform {

// Writes a file, replacing one of the same name. Returns a sentence that says where it is.
Result<std::string> write_user_file(const std::string& folder, const std::string& name,
                                    std::span<const uint8_t> bytes);

// Refused: folders, unreadable files, and files of more than kMaxOpenedBytes.
OpenedFile read_user_file(const std::string& path);

}  // namespace downhill::platform
