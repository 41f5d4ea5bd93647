// Downhill in the browser: wires the canvas, the engine's worker and window.downhill
// (web/site/downhill.js) to the app. What JavaScript may call stands at the end.
#include <emscripten.h>

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "main/app.hpp"

// JavaScript that C++ calls: `Module.api` is window.downhill, `Module.shell` is boot.js.
// clang-format off
EM_JS(void, api_opened, (void* page), { Module.api.opened(Module, page); });
EM_JS(void, api_answered, (unsigned id, const char* error), { Module.api.answered(id, UTF8ToString(error)); });
EM_JS(void, api_saved, (unsigned id, const char* name, const uint8_t* bytes, size_t size), { Module.api.saved(id, UTF8ToString(name), HEAPU8.slice(bytes, bytes + size)); });
EM_JS(void, api_changed, (double step, int phase, int epoch, int flags, unsigned spec), { Module.api.changed(step, phase, epoch, flags, spec); });
EM_JS(void, api_drew, (), { Module.api.drew(); });
EM_JS(void, shell_failed, (const char* sentence), { Module.shell.failed(UTF8ToString(sentence)); });
EM_JS(void, shell_progress, (double bytes, double total), { Module.shell.progress(bytes, total); });
EM_JS(void, shell_ready, (), { Module.shell.ready(); });
EM_JS_DEPS(downhill_page, "$UTF8ToString");
// clang-format on

namespace downhill {
namespace {

constexpr const char* kWorker = "engine-worker.js";

// Bits of api_changed, read by web/site/downhill.js.
enum ChangeFlag : int { kReady = 1, kRunning = 2, kFinished = 4, kDiverged = 8, kTrouble = 16 };

class WebPage {
 public:
  WebPage(std::unique_ptr<platform::Window> window, std::unique_ptr<platform::EngineHost> engine)
      : host_(engine.get()),
        app_(std::move(window), std::move(engine), [this] { return start_beside(); }) {
    host_->on_news([this] { pump(false); });
    api_opened(this);
    app_.window().run([this] { frame(); });
  }

  // Settles promises and fires events. Also called while the tab is hidden and no frame is drawn.
  void pump(bool ask) {
    const double start = emscripten_get_now();
    app_.take_in(ask);
    tell();
    spent_ms_ += emscripten_get_now() - start;
  }

  uint32_t send(const char* text) { return app_.send(text); }
  uint32_t save(const char* text) { return app_.send(text, App::FileFor::script); }
  uint8_t* load_room(size_t size) {
    loading_.resize(size);
    return loading_.data();
  }
  uint32_t load() { return app_.load(std::exchange(loading_, {})); }
  void open_link(const char* fragment) { app_.open_link(fragment); }
  const char* check(const char* text) {
    text_ = app_.check(text);
    return text_.c_str();
  }
  const char* defaults() {
    text_ = print_spec(ExperimentSpec{});
    return text_.c_str();
  }

  const char* use_words(const char* text) {
    text_ = app_.use_words(text);
    return text_.c_str();
  }

  const char* state() {
    text_ = state_json(app_.snapshot(), app_.frames(), "webgl2", static_cast<float>(frame_ms_),
                       race_json(app_.race()));
    return text_.c_str();
  }
  const char* failure() {
    text_ = app_.failure();
    return text_.c_str();
  }
  const char* link() {
    text_ = app_.link();
    return text_.c_str();
  }
  const char* race_table() {
    text_ = downhill::race_table(app_.race());
    return text_.c_str();
  }
  void draw() { frame(); }
  const char* widgets() { return places(app_.page().widgets()); }
  const char* pictures() { return places(app_.page().pictures()); }
  const char* field_at(float x, float y);

 private:
  std::unique_ptr<EngineLink> start_beside() {
    auto host = platform::start_engine(kWorker, platform::Files::cached);
    host->on_news([this] { pump(false); });
    return host;
  }

  void frame() {
    const double start = emscripten_get_now();
    const bool drew = app_.tick();
    tell();
    spent_ms_ += emscripten_get_now() - start;
    if (drew) {
      frame_ms_ = std::exchange(spent_ms_, 0);
      api_drew();
    }
    const bool usable = app_.snapshot().status.ready || !app_.failure().empty();
    if (!shown_ && drew && usable) {
      shown_ = true;
      shell_ready();
    }
  }

  void tell();
  const char* places(std::span<const ui::WidgetRect> named);

