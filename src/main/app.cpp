#include "main/app.hpp"

#include "base/hash.hpp"
#include "main/fonts.hpp"  // written by the build from assets/fonts

namespace downhill {
namespace {

constexpr double kIdleUpdateSeconds = 0.25;  // how often a resting engine is asked how it is
constexpr double kAddressSeconds = 1.0;      // browsers limit how often an address may change

constexpr ui::FontFiles kFonts = {.regular = fonts::ui_regular_ttf,
                                  .semibold = fonts::ui_semibold_ttf,
                                  .icons = fonts::ui_icons_ttf};

// Equal when the page would look the same.
uint64_t look_of(const Snapshot& snapshot, std::string_view failure) {
  uint64_t look = fnv1a(state_json(snapshot, 0, ""), fnv1a(failure));
  const uint32_t extent[] = {snapshot.curves.generation,
                             static_cast<uint32_t>(snapshot.curves.steps.size()),
                             static_cast<uint32_t>(snapshot.curves.marks.size()),
                             static_cast<uint32_t>(snapshot.parameters.gradients.size()),
                             snapshot.batch.shown,
                             static_cast<uint32_t>(snapshot.parameters.changes.size()),
                             static_cast<uint32_t>(snapshot.sample_gradient.size()),
                             static_cast<uint32_t>(snapshot.statistics.size()),
                             snapshot.probe ? snapshot.probe->parameter + 1 : 0,
                             snapshot.examples.truth * 10u + snapshot.examples.answer,
                             snapshot.examples.count,
                             snapshot.parts};
  for (uint32_t value : extent) {
    for (int shift = 0; shift < 32; shift += 8) {
      look = fnv1a_byte(look, static_cast<uint8_t>(value >> shift));
    }
  }
  if (snapshot.inspection) {
    const std::vector<uint8_t>& pixels = snapshot.inspection->pixels;
    for (const uint8_t pixel : pixels) look = fnv1a_byte(look, pixel);
  }
  return look;
}

}  // namespace

App::App(std::unique_ptr<platform::Window> window, std::unique_ptr<platform::EngineHost> engine)
    : window_(std::move(window)), engine_(std::move(engine)), client_(*engine_) {
  context_epoch_ = window_->context_epoch();
  const std::string fragment = window_->fragment();
  if (!fragment.empty()) open_link(fragment);
}

void App::open_link(std::string_view fragment) {
  Command set;
  set.kind = CommandKind::set;
  set.edits = fragment;
  notice_.clear();
  link_id_ = client_.send(std::move(set));
}

std::string App::fragment() const { return print_spec(client_.snapshot().spec); }

void App::take_in(bool ask) {
  if (ask) {
    client_.update();
  } else {
    client_.poll();
  }
}

std::vector<Answer> App::take_answers() {
  std::vector<Answer> answers = client_.take_answers();
  for (const Answer& answer : answers) {
    if (answer.id != link_id_ || answer.error.empty()) continue;
    notice_ = "This link is not understood, so the usual experiment is shown. " + answer.error;
  }
  return answers;
}

void App::restyle() {
  const bool fonts_changed = page_.restyle(window_->dark() ? gfx::Theme::dark : gfx::Theme::light,
                                           window_->scale(), static_cast<float>(window_->width()),
                                           static_cast<float>(window_->height()), kFonts);
  if (fonts_changed) window_->fonts_changed();
}

bool App::changed() {
  if (client_.snapshot().status.running) return true;
  const uint64_t look = look_of(client_.snapshot(), client_.failure());
  if (look == last_look_) return false;
  last_look_ = look;
  return true;
}

void App::carry_out(ui::Requests& requests) {
  for (Command& command : requests.commands) client_.send(std::move(command));
  // The digest costs a walk over all weights: only at rest, when somebody may compare.
  client_.subscribe(requests.parts | (client_.snapshot().status.running ? 0u : kPartDigest));
  if (requests.probe) client_.probe(*requests.probe);
  if (requests.cell) client_.open_cell(requests.cell->truth, requests.cell->answer);
  if (requests.image) client_.inspect(requests.image->source, requests.image->index);
  if (requests.restart_engine) client_.restart();
  if (requests.copy_link) {
    window_->copy(link());
    notice_ = "The link to this experiment is on the clipboard.";
  }
}

void App::show_in_address(double now) {
  if (!client_.snapshot().status.ready || now - address_time_ < kAddressSeconds) return;
  std::string current = fragment();
  if (current == address_) return;
  const bool first = address_.empty();  // what the page was opened with may stay as it was written
  address_ = std::move(current);
  address_time_ = now;
  if (!first) window_->set_fragment(address_);
}

bool App::tick(std::vector<uint8_t>* pixels) {
  const double now = window_->seconds();
  if (drawing_ || now - last_update_ > kIdleUpdateSeconds) {
    client_.update();
    last_update_ = now;
  } else {
    client_.poll();
  }
  if (context_epoch_ != window_->context_epoch()) {
    context_epoch_ = window_->context_epoch();
    pictures_.context_lost();
  }
  drawing_ = window_->wants_frame(changed() || pixels != nullptr);
  if (!drawing_) return false;
  restyle();
  pictures_.begin_frame();
  window_->begin_frame();
  requests_.clear();
  if (!pictures_.failure().empty()) notice_ = pictures_.failure();
  const std::string failure = client_.failure();
  const platform::LoadProgress progress = engine_->progress();
  page_.draw(client_.snapshot(),
             {.snapshot_id = client_.snapshots_received(),
              .engine_failure = failure,
              .notice = notice_,
              .bytes_loaded = progress.bytes,
              .bytes_total = progress.total},
             pictures_, requests_);
  window_->end_frame(pixels);
  ++frames_;
  carry_out(requests_);
  show_in_address(now);
  return true;
}

}  // namespace downhill
