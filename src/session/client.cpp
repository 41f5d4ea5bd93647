#include "session/client.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace downhill {
namespace {

// Whether `news` go on where `held` ends: whatever was lost or came twice shows as a gap.
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

// The recorder keeps one mark per step at the most.
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

}  // namespace

uint32_t EngineClient::next_id() {
  if (++last_id_ == 0) last_id_ = 1;  // 0 means that nobody waits
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
  // The engine refuses what it cannot read without knowing whom to answer, so it is tried here.
  if (Result<Command> read = decode_command(buffer_.data(), buffer_.size()); !read) {
    return refuse(command.id, read.error().message);
  }
  if (command.kind == CommandKind::set) {
    if (Result<ExperimentSpec> edited = edit_spec(wanted_, command.edits)) wanted_ = *edited;
  }
  if (command.kind == CommandKind::reset && command.seed) wanted_.seed = *command.seed;
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
  std::string gone = link_->failure();
  return gone.empty() ? failed_ : gone;
}

void EngineClient::restart() {
  const std::string gone = failure();
  answer_waiting(gone.empty() ? "[engine] it was started again" : gone);
  link_->restart();
  in_flight_ = false;
  complete_.reset();
  failed_.clear();
  snapshot_.curves = Curves{};  // the new engine counts its generations from the start again
  snapshot_.status.ready = snapshot_.status.running = snapshot_.status.finished = false;
  Command set;
  set.kind = CommandKind::set;
  set.edits = print_spec(wanted_);
  encode_command(set, buffer_);  // nobody waits for its answer
  link_->send(buffer_);
}

void EngineClient::answer_waiting(const std::string& sentence) {
  answers_.insert(answers_.end(), held_.begin(), held_.end());
  held_.clear();
  for (uint32_t id : waiting_) answers_.push_back({id, sentence});
  waiting_.clear();
}

void EngineClient::take_in(const std::vector<uint8_t>& message) {
  Result<Message> read = decode_message(message.data(), message.size());
  if (!read) {
    failed_ = read.error().message;
  } else if (Answer* answer = std::get_if<Answer>(&*read)) {
    const auto waiting = std::find(waiting_.begin(), waiting_.end(), answer->id);
    if (waiting == waiting_.end()) return;
    waiting_.erase(waiting);
    held_.push_back(std::move(*answer));
  } else if (Failed* failed = std::get_if<Failed>(&*read)) {
    failed_ = failed->sentence.empty() ? "[engine] it failed" : std::move(failed->sentence);
  } else if (File* file = std::get_if<File>(&*read)) {
    files_.push_back(std::move(*file));
  } else if (in_flight_) {  // a snapshot that nobody asked for is not taken: its increments may
                            // overlap
    in_flight_ = false;
    Snapshot& part = std::get<Snapshot>(*read);
    // Then what was spared is wanted after all, and not beside what it does not belong to.
    if (spared_ != 0 && (is_of_another_run(part) || !part.status.running)) {
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
  if (waiting_.empty()) wanted_ = part.spec;
  Snapshot& all = snapshot_;
  all.status = std::move(part.status);
  all.spec = std::move(part.spec);
  if (part.parts & kPartCurves) merge_curves(std::move(part.curves));
  if (part.parts & (kPartWeights | kPartGradients | kPartChanges))
    all.parameters.layers = part.parameters.layers;
  if (part.parts & kPartWeights) all.parameters.values = std::move(part.parameters.values);
  if (part.parts & kPartGradients) all.parameters.gradients = std::move(part.parameters.gradients);
  if (part.parts & kPartChanges) all.parameters.changes = std::move(part.parameters.changes);
  // Those that did not come with this message may be of an earlier model.
  const bool other_model = std::ranges::any_of(
      std::array{all.parameters.values.size(), all.parameters.gradients.size(),
                 all.parameters.changes.size()},
      [&](size_t size) { return size != 0 && size != all.status.parameter_count; });
  if (other_model) {
    if (!(part.parts & kPartGradients)) all.parameters.gradients.clear();
    if (!(part.parts & kPartWeights)) all.parameters.values.clear();
    if (!(part.parts & kPartChanges)) all.parameters.changes.clear();
  }
  if (part.parts & kPartBatch) all.batch = std::move(part.batch);
  if (part.parts & kPartBaseline) all.baseline = std::move(part.baseline);
  if (part.parts & kPartEvaluation) all.evaluation = std::move(part.evaluation);
  if (part.parts & kPartStatistics) all.statistics = std::move(part.statistics);
  if (part.parts & kPartFindings) all.findings = std::move(part.findings);
  // Of what was looked at: gone when it is no longer asked for.
  const uint32_t kept = part.kept | spared_;
  if (!(kept & kPartProbe)) all.probe = part.probe;
  if (!(kept & kPartExamples)) all.examples = std::move(part.examples);
  if (!(kept & kPartInspection)) all.inspection = std::move(part.inspection);
  if (!(kept & kPartSampleGradient)) all.sample_gradient = std::move(part.sample_gradient);
  if (!(kept & kPartDigest)) all.digest = part.digest;
  all.parts = part.parts | kept;
  all.kept = kept;
  answers_.insert(answers_.end(), std::make_move_iterator(held_.begin()),
                  std::make_move_iterator(held_.end()));
  held_.clear();
}

void EngineClient::merge_curves(Curves&& news) {
  Curves& held = snapshot_.curves;
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
  spared_ = 0;
  if (waiting_.empty() && held_.empty() && complete_ && complete_->looks_like(command.request)) {
    spared_ = parts_ & patient_;
  } else {
    complete_ = command.request;
  }
  command.request.parts &= ~spared_;
  encode_command(command, buffer_);
  in_flight_ = true;
  link_->send(buffer_);
}

}  // namespace downhill
