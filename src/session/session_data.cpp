// The session's dealings with data: digits that come and go, and files of weights and of whole
// runs.
#include <utility>

#include "base/text.hpp"
#include "nn/state_dict.hpp"
#include "session/message.hpp"
#include "session/model_files.hpp"
#include "session/session.hpp"

namespace downhill {

namespace {
// A new model can be shown and trained before its first test is done.
constexpr TestTime kFirstTest = TestTime::beside;
}  // namespace

Result<void> Session::load(DataBytes bytes) {
  ++changes_;
  if (Result<void> taken = store_.take(std::move(bytes)); !taken) return taken;
  return settle();
}

Result<void> Session::load(DigitData data) {
  ++changes_;
  Result<std::unique_ptr<Digits>> digits = DigitStore::around(std::move(data));
  if (!digits) return digits.error();
  if (has_points(spec_.data)) digits = store_.make(spec_);
  if (Result<void> used = use_digits(std::move(*digits), spec_); !used) return used;
  return settle();
}

// Carries out what waited for data: the first model, a change of digits, early commands.
Result<void> Session::settle() {
  if (!digits_ && !has_data_of(spec_)) {
    wants_digits_ = true;
    return {};
  }
  std::string refused;
  if (!digits_) {
    if (Result<void> first = first_model(refused); !first) return first;
  }
  wants_digits_ = false;
  if (waiting_) {
    const Command command = std::move(*waiting_);
    waiting_.reset();
    receive(command);
  }
  while (!before_data_.empty()) {
    const Command command = std::move(before_data_.front());
    before_data_.pop_front();
    receive(command);
  }
  if (!refused.empty()) error_ = refused;
  return {};
}

// A link may ask for something that these images do not allow, such as batch norm with a last
// batch of one image. Then the usual model is built, and `refused` says why.
Result<void> Session::first_model(std::string& refused) {
  Result<std::unique_ptr<Digits>> digits = store_.make(spec_);
  if (!digits) return digits.error();
  const Result<void> used = use_digits(std::move(*digits), spec_);
  if (used) return used;
  ExperimentSpec usual;
  usual.digits = spec_.digits;
  usual.data = spec_.data;
  usual.seed = spec_.seed;
  take_usual(usual);
  digits = store_.make(usual);
  if (!digits) return digits.error();
  refused = used.error().message;
  return use_digits(std::move(*digits), usual);
}

void Session::digits_failed(const std::string& sentence) {
  if (!wants_digits_) return;
  ++changes_;
  wants_digits_ = false;
  error_ = sentence;
  if (waiting_) answer(waiting_->id, sentence);
  waiting_.reset();
  // If a link asked for them at the start, the usual digits take their place.
  if (digits_ || !store_.has(ExperimentSpec{}.digits)) return;
  spec_.digits = ExperimentSpec{}.digits;
  if (Result<void> settled = settle(); !settled) {
    error_ = settled.error().message;
    return;
  }
  error_ = sentence;
}

// The trainer points into the old digits, so they are freed only after it is rebuilt on the new.
Result<void> Session::use_digits(std::unique_ptr<Digits> digits, const ExperimentSpec& spec) {
  if (Result<void> built =
          trainer_.rebuild(spec, digits->data.train, digits->data.valid, kFirstTest);
      !built) {
    return built;
  }
  digits_ = std::move(digits);
  spec_ = spec;
  log_.begin(spec_);
  forget_findings();
  return {};
}

Result<void> Session::rebuild(const ExperimentSpec& spec) {
  if (!digits_) {
    spec_ = spec;
    return {};
  }
  if (data_key(spec) != digits_->key) {
    Result<std::unique_ptr<Digits>> digits = store_.make(spec);
    if (!digits) return digits.error();
    return use_digits(std::move(*digits), spec);
  }
  if (Result<void> built =
          trainer_.rebuild(spec, digits_->data.train, digits_->data.valid, kFirstTest);
      !built) {
    return built;
  }
  spec_ = spec;
  log_.begin(spec_);
  forget_findings();
  return {};
}

// What was found belongs to another model or to other weights.
void Session::forget_findings() {
  findings_ = {};
  rare_.request.reset();
  inspection_.forget();
  tape_.forget();
}

// True when these digits are not loaded yet: the command is carried out once they are.
bool Session::wait_for(const ExperimentSpec& spec, const Command& command) {
  if (has_data_of(spec)) return false;
  if (waiting_) answer(waiting_->id, "[digits] a newer choice took its place");
  waiting_ = command;
  wants_digits_ = true;
  return true;
}

Result<void> Session::load_file(const Command& command) {
  const Result<TensorFile> file = read_safetensors(command.bytes, "file");
  if (!file) return file.error();
  if (!has_run(*file)) {
    const Result<ModelState> state = read_state_dict(trainer_.model(), *file);
    if (!state) return state.error();
    rest();
    trainer_.start_from(state->values, state->buffers, kFirstTest);
    log_.begin_from_file();
    note_ = state->matched;
    forget_findings();
    return {};
  }
  const Result<RunRecord> record = read_run(*file);
  if (!record) return record.error();
  const bool same_digits = data_key(record->spec) == data_key(spec_);
  if (!same_digits && wait_for(record->spec, command)) return {};
  rest();
  std::unique_ptr<Digits> digits;
  if (!same_digits) {
    Result<std::unique_ptr<Digits>> made = store_.make(record->spec);
    if (!made) return made.error();
    digits = std::move(*made);
  }
  const DigitData& data = same_digits ? digits_->data : digits->data;
  if (Result<void> resumed = trainer_.resume(*record, data.train, data.valid); !resumed) {
    return resumed;
  }
  if (digits) digits_ = std::move(digits);
  spec_ = record->spec;
  log_.begin_from_file();
  forget_findings();
  return {};
}

Result<void> Session::save_file(FileKind kind) {
  const Result<File> file = write_file(trainer_, log_, kind);
  if (!file) return file.error();
  encode_message(*file, new_message());
  return {};
}

}  // namespace downhill
