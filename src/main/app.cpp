#include "main/app.hpp"

#include <algorithm>
#include <iterator>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "main/fonts.hpp"  // written by the build from assets/fonts
#include "ui/panels/show.hpp"

namespace downhill {
namespace {

constexpr double kIdleUpdateSeconds = 0.25;  // between snapshots of a resting engine
constexpr double kRaceUpdateSeconds = 0.1;   // between updates of a race
constexpr float kFirstSpeed = 1;             // batches per second, until a visitor chooses a speed
constexpr double kAddressSeconds = 1.0;      // browsers limit how often an address may change

constexpr ui::FontFiles kFonts = {.regular = fonts::ui_regular_ttf,
                                  .semibold = fonts::ui_semibold_ttf,
                                  .icons = fonts::ui_icons_ttf};

// What state() has, whatever is drawn.
constexpr uint32_t kStateParts = kPartFindings | kPartExpression;

// What pauses, moves or changes a run during a race decides whether it goes on afterwards.
bool moves_run(CommandKind kind) {
  return kind != CommandKind::set && kind != CommandKind::speed && kind != CommandKind::save &&
         kind != CommandKind::draw && !about_expression(kind);
}

}  // namespace

App::App(std::unique_ptr<platform::Window> window, std::unique_ptr<platform::EngineHost> engine,
         Race::StartEngine start_beside)
    : window_(std::move(window)),
      engine_(std::move(engine)),
      client_(*engine_),
      race_(std::move(start_beside)) {
  context_epoch_ = window_->context_epoch();
  client_.subscribe(kStateParts);
  const auto speed = window_->remembered("speed");
  const Result<float> chosen = speed ? parse_float(*speed) : Result<float>(kFirstSpeed);
  if (chosen && possible_speed(*chosen)) first_speed_ = *chosen;
  const std::string fragment = window_->fragment();
  if (!fragment.empty()) open_link(fragment);
}

void App::open_link(std::string_view fragment) {
  Command set;
  set.kind = CommandKind::set;
  set.edits = '#';  // a link, which is opened as far as it can be read
  set.edits += fragment;
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
  update_race(ask);
  show_in_address(window_->seconds());
}

uint32_t App::send(Command command, FileFor whom) {
  if (row_of(command.kind).doer == Doer::page) return carry_out(command);
  if (moves_run(command.kind)) resumes_ = false;
  if (command.kind == CommandKind::expression) expression_sent_ = true;
  const bool saves = command.kind == CommandKind::save;
  const uint32_t id = client_.send(std::move(command));
  if (saves) saves_.emplace_back(id, whom);
  if (saves && whom == FileFor::user) notice_.clear();  // the same words may be said again
  return id;
}

// The commands whose row says Doer::page.
uint32_t App::carry_out(const Command& command) {
  if (command.kind == CommandKind::race) return begin_race(command.race);
  if (command.kind == CommandKind::cancel_race) return cancel_race();
  if (command.kind == CommandKind::show) return show(command.show);
  return answer_now("[" + std::string(command_name(command.kind)) + "] the page does not know it");
}

uint32_t App::show(const ShowOrder& order) {
  const Result<void> shown = page_.show(order, client_.snapshot().spec.data);
  last_look_ = 0;  // draw it
  return answer_now(shown ? std::string() : shown.error().message);
}

std::string App::check(std::string_view text) const {
  const Result<Command> command = parse_command(text);
  if (!command) return command.error().message;
  if (command->kind != CommandKind::show || command->show.view.empty()) return {};
  if (ui::is_view(command->show.view)) return {};
  ui::Selection unused;
  return ui::show_view(unused, command->show.view).error().message;
}

std::string App::use_words(std::string_view text) {
  const Result<void> used = page_.use_words(text);
  last_look_ = 0;  // draw it
  return used ? std::string() : used.error().message;
}

uint32_t App::answer_now(std::string error) {
  answers_.push_back({client_.next_id(), std::move(error)});
  return answers_.back().id;
}

uint32_t App::begin_race(const RaceOrder& order) {
  const Status& status = client_.snapshot().status;
  if (!status.ready) return answer_now("[race] there is nothing to learn from yet");
  if (race_id_ != 0) end_race("[race] a newer race took its place");
  const bool was_running = status.running;
  const Result<void> begun =
      race_.begin(client_.snapshot().spec, order, platform::processor_count(), window_->seconds());
  if (!begun) return answer_now(begun.error().message);
  if (was_running) {
    Command pause;
    pause.kind = CommandKind::pause;
    send(std::move(pause));
  }
  resumes_ = was_running;
  return race_id_ = client_.next_id();
}

uint32_t App::cancel_race() {
  if (race_id_ == 0) return answer_now("[race] there is none to cancel");
  race_.cancel();
  end_race("[race] it was cancelled");
  return answer_now("");
}

void App::end_race(std::string error) {
  answers_.push_back({race_id_, std::move(error)});
  race_id_ = 0;
  if (!resumes_) return;
  Command play;
  play.kind = CommandKind::play;
  send(std::move(play));
}

void App::update_race(bool ask) {
  if (race_id_ == 0) return;
  race_.update(window_->seconds(), ask);
  if (!race_.view().going) end_race("");
}

uint32_t App::send(std::string_view text, FileFor whom) {
  Result<Command> command = parse_command(text);
  return command ? send(std::move(*command), whom) : answer_now(command.error().message);
}

uint32_t App::load(std::vector<uint8_t> bytes) {
  Command command;
  command.kind = CommandKind::load;
  command.bytes = std::move(bytes);
  return send(std::move(command));
}

// Loads the files that the user chose or dropped.
void App::take_opened() {
  for (platform::OpenedFile& file : window_->take_opened()) {
    if (file.error.empty()) {
      notice_.clear();
      opened_name_ = file.name;
      opened_id_ = load(std::move(file.bytes));
    } else {
      say(file.error);
    }
  }
}

std::vector<Answer> App::take_answers() {
  for (File& file : client_.take_files()) files_.push_back(std::move(file));
  std::vector<Answer> answers = client_.take_answers();
  std::ranges::move(std::exchange(answers_, {}), std::back_inserter(answers));
  for (const Answer& answer : answers) {
    hand_out(answer);
    if (answer.id == opened_id_) {
      say(answer.error.empty() ? opened_name_ + " is loaded." : answer.error);
      note_ = client_.snapshot().status.note;
      if (answer.error.empty() && !note_.empty()) notice_ += " " + note_;
    } else if (answer.id == link_id_) {
      link_id_ = 0;  // the engine's status says what could not be read
    }
  }
  return answers;
}

// The engine sends a file before it answers, and both in the order of the commands.
void App::hand_out(const Answer& answer) {
  const auto save = std::ranges::find(saves_, answer.id, &std::pair<uint32_t, FileFor>::first);
  if (save == saves_.end()) return;
  const FileFor whom = save->second;
  saves_.erase(save);
  if (!answer.error.empty() || files_.empty()) return;
  File file = std::move(files_.front());
  files_.pop_front();
  if (whom == FileFor::script) {
    saved_.push_back({answer.id, std::move(file)});
    return;
  }
  const Result<std::string> where = window_->download(file.name, file.bytes);
  say(where ? *where : where.error().message);
}

void App::restyle() {
  const bool fonts_changed = page_.restyle(window_->dark() ? gfx::Theme::dark : gfx::Theme::light,
                                           window_->scale(), static_cast<float>(window_->width()),
                                           static_cast<float>(window_->height()), kFonts);
  if (fonts_changed) window_->fonts_changed();
}

// What a command did beyond what it was asked, such as another learning rate.
void App::show_note() {
  const std::string& note = client_.snapshot().status.note;
  if (note == note_) return;
  note_ = note;
  if (!note.empty()) say(note);
}

bool App::changed() {
  if (client_.snapshot().status.running || page_.revealing() || page_.telling())
    return true;
  // While the race is not on the screen its lanes' cores are not spent on drawing.
  const uint64_t race_look = page_.shows_tool("race") ? race_.view().version : 0;
  const uint64_t look =
      hash_of({look_of(client_.snapshot()), race_look, fnv1a(client_.failure()), notices_});
  if (look == last_look_) return false;
  last_look_ = look;
  return true;
}

void App::carry_out(ui::Requests& requests) {
  for (Command& command : requests.commands) {
    // The line that the view of an expression begins with; a script's may be on its way.
    const bool first = command.kind == CommandKind::expression && !client_.snapshot().expression;
    if (!first || !expression_sent_) send(std::move(command));
  }
  // The digest takes a pass over all weights, and a drawing one through the model, so they are
  // computed at rest only, or where they are shown.
  client_.subscribe(requests.parts | kStateParts |
                        (client_.snapshot().status.running ? 0u : kPartDigest | kPartDrawing),
                    requests.deferrable);
  if (requests.probe) client_.probe(*requests.probe);
  if (requests.cell) client_.open_cell(requests.cell->truth, requests.cell->answer);
  if (requests.image) client_.inspect(requests.image->source, requests.image->index);
  if (requests.restart_engine) client_.restart();
  if (requests.first_speed) window_->remember("speed", print(*requests.first_speed));
  if (requests.open_course) window_->open_course();
  if (requests.share && !window_->open_share()) {
    window_->copy(link());
    say("The link to this experiment is on the clipboard.");
  }
  if (!requests.refusal.empty()) say(std::move(requests.refusal));
  if (requests.open_file) {
    if (Result<void> asked = window_->pick_file(); !asked) say(asked.error().message);
  }
}

void App::show_in_address(double now) {
  if (!client_.snapshot().status.ready || opening_link()) return;
  const bool first = !in_address_;  // the link that opened the page stays as it was written
  if (!first && now - address_time_ < kAddressSeconds) return;
  const ExperimentSpec& current = client_.snapshot().spec;
  if (!first && current == *in_address_) return;
  in_address_ = current;
  address_time_ = now;
  if (!first) window_->set_fragment(fragment());
}

bool App::tick(std::vector<uint8_t>* pixels) {
  const double now = window_->seconds();
  if (drawing_ || now - last_update_ > kIdleUpdateSeconds) {
    client_.update();
    last_update_ = now;
  } else {
    client_.poll();
  }
  if (client_.watch(now - std::exchange(last_tick_, now))) {
    say("The engine did not answer and was started again. ");
    notice_ += client_.resumes() ? "The run goes on from the last state that was kept."
                                 : "The run begins again.";
  }
  const bool ask_race = now - last_race_update_ > kRaceUpdateSeconds;
  if (ask_race) last_race_update_ = now;
  update_race(ask_race);
  take_opened();
  show_note();
  show_in_address(now);  // also without a frame: an earlier call may have been too early
  if (context_epoch_ != window_->context_epoch()) {
    context_epoch_ = window_->context_epoch();
    if (notice_ == pictures_.failure())
      notice_.clear();  // the context may have been lost while shaders were compiled
    pictures_.context_lost();
  }
  drawing_ = window_->wants_frame(changed() || pixels != nullptr);
  if (!drawing_) return false;
  restyle();
  window_->begin_frame();  // first: its first call waits for its own shaders
  pictures_.begin_frame();
  requests_.clear();
  if (!pictures_.failure().empty()) notice_ = pictures_.failure();
  const std::string failure = client_.failure();
  const platform::LoadProgress progress = engine_->progress();
  page_.draw(client_.snapshot(),
             {.snapshot_id = client_.snapshots_received(),
              .engine_failure = failure,
              .race = &race_.view(),
              .notice = notice_,
              .notices = notices_,
              .bytes_loaded = progress.bytes,
              .bytes_total = progress.total,
              .first_speed = first_speed_,
              .course = window_->offers_course()},
             pictures_, requests_);
  window_->end_frame(pixels);
  ++frames_;
  carry_out(requests_);
  return true;
}

}  // namespace downhill
