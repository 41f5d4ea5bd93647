#include "session/client.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "train/link_text.hpp"

namespace downhill {
namespace {

constexpr double kKeepSeconds = 60;  // of training, from one state to go on from to the next
// Three states of such a model with two averages each are 15 MB.
constexpr uint32_t kMostKeptParameters = 400'000;

// Whether `news` continue where `held` ends. Lost or repeated points break the sequence.
bool continues(const std::vector<CurvePoint>& held, const std::vector<CurvePoint>& news) {
  for (size_t i = 0; i < news.size(); ++i) {
    if (i == 0 && held.empty()) continue;
    if (news[i].step != (i == 0 ? held.back() : news[i - 1]).step + 1) return false;
  }
  return true;
}

bool continues(const std::vector<EpochPoint>& held, const std::vector<EpochPoint>& news) {
  for (size_t i = 0; i < news.size(); ++i) {
    if (i == 0 && held.empty()) continue;
    if (news[i].epoch != (i == 0 ? held.back() : news[i - 1]).epoch + 1) return false;
  }
  return true;
}

// The recorder has at most one mark per step.
bool continues(const std::vector<LrMark>& held, const std::vector<LrMark>& news) {
  for (size_t i = 0; i < news.size(); ++i) {
    if (i == 0 && held.empty()) continue;
    if (news[i].step <= (i == 0 ? held.back() : news[i - 1]).step) return false;
  }
  return true;
}

template <class Point>
void append(std::vector<Point>& held, const std::vector<Point>& news) {
  held.insert(held.end(), news.begin(), news.end());
}

template <class Value>
void merge_part(Value& held, Value&& news) {
  held = std::move(news);
}

// Only new points of the curves are sent.
void merge_part(Curves& held, Curves&& news) {
  if (news.generation != held.generation) {
    held = Curves{};
    held.generation = news.generation;
  }
  if (!continues(held.steps, news.steps) || !continues(held.epochs, news.epochs) ||
      !continues(held.marks, news.marks)) {
    held = Curves{};  // the next request says that nothing is held, and gets everything
    return;
  }
  append(held.steps, news.steps);
  append(held.epochs, news.epochs);
  append(held.marks, news.marks);
}

// Slabs that did not come with this message may be of an earlier model.
void forget_other_models(Parameters& parameters, size_t count, uint32_t came) {
  const auto other = [&](const std::vector<float>& slab) {
    return !slab.empty() && slab.size() != count;
  };
  if (!other(parameters.values) && !other(parameters.gradients) && !other(parameters.changes)) {
    return;
  }
  if (!(came & kPartWeights)) parameters.values.clear();
  if (!(came & kPartGradients)) parameters.gradients.clear();
  if (!(came & kPartChanges)) parameters.changes.clear();
}

}  // namespace

uint32_t EngineClient::next_id() {
  if (++last_id_ == 0) last_id_ = 1;  // 0 means that no answer is wanted
  return last_id_;
}

uint32_t EngineClient::refuse(uint32_t id, const std::string& sentence) {
  answers_.push_back({id, sentence});
  return id;
}

uint32_t EngineClient::send(Command command) {
  command.id = next_id();
  if (const std::string gone = failure(); !gone.empty()) return refuse(command.id, gone);
  encode_command(command, buffer_);
  // An engine cannot answer a command that it cannot read, so the command is checked here.
  if (Result<Command> read = decode_command(buffer_.data(), buffer_.size()); !read) {
    return refuse(command.id, read.error().message);
  }
  if (command.kind == CommandKind::set) {
    if (command.edits.starts_with('#')) {
      wanted_ = read_link(command.edits).spec;
    } else if (Result<ExperimentSpec> edited = edit_spec(wanted_, command.edits)) {
      wanted_ = *edited;
    }
  }
  if (command.kind == CommandKind::reset && command.seed) wanted_.seed = *command.seed;
  // What a file does to an engine is not known beforehand.
  if (command.kind == CommandKind::load) {
    keep_state();
    encode_command(command, buffer_);
  }
  if (command.kind == CommandKind::save) saves_.push_back(command.id);
  waiting_.push_back(command.id);
  link_->send(buffer_);
  return command.id;
}

uint32_t EngineClient::send_text(std::string_view text) {
  Result<Command> command = parse_command(text);
  if (!command) return refuse(next_id(), command.error().message);
  return send(std::move(*command));
}

void EngineClient::poll() {
  while (link_->poll(buffer_)) take_in(buffer_);
  if (const std::string gone = failure(); !gone.empty()) {
    answer_waiting(gone);
    return;
  }
  if (!held_.empty() && !in_flight_) request_snapshot();
}

void EngineClient::update() {
  poll();
  if (!in_flight_ && failure().empty()) request_snapshot();
}

std::vector<Answer> EngineClient::take_answers() { return std::exchange(answers_, {}); }

std::vector<File> EngineClient::take_files() { return std::exchange(files_, {}); }

std::string EngineClient::failure() const {
  if (hangs_) return std::string(kHangs) + ", and it cannot be ended from here";
  std::string gone = link_->failure();
  return gone.empty() ? failed_ : gone;
}

bool EngineClient::hangs(double seconds) {
  const bool owed = in_flight_ || !waiting_.empty();
  if (!owed || !heard_ || signs_ != link_->signs_of_life()) {
    signs_ = link_->signs_of_life();
    silent_ = 0;
    return false;
  }
  silent_ += std::min(seconds, kMostSecondsPerFrame);
  return silent_ >= kSilentSeconds;
}

bool EngineClient::watch(double seconds) {
  if (!hangs(seconds) || hangs_ || !failure().empty()) return false;
  if (!link_->can_end_silent()) {
    hangs_ = true;
    return false;
  }
  failed_ = kHangs;
  File state = std::exchange(kept_, {});  // used once: it may be what the engine cannot bear
  resumes_ = !state.bytes.empty();
  restart();
  if (!resumes_) return true;
  Command load;
  load.kind = CommandKind::load;
  load.bytes = std::move(state.bytes);
  send_encoded(load);  // without an id: no answer is wanted
  return true;
}

// Asks the engine for its state, unless it is at the start, or in the middle of a test that would
// have to end first.
void EngineClient::keep_state() {
  const Status& status = snapshot_.status;
  if (!status.ready || status.step == 0 || keep_id_ != 0) return;
  if (status.parameter_count > kMostKeptParameters) return;
  Command save;
  save.kind = CommandKind::save;
  save.file = FileKind::checkpoint;
  save.id = keep_id_ = next_id();
  kept_at_ = status.training_seconds;
  saves_.push_back(save.id);
  send_encoded(save);
}

void EngineClient::send_encoded(const Command& command) {
  encode_command(command, buffer_);
  link_->send(buffer_);
}

void EngineClient::restart() {
  if (hangs_) return;
  const std::string gone = failure();
  answer_waiting(gone.empty() ? "[engine] it was started again" : gone);
  link_->restart();
  in_flight_ = heard_ = hangs_ = false;
  silent_ = 0;
  keep_id_ = 0;
  saves_.clear();
  complete_.reset();
  failed_.clear();
  snapshot_.curves = Curves{};  // the new engine counts its generations from the start again
  snapshot_.status.ready = snapshot_.status.running = snapshot_.status.finished = false;
  Command set;
  set.kind = CommandKind::set;
  set.edits = print_spec(wanted_);
  send_encoded(set);  // without an id: no answer is wanted
}

void EngineClient::answer_waiting(const std::string& sentence) {
  answers_.insert(answers_.end(), held_.begin(), held_.end());
  held_.clear();
  for (uint32_t id : waiting_) answers_.push_back({id, sentence});
  waiting_.clear();
}

void EngineClient::take_in(const std::vector<uint8_t>& message) {
  silent_ = 0;
  hangs_ = false;
  Result<Message> read = decode_message(message.data(), message.size());
  if (!read) {
    failed_ = read.error().message;
  } else if (Answer* answer = std::get_if<Answer>(&*read)) {
    std::erase(saves_, answer->id);
    if (answer->id == keep_id_) keep_id_ = 0;
    const auto waiting = std::find(waiting_.begin(), waiting_.end(), answer->id);
    if (waiting == waiting_.end()) return;
    waiting_.erase(waiting);
    held_.push_back(std::move(*answer));
  } else if (Failed* failed = std::get_if<Failed>(&*read)) {
    failed_ = failed->sentence.empty() ? "[engine] it failed" : std::move(failed->sentence);
  } else if (File* file = std::get_if<File>(&*read)) {
    const bool keeps = !saves_.empty() && saves_.front() == keep_id_;  // files come in this order
    if (keeps) {
      kept_ = std::move(*file);
    } else {
      files_.push_back(std::move(*file));
    }
  } else if (in_flight_) {  // an unrequested snapshot is dropped: its points might come twice
    in_flight_ = false;
    Snapshot& part = std::get<Snapshot>(*read);
    // The parts that were left out are needed after all: those that the page holds are of another
    // run, or of a moment before this one came to rest. They must not be shown beside this
    // snapshot, so it is dropped, and a complete one is requested.
    if (deferred_ != 0 && (is_of_another_run(part) || !part.status.running)) {
      complete_.reset();
      request_snapshot();
    } else {
      merge(std::move(part));
    }
  }
}

bool EngineClient::is_of_another_run(const Snapshot& part) const {
  return part.status.parameter_count != snapshot_.status.parameter_count ||
         ((part.parts & kPartCurves) && part.curves.generation != snapshot_.curves.generation);
}

void EngineClient::merge(Snapshot&& part) {
  ++received_;
  heard_ = true;
  if (waiting_.empty()) wanted_ = part.spec;
  Snapshot& all = snapshot_;
  all.status = std::move(part.status);
  all.spec = std::move(part.spec);
  const uint32_t reused = part.reused | deferred_;
  for_each_part([&](const auto& row) {
    auto& held = row.place(all);
    if (part.parts & row.bits) {
      merge_part(held, std::move(row.place(part)));
    } else if (row.unasked == Unasked::goes && !(reused & row.bits)) {
      held = {};
    }
  });
  forget_other_models(all.parameters, all.status.parameter_count, part.parts);
  all.parts = part.parts | reused;
  all.reused = reused;
  answers_.insert(answers_.end(), std::make_move_iterator(held_.begin()),
                  std::make_move_iterator(held_.end()));
  held_.clear();
  const Status& status = all.status;
  if (status.training_seconds < kept_at_) kept_at_ = 0;  // another run
  // A test under way would have to end first.
  const bool tested = status.tested_epoch == status.epoch;
  if (tested && status.training_seconds - kept_at_ > kKeepSeconds) keep_state();
}

void EngineClient::request_snapshot() {
  const Curves& held = snapshot_.curves;
  Command command;
  command.kind = CommandKind::snapshot;
  command.request.parts = parts_;
  command.request.generation = held.generation;
  command.request.steps_held = static_cast<uint32_t>(held.steps.size());
  command.request.epochs_held = static_cast<uint32_t>(held.epochs.size());
  command.request.marks_held = static_cast<uint32_t>(held.marks.size());
  command.request.probe_parameter = probe_parameter_;
  command.request.cell_truth = cell_truth_;
  command.request.cell_answer = cell_answer_;
  command.request.source = source_;
  command.request.image = image_;
  deferred_ = 0;
  if (waiting_.empty() && held_.empty() && complete_ && complete_->looks_like(command.request)) {
    deferred_ = parts_ & deferrable_;
  } else {
    complete_ = command.request;
  }
  command.request.parts &= ~deferred_;
  encode_command(command, buffer_);
  in_flight_ = true;
  link_->send(buffer_);
}

}  // namespace downhill
