#include "bench.hpp"

#include "support/alloc_guard.hpp"

namespace downhill::bench {

namespace {

constexpr const char* kNotFinite = "[bench] the loss is not a finite number";

void add(Profile& profile, std::span<const Node> tape) {
  size_t place = 0;
  for (const Node& node : tape) {
    if (node.is_leaf()) continue;
    if (place == profile.ops.size()) {
      profile.ops.push_back({.name = node.op, .shape = print(node.value.shape)});
    }
    profile.ops[place].forward_ns += static_cast<double>(node.forward_ns);
    profile.ops[place].backward_ns += static_cast<double>(node.backward_ns);
    ++place;
  }
}

}  // namespace

Result<const DigitData*> Bench::data_for(std::string_view digits) {
  const size_t which = digits == "37" ? 0 : 1;
  if (!data_[which]) {
    std::vector<uint8_t>* const files = &files_[4 * which];
    Result<DigitData> data =
        read_digit_data(std::move(files[0]), files[1], std::move(files[2]), files[3], digits);
    if (!data) return data.error();
    data_[which] = std::move(*data);
  }
  return &*data_[which];
}

Result<void> Bench::prepare(const ExperimentSpec& spec) {
  const Result<const DigitData*> data = data_for(spec.digits);
  if (!data) return data.error();
  used_ = *data;
  trainer_.emplace();
  one_image_ = used_->valid.subset(1, spec.seed);
  return trainer_->rebuild(spec, used_->train, one_image_);
}

// From behind a step to behind the next one, `look(phase)` after each phase: behind the repeat
// there may be a stop, after which it goes on. False when the loss is no number and it does not.
template <class Look>
bool Bench::train_batch(Look look) {
  while (trainer_->can_continue()) {
    const Phase phase = trainer_->advance();
    look(phase);
    if (phase == Phase::step) return true;
  }
  return false;
}

Result<Rate> Bench::train(double seconds) {
  bool finite = true;
  const Rate rate = measure_rate(seconds, [&] {
    finite = finite && train_batch([](Phase) {});
    return static_cast<double>(trainer_->batch().size);
  });
  if (!finite) return Error{kNotFinite};
  return rate;
}

Result<Profile> Bench::profile(double seconds) {
  Profile profile;
  trainer_->time_operations(now_ns);
  for (const double start = now_seconds(); profile.steps == 0 || now_seconds() < start + seconds;) {
    std::array<double, kPhaseCount> phase_ns{};
    const AllocGuard allocations;
    uint64_t before = now_ns();
    const bool finite = train_batch([&](Phase phase) {
      const uint64_t now = now_ns();
      phase_ns[static_cast<size_t>(phase)] += static_cast<double>(now - before);
      before = now;
    });
    if (!finite) return Error{kNotFinite};
    const uint64_t allocated = allocations.count();
    if (trainer_->batch().size != trainer_->spec().batch) continue;  // the last one of an epoch
    for (size_t i = 0; i < phase_ns.size(); ++i) profile.phase_ns[i] += phase_ns[i];
    profile.allocations += static_cast<double>(allocated);
    profile.tape_bytes = trainer_->tape_bytes();
    add(profile, trainer_->tape());
    profile.steps += 1;
  }
  trainer_->time_operations(nullptr);
  for (Profile::Op& op : profile.ops) {
    op.forward_ns /= profile.steps;
    op.backward_ns /= profile.steps;
  }
  for (double& ns : profile.phase_ns) ns /= profile.steps;
  profile.allocations /= profile.steps;
  profile.parameter_bytes = 2 * trainer_->model().slabs().values().size_bytes();
  return profile;
}

Evaluation Bench::test() {
  Evaluator evaluator(used_->valid, trainer_->loader_options().pixel_map, trainer_->task());
  return evaluator.run(trainer_->task());
}

}  // namespace downhill::bench
