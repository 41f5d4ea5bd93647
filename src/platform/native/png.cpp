#include "platform/native/png.hpp"

#include <png.h>

#include <vector>

namespace downhill::platform {

Result<void> write_png(const std::string& path, int width, int height,
                       std::span<const uint8_t> rgba) {
  const size_t count = static_cast<size_t>(width) * static_cast<size_t>(height);
  if (rgba.size() != count * 4) return Error{"[png] the pixels do not fit the size"};
  std::vector<uint8_t> rgb(count * 3);
  for (size_t i = 0; i < count; ++i) {
    for (size_t c = 0; c < 3; ++c) rgb[i * 3 + c] = rgba[i * 4 + c];
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&image, path.c_str(), 0, rgb.data(), 0, nullptr) == 0) {
    return Error{"[png] " + path + " could not be written: " + image.message};
  }
  return {};
}

}  // namespace downhill::platform
