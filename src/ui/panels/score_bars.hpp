// The model's scores for one image, a bar for each digit. Knows no training.
#pragma once

#include <span>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"

namespace downhill::ui {

// `scores`: one per digit of `digits`, or a single one, which is that of the first of two. The
// answer is drawn strong; the digit that the image shows is underlined. The number is over every bar
// where there is room, else over that of the answer.
void draw_score_bars(Canvas& canvas, const Rect& rect, std::string_view digits,
                     std::span<const float> scores, uint8_t truth, uint8_t answer);

}  // namespace downhill::ui
