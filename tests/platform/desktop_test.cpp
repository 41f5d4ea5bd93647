// The desktop app as a user starts it, on a screen of Xvfb: it opens its window, trains on the real
// data at real clicks, and draws.
#include <doctest/doctest.h>
#include <png.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "test_paths.hpp"

namespace {

struct Picture {
  uint32_t width = 0, height = 0;
  std::vector<uint8_t> rgb;

  double brightness() const {
    double sum = 0;
    for (uint8_t value : rgb) sum += value;
    return sum / static_cast<double>(rgb.size());
  }
  size_t colours() const {
    std::set<uint32_t> all;
    for (size_t i = 0; i + 2 < rgb.size(); i += 3) {
      all.insert(static_cast<uint32_t>(rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2]));
    }
    return all.size();
  }
  // The share of pixels in which red exceeds blue, or blue red, by 40.
  double share(size_t high, size_t low) const {
    size_t count = 0;
    for (size_t i = 0; i + 2 < rgb.size(); i += 3) count += rgb[i + high] > rgb[i + low] + 40;
    return 3 * static_cast<double>(count) / static_cast<double>(rgb.size());
  }
};

Picture read_png(const std::string& path) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  REQUIRE_MESSAGE(png_image_begin_read_from_file(&image, path.c_str()) != 0, path);
  image.format = PNG_FORMAT_RGB;
  Picture picture{image.width, image.height, std::vector<uint8_t>(PNG_IMAGE_SIZE(image))};
  REQUIRE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr) != 0);
  return picture;
}

Picture draw(const std::string& name, const std::string& options) {
  const std::string file =
      (std::filesystem::temp_directory_path() / ("downhill-" + name + ".png")).string();
  std::filesystem::remove(file);
  const std::string command = "xvfb-run -a -s '-screen 0 2600x1700x24' '" DOWNHILL_DESKTOP
                              "' --screenshot '" +
                              file + "' " + options;
  REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command);
  Picture picture = read_png(file);
  std::filesystem::remove(file);
  return picture;
}

}  // namespace

TEST_SUITE("desktop") {
  TEST_CASE("the app trains at a click and draws digits, weights and gradient in blue and orange") {
    const Picture picture =
        draw("light",
             "--size 1280x800 --scale 1 --theme light --link 'model=linear&lr=1' "
             "--do 'click step-batch; step?unit=batch&count=5; click step:gradient'");
    CHECK(picture.width == 1280);
    CHECK(picture.height == 800);
    CHECK(picture.brightness() > 200);
    CHECK(picture.colours() > 200);
    CHECK(picture.share(2, 0) > 0.002);
    CHECK(picture.share(0, 2) > 0.002);
  }

  TEST_CASE("the dark theme at ratio 2 has four times the pixels and a dark paper") {
    const Picture picture =
        draw("dark", "--size 1280x800 --scale 2 --theme dark --do 'step?unit=epoch'");
    CHECK(picture.width == 2560);
    CHECK(picture.height == 1600);
    CHECK(picture.brightness() < 80);
    CHECK(picture.colours() > 200);
  }

  TEST_CASE("a race runs its lanes in threads of their own, and its lines are drawn") {
    const std::string page = "--size 1280x800 --scale 1 --theme light --link model=linear --do '";
    const Picture race = draw("race", page + "race?rates=0.01,0.1,1&epochs=1; click race'");
    size_t line = 0;  // of the rate in the middle; nothing else is as dark a green
    for (size_t i = 0; i + 2 < race.rgb.size(); i += 3) {
      const int red = race.rgb[i], green = race.rgb[i + 1], blue = race.rgb[i + 2];
      line += green < 110 && green > red + 40 && green > blue + 30 ? 1 : 0;
    }
    CHECK(line > 300);
    const std::string refused =
        "xvfb-run -a '" DOWNHILL_DESKTOP "' --screenshot /nowhere/x.png --do 'race?rates=0' 2>&1";
    CHECK(std::system(refused.c_str()) != 0);
  }

  TEST_CASE(
      "an experiment that is not understood ends the script with the sentence, not with a "
      "picture") {
    const std::string command =
        "xvfb-run -a '" DOWNHILL_DESKTOP "' --screenshot /nowhere/x.png --do 'set?lr=fast' 2>&1";
    CHECK(std::system(command.c_str()) != 0);
  }
}
