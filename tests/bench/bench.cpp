#include "bench.hpp"

#include "support/alloc_guard.hpp"

namespace downhill::bench {

namespace {

constexpr const char* kNotFinite = "[bench] the loss is not a finite number";

struct OpTimes {
  double forward_ns, backward_ns;
};
// Sums over consecutive steps.
struct StepTimes {
  double steps = 0, total_ns = 0;
  std::array<double, kPhaseCount> phase_ns{};
  std::vector<OpTimes> ops;

  double mean_ns() const { return total_ns / steps; }
  void add(const StepTimes& other) {
    steps += other.steps, total_ns += other.total_ns;
    for (size_t i = 0; i < kPhaseCount; ++i) phase_ns[i] += other.phase_ns[i];
    ops.resize(other.ops.size());
    for (size_t i = 0; i < ops.size(); ++i) {
      ops[i].forward_ns += other.ops[i].forward_ns;
      ops[i].backward_ns += other.ops[i].backward_ns;
    }
  }
};
// The length of a bundle of steps that is timed as one. A browser's clock ticks every 0.1 ms, so
// the faster half of single steps would be those between two ticks.
constexpr double kTogetherNs = 20e6;

void look_at_tape(Profile& profile, StepTimes& times, std::span<const Node> tape) {
  const bool first = profile.ops.empty();
  for (const Node& node : tape) {
    if (node.is_leaf()) continue;
    if (first) profile.ops.push_back({.name = node.op, .shape = print(node.value.shape)});
    times.ops.push_back(
        {static_cast<double>(node.forward_ns), static_cast<double>(node.backward_ns)});
  }
}

// Means over the faster half: in many of the others another process had the core.
void take_means(Profile& profile, std::vector<StepTimes>& all) {
  std::sort(all.begin(), all.end(),
            [](const StepTimes& a, const StepTimes& b) { return a.mean_ns() < b.mean_ns(); });
  all.resize((all.size() + 1) / 2);
  StepTimes sum;
  for (const StepTimes& times : all) sum.add(times);
  for (size_t i = 0; i < kPhaseCount; ++i) profile.phase_ns[i] = sum.phase_ns[i] / sum.steps;
  for (size_t i = 0; i < profile.ops.size(); ++i) {
    profile.ops[i].forward_ns = sum.ops[i].forward_ns / sum.steps;
    profile.ops[i].backward_ns = sum.ops[i].backward_ns / sum.steps;
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

// From after one step to after the next, calling look(phase) after each phase. After the repeat
// there may be a stop, from which the run continues. False if the loss is not finite and it cannot.
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
  std::vector<StepTimes> steps;
  uint64_t allocations = 0;
  trainer_->time_operations(now_ns);
  for (const double start = now_seconds(); steps.empty() || now_seconds() < start + seconds;) {
    StepTimes times;
    const AllocGuard allocated;
    uint64_t before = now_ns();
    const bool finite = train_batch([&](Phase phase) {
      const uint64_t now = now_ns();
      times.phase_ns[static_cast<size_t>(phase)] += static_cast<double>(now - before);
      times.total_ns += static_cast<double>(now - before);
      before = now;
    });
    if (!finite) return Error{kNotFinite};
    allocations += allocated.count();
    if (trainer_->batch().size != trainer_->spec().batch) continue;  // the last one of an epoch
    profile.tape_bytes = trainer_->tape_bytes();
    look_at_tape(profile, times, trainer_->tape());
    times.steps = 1, ++profile.steps;
    if (steps.empty() || steps.back().total_ns > kTogetherNs) steps.emplace_back();
    steps.back().add(times);
  }
  trainer_->time_operations(nullptr);
  profile.allocations = static_cast<double>(allocations) / profile.steps;
  profile.parameter_bytes = 2 * trainer_->model().slabs().values().size_bytes();
  take_means(profile, steps);
  return profile;
}

Evaluation Bench::test() {
  Evaluator evaluator(used_->valid, trainer_->loader_options().pixel_map, trainer_->task());
  return evaluator.run(trainer_->task());
}

}  // namespace downhill::bench
