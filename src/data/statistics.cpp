#include "data/statistics.hpp"

#include <cassert>
#include <cmath>

namespace downhill {

PixelStatistics pixel_statistics(const Dataset& data) {
  assert(data.size() > 0);
  // Below 2^53 for fewer than 10^11 pixels, so doubles hold both sums exactly.
  uint64_t sum = 0, squares = 0;
  for (uint32_t i = 0; i < data.size(); ++i) {
    for (const uint32_t pixel : data.image(i)) {
      sum += pixel;
      squares += pixel * pixel;
    }
  }
  const double n = static_cast<double>(data.size()) * data.pixels_per_image();
  const double mean = static_cast<double>(sum) / n;
  const double variance = static_cast<double>(squares) / n - mean * mean;
  PixelStatistics result;
  result.mean = static_cast<float>(mean / 255.0);
  if (variance > 0) result.deviation = static_cast<float>(std::sqrt(variance) / 255.0);
  return result;
}

RowMap row_statistics(const Dataset& data) {
  assert(data.size() > 0 && data.width() > 0 && data.width() <= RowMap::kMostColumns);
  const auto n = static_cast<double>(data.size());
  RowMap map;
  for (uint32_t column = 0; column < data.width(); ++column) {
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < data.size(); ++i) sum += static_cast<double>(data.row(i)[column]);
    const double mean = sum / n;
    for (uint32_t i = 0; i < data.size(); ++i) {
      const double away = static_cast<double>(data.row(i)[column]) - mean;
      squares += away * away;
    }
    map.mean[column] = static_cast<float>(mean);
    if (squares > 0) map.deviation[column] = static_cast<float>(std::sqrt(squares / n));
  }
  return map;
}

}  // namespace downhill
