#include "ui/panels/notice.hpp"

#include <algorithm>

#include "ui/glyphs.hpp"

namespace downhill::ui {

void Notice::draw(std::string_view text, uint64_t number, Canvas& canvas, float above) {
  if (text != text_ || number != number_) {
    number_ = number;
    text_ = text;
    since_ = canvas.time();
  }
  const double reading = 2.5 + 0.06 * static_cast<double>(text_.size());
  shown_ = !text_.empty() && canvas.time() - since_ <= reading;
  if (!shown_) return;
  const std::string words = drawable(*canvas.theme().font(Type::body), text_);
  constexpr float kPad = 16, kWidest = 480;
  const Rect page = canvas.page();
  const float w =
      std::min({canvas.width(Type::body, words) + 1, kWidest, page.width() - 32 - 2 * kPad});
  const float h = canvas.paragraph_height(w, Type::body, words);
  const Vec size{w + 2 * kPad, h + 20};
  const Rect box = Rect::at(canvas.snap(page.center().x - size.x / 2),
                            canvas.snap(page.y1 - above - 16 - size.y), size.x, size.y);
  canvas.begin_card_at(box);
  canvas.paragraph({box.x0 + kPad, box.y0 + 10, box.x1 - kPad + 1, box.y1}, Type::body, Tone::ink,
                   words);
  canvas.end_card();
}

}  // namespace downhill::ui
