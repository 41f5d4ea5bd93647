#include "ui/theme.hpp"

#include <doctest/doctest.h>

#include "support/color_difference.hpp"

namespace downhill::ui {
namespace {

using test::contrast;

}  // namespace

TEST_CASE("Every tone of text is readable on the paper and its shades, in both themes") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab paper = tone_color(mode, Tone::paper);
    for (const Tone tone :
         {Tone::faint, Tone::soft, Tone::ink, Tone::three_text, Tone::seven_text, Tone::rate}) {
      CHECK_MESSAGE(contrast(tone_color(mode, tone), paper) >= 4.5, static_cast<int>(tone));
    }
    for (const Tone tone : {Tone::soft, Tone::ink}) {
      CHECK_MESSAGE(contrast(tone_color(mode, tone), tone_color(mode, Tone::surface_deep)) >= 4.5,
                    static_cast<int>(tone));
    }
    CHECK(contrast(tone_color(mode, Tone::paper), tone_color(mode, Tone::ink)) >= 10);
  }
}

TEST_CASE("Three, seven and the learning rate are far apart for the eye") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab three = tone_color(mode, Tone::three), seven = tone_color(mode, Tone::seven),
                   lr = tone_color(mode, Tone::rate);
    CHECK(gfx::distance(three, seven) > 0.2f);
    CHECK(gfx::distance(three, lr) > 0.15f);
    CHECK(gfx::distance(seven, lr) > 0.15f);
  }
}

TEST_CASE("CIEDE2000 gives the published differences") {
  // Pairs 1, 7, 17 and 25 of Sharma's table.
  const auto near = [](double difference, double published) {
    CHECK(difference == doctest::Approx(published).epsilon(1e-4));
  };
  near(test::ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}), 2.0425);
  near(test::ciede2000({50, 0, 0}, {50, -1, 2}), 2.3669);
  near(test::ciede2000({50, 2.5, 0}, {73, 25, -18}), 27.1492);
  near(test::ciede2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}), 1.2644);
}

TEST_CASE(
    "Nine rates of a race differ for normal and red-green deficient sight, and are in order") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    const gfx::Lab paper = tone_color(mode, Tone::paper);
    for (int i = 0; i < 9; ++i) {
      const gfx::Lab color = among_rates_color(mode, static_cast<float>(i) / 8);
      CHECK(contrast(color, paper) >= 3);
      for (int before = 0; before < i; ++before) {
        const gfx::Lab other = among_rates_color(mode, static_cast<float>(before) / 8);
        CHECK(contrast(color, paper) > 1.05 * contrast(other, paper));
        for (size_t eye = 0; eye < 3; ++eye) {  // 2.3 is just noticeable
          CHECK_MESSAGE(test::ciede2000(test::cielab(test::kEyes[eye], color),
                                        test::cielab(test::kEyes[eye], other)) > 7,
                        "rates ", before, " and ", i, ", eye ", eye);
        }
      }
      for (const Tone tone : {Tone::three, Tone::seven})
        CHECK(gfx::distance(color, tone_color(mode, tone)) > 0.09f);
    }
  }
}

TEST_CASE("The six rates of a usual race are told apart at once") {
  for (const gfx::Theme mode : {gfx::Theme::light, gfx::Theme::dark}) {
    for (int i = 1; i < 6; ++i) {
      const gfx::Lab color = among_rates_color(mode, static_cast<float>(i) / 5);
      const gfx::Lab before = among_rates_color(mode, static_cast<float>(i - 1) / 5);
      for (size_t eye = 0; eye < 3; ++eye) {
        const double apart = test::ciede2000(test::cielab(test::kEyes[eye], color),
                                             test::cielab(test::kEyes[eye], before));
        CHECK(apart > (eye == 0 ? 13 : 7));
      }
    }
  }
}

}  // namespace downhill::ui