  platform::EngineHost* host_;
  App app_;
  std::string text_;                    // what JavaScript reads next
  std::vector<uint8_t> loading_;        // what it is writing
  double spent_ms_ = 0, frame_ms_ = 0;  // since the last frame, messages included; up to it
  uint64_t told_ = ~uint64_t{0};
  bool failed_ = false, shown_ = false;
};

void WebPage::tell() {
  const std::vector<Answer> answers = app_.take_answers();
  for (const auto& [id, file] : app_.take_saved()) {
    api_saved(id, file.name.c_str(), file.bytes.data(), file.bytes.size());
  }
  for (const Answer& answer : answers) api_answered(answer.id, answer.error.c_str());
  if (!shown_) {
    const platform::LoadProgress progress = host_->progress();
    shell_progress(static_cast<double>(progress.bytes), static_cast<double>(progress.total));
  }
  const bool failed = !app_.failure().empty();
  if (told_ == app_.snapshots() && failed == failed_) return;
  told_ = app_.snapshots();
  failed_ = failed;
  const Status& status = app_.snapshot().status;
  const bool ready = status.ready && !app_.opening_link();
  const int flags = (ready ? kReady : 0) | (status.running ? kRunning : 0) |
                    (status.finished ? kFinished : 0) |
                    (status.health == Health::diverged ? kDiverged : 0) |
                    (failed || !status.error.empty() ? kTrouble : 0);
  // An epoch counts as done when its test is over.
  const uint32_t epoch = status.best_is_back ? status.epoch : status.tested_epoch;
  api_changed(static_cast<double>(status.step), static_cast<int>(status.phase),
              static_cast<int>(epoch), flags, static_cast<unsigned>(fnv1a(app_.fragment())));
}

const char* WebPage::places(std::span<const ui::WidgetRect> named) {
  text_ = "[";
  for (const ui::WidgetRect& widget : named) {
    char place[128];
    std::snprintf(place, sizeof place, "\",\"x\":%.2f,\"y\":%.2f,\"width\":%.2f,\"height\":%.2f}",
                  static_cast<double>(widget.rect.x0), static_cast<double>(widget.rect.y0),
                  static_cast<double>(widget.rect.width()),
                  static_cast<double>(widget.rect.height()));
    text_.append(text_.size() > 1 ? "," : "").append("{\"name\":\"");
    text_.append(widget.name.view()).append(place);
  }
  text_ += "]";
  return text_.c_str();
}

// The last field that was drawn there lies above the others.
const char* WebPage::field_at(float x, float y) {
  text_.clear();
  for (const ui::FieldPlace& field : app_.page().fields()) {
    if (!field.rect.contains({x, y})) continue;
    const ui::Rect& r = field.rect;
    const bool numbers = field.keyboard == ui::Keyboard::numbers;
    char place[160];
    std::snprintf(place, sizeof place,
                  "{\"keyboard\":\"%s\",\"x\":%.2f,\"y\":%.2f,\"width\":%.2f,\"height\":%.2f}",
                  numbers ? "decimal" : "text", static_cast<double>(r.x0),
                  static_cast<double>(r.y0), static_cast<double>(r.width()),
                  static_cast<double>(r.height()));
    text_ = place;
  }
  return text_.c_str();
}

}  // namespace
}  // namespace downhill

using downhill::WebPage;

int main() {
  auto window = downhill::platform::Window::open({});
  if (!window) {
    shell_failed(window.error().message.c_str());
    return 0;
  }
  // Lives as long as the page.
  new WebPage(std::move(*window), downhill::platform::start_engine(downhill::kWorker));
  return 0;
}

extern "C" {

EMSCRIPTEN_KEEPALIVE uint32_t downhill_send(WebPage* page, const char* text) {
  return page->send(text);
}
// The same for a `save` whose file goes to JavaScript: api_saved is called before the answer.
EMSCRIPTEN_KEEPALIVE uint32_t downhill_save(WebPage* page, const char* text) {
  return page->save(text);
}
// JavaScript writes a file into the room, then calls downhill_load, which returns the answer's id.
EMSCRIPTEN_KEEPALIVE uint8_t* downhill_load_room(WebPage* page, size_t size) {
  return page->load_room(size);
}
EMSCRIPTEN_KEEPALIVE uint32_t downhill_load(WebPage* page) { return page->load(); }
EMSCRIPTEN_KEEPALIVE void downhill_open_link(WebPage* page, const char* fragment) {
  page->open_link(fragment);
}
// Why a command would be refused, or nothing; it is not carried out.
EMSCRIPTEN_KEEPALIVE const char* downhill_check(WebPage* page, const char* text) {
  return page->check(text);
}
// The usual experiment, as the part of a link after '#'.
EMSCRIPTEN_KEEPALIVE const char* downhill_defaults(WebPage* page) { return page->defaults(); }
// The words of the field (course/en/words.md), which the page then explains. Returns why they were
// refused, or nothing.
EMSCRIPTEN_KEEPALIVE const char* downhill_use_words(WebPage* page, const char* text) {
  return page->use_words(text);
}
// Draws now, where the host has given the canvas another size.
EMSCRIPTEN_KEEPALIVE void downhill_draw(WebPage* page) { page->draw(); }
// The losses of the last race, as CSV.
EMSCRIPTEN_KEEPALIVE const char* downhill_race_table(WebPage* page) { return page->race_table(); }
EMSCRIPTEN_KEEPALIVE void downhill_pump(WebPage* page, int ask) { page->pump(ask != 0); }
EMSCRIPTEN_KEEPALIVE const char* downhill_state(WebPage* page) { return page->state(); }
EMSCRIPTEN_KEEPALIVE const char* downhill_failure(WebPage* page) { return page->failure(); }
EMSCRIPTEN_KEEPALIVE const char* downhill_link(WebPage* page) { return page->link(); }
EMSCRIPTEN_KEEPALIVE const char* downhill_widgets(WebPage* page) { return page->widgets(); }
EMSCRIPTEN_KEEPALIVE const char* downhill_pictures(WebPage* page) { return page->pictures(); }
// The text field at a place in CSS pixels, as JSON; an empty text: there is none.
EMSCRIPTEN_KEEPALIVE const char* downhill_field_at(WebPage* page, float x, float y) {
  return page->field_at(x, y);
}

}  // extern "C"
