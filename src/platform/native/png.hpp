// Writes screenshots of the desktop window as PNG files.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"

namespace downhill::platform {

// `rgba` is [height][width][4], top row first. The alpha channel is dropped, because a window is
// opaque.
Result<void> write_png(const std::string& path, int width, int height,
                       std::span<const uint8_t> rgba);

}  // namespace downhill::platform
