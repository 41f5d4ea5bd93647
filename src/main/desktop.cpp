// Downhill as a desktop window: for development, and for pictures of the page.
//
//   downhill [--link FRAGMENT] [--data FOLDER] [--size WxH] [--scale S] [--theme light|dark]
//            [--do SCRIPT] [--screenshot FILE.png] [--out FOLDER]
//
// --link opens the experiment of a link, without its '#'. --data is the folder of the 3s and 7s;
// all ten digits are in its subfolder `digits`, or where CMake was told (DOWNHILL_DIGITS_DIR).
// --size is in dp: a window of 1360x850 at --scale 2 has 2720x1700 pixels. --do runs a script
// (desktop_script.hpp). With --screenshot the app writes the last frame after the script and exits.
// Saved files go to --out; files dropped on the window are opened.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "main/app.hpp"
#include "main/desktop_script.hpp"
#include "platform/native/png.hpp"
#include "platform/native/user_files.hpp"

namespace downhill {
namespace {

// Frames after a script, so that fonts, sizes and the last click take effect.
constexpr int kSettleFrames = 4;
constexpr double kStartSeconds = 30;

struct Options {
  platform::WindowOptions window;
  std::string data = DOWNHILL_DATA_DIR;
  std::string link, screenshot;
  std::vector<ScriptPart> script;
};

Result<Options> parse_options(int count, char** values) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = values[i];
    if (i + 1 == count) return Error{"[downhill] " + name + " needs a value"};
    const std::string value = values[i + 1];
    if (name == "--link") {
      options.link = value;
    } else if (name == "--data") {
      options.data = value;
    } else if (name == "--out") {
      options.window.files = value;
    } else if (name == "--screenshot") {
      options.screenshot = value;
    } else if (name == "--size") {
      if (std::sscanf(value.c_str(), "%dx%d", &options.window.width, &options.window.height) != 2) {
        return Error{"[downhill] --size is WIDTHxHEIGHT, not " + value};
      }
    } else if (name == "--scale") {
      options.window.scale = std::strtof(value.c_str(), nullptr);
      if (!(options.window.scale >= 0.5f && options.window.scale <= 4)) {
        return Error{"[downhill] --scale is 0.5 to 4, not " + value};
      }
    } else if (name == "--theme") {
      if (value != "light" && value != "dark") return Error{"[downhill] --theme is light or dark"};
      options.window.dark = value == "dark";
    } else if (name == "--do") {
      auto script = parse_script(value);
      if (!script) return script.error();
      options.script = std::move(*script);
    } else {
      return Error{"[downhill] there is no option " + name};
    }
  }
  return options;
}

// Runs a script while frames are drawn.
class Player {
 public:
  Player(App& app, std::vector<ScriptPart> parts) : app_(&app), parts_(std::move(parts)) {}

  // Call it after each tick. Returns an error, or nothing.
  std::string advance(const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
      if (answer.id != waiting_) continue;
      waiting_ = 0;
      if (!answer.error.empty()) return answer.error;
    }
    if (!app_->failure().empty()) return app_->failure();
    if (!started_) {
      started_ = app_->snapshot().status.ready;
      return app_->window().seconds() > kStartSeconds && !started_
                 ? "[script] the engine does not get ready"
                 : "";
    }
    if (waiting_ != 0 || app_->window().seconds() < resume_ || app_->frames() < resume_frame_)
      return "";
    if (next_ == parts_.size()) {
      resume_frame_ = app_->frames() + kSettleFrames;
      done_ = settling_;
      settling_ = true;
      return "";
    }
    return perform(parts_[next_++]);
  }
  bool done() const { return done_; }

 private:
  std::string perform(const ScriptPart& part) {
    switch (part.kind) {
      case ScriptPart::Kind::command:
        waiting_ = app_->send(part.text);
        break;
      case ScriptPart::Kind::wait:
        resume_ = app_->window().seconds() + part.amount;
        break;
      case ScriptPart::Kind::frames:
        resume_frame_ = app_->frames() + static_cast<uint64_t>(part.amount);
        break;
      case ScriptPart::Kind::click:
      case ScriptPart::Kind::hover:
        return point(part);
    }
    return "";
  }

  std::string point(const ScriptPart& part) {
    float x = part.x, y = part.y;
    if (!part.text.empty()) {
      const auto widgets = app_->page().widgets();
      const auto found = std::find_if(widgets.begin(), widgets.end(),
                                      [&](const auto& w) { return w.name.view() == part.text; });
      if (found == widgets.end())
        return "[script] there is no widget " + part.text + " on the page";
      x = found->rect.center().x;
      y = found->rect.center().y;
    }
    app_->window().point(x * app_->window().scale(), y * app_->window().scale(),
                         part.kind == ScriptPart::Kind::click);
    resume_frame_ = app_->frames() + kSettleFrames;
    return "";
  }

  App* app_;
  std::vector<ScriptPart> parts_;
  size_t next_ = 0;
  uint32_t waiting_ = 0;  // id of the command it waits for
  double resume_ = 0;
  uint64_t resume_frame_ = 0;
  bool started_ = false, settling_ = false, done_ = false;
};

int complain(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  return 1;
}

// Without them the page explains no words.
void explain_words(App& app) {
  platform::OpenedFile file = platform::read_user_file(DOWNHILL_WORDS_FILE);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  if (file.error.empty()) file.error = app.use_words(text);
  if (!file.error.empty()) complain(file.error);
}

int run(const Options& options) {
  auto window = platform::Window::open(options.window);
  if (!window) return complain(window.error().message);
  (*window)->set_fragment(options.link);
  App app(std::move(*window), platform::start_engine(options.data),
          [&options] { return platform::start_engine(options.data); });
  explain_words(app);
  Player player(app, options.script);
  const bool ends = !options.screenshot.empty();
  std::vector<uint8_t> pixels;
  std::string trouble;
  app.window().run([&] {
    app.tick(ends ? &pixels : nullptr);
    trouble = player.advance(app.take_answers());
    if (!trouble.empty() || (ends && player.done())) app.window().close();
  });
  if (!trouble.empty()) return complain(trouble);
  if (!ends) return 0;
  auto written =
      platform::write_png(options.screenshot, app.window().width(), app.window().height(), pixels);
  return written ? 0 : complain(written.error().message);
}

}  // namespace
}  // namespace downhill

int main(int count, char** values) {
  auto options = downhill::parse_options(count, values);
  return options ? downhill::run(*options) : downhill::complain(options.error().message);
}
