// A fixed piece of training for an instruction counter. Only downhill_counted() is counted, so
// reading files and building a model are not. Without arguments it prints the compiler that built
// it. See instructions.sh.
//
//   downhill_steps DATA_FOLDER WORKLOAD step|test     WORKLOAD: W1 … W5
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "support/file_bytes.hpp"
#include "support/workloads.hpp"
#include "train/evaluation.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

constexpr int kSteps = 2;

void step(Trainer& trainer) {
  while (trainer.advance() != Phase::step) {
  }
}

}  // namespace

// The counter finds this function by its name.
extern "C" [[gnu::noinline]] void downhill_counted(Trainer* trainer, Evaluator* evaluator) {
  if (evaluator != nullptr) {
    evaluator->run(trainer->task());
    return;
  }
  for (int i = 0; i < kSteps; ++i) step(*trainer);
}

namespace {

// Work that happens once is not counted: the first step grows the memory, and the first epoch lists
// the nonzero pixels.
void warm_up(Trainer& trainer) {
  step(trainer);
  if (trainer.batch().sparse_pixels.empty() && trainer.batch().sparse_blocks.empty()) return;
  // The step after an epoch has the epoch's test before it.
  for (uint32_t i = 0; i < trainer.batches_per_epoch(); ++i) step(trainer);
}

Result<void> run(const test::Workload& workload, const std::string& folder, bool tests) {
  const Result<ExperimentSpec> spec = edit_spec({}, workload.spec);
  if (!spec) return spec.error();
  const Result<DigitData> data =
      test::workload_data(test::bytes_if_there(folder + "/train-images.idx3-ubyte"),
                          test::bytes_if_there(folder + "/valid-images.idx3-ubyte"), spec->digits);
  if (!data) return data.error();
  Trainer trainer;
  if (Result<void> built = trainer.rebuild(*spec, data->train, data->valid); !built) return built;
  warm_up(trainer);
  Evaluator evaluator(data->valid, *trainer.batch().map, trainer.task());
  evaluator.run(trainer.task());
  downhill_counted(&trainer, tests ? &evaluator : nullptr);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
#ifdef __clang__
    std::puts("clang " __clang_version__);
#else
    std::puts("gcc " __VERSION__);
#endif
    return 0;
  }
  for (const test::Workload& workload : test::kWorkloads) {
    if (argv[2] != std::string_view(workload.name)) continue;
    const Result<void> done = run(workload, argv[1], argv[3] == std::string_view("test"));
    if (done) return 0;
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
  }
  std::fprintf(stderr, "there is no workload %s\n", argv[2]);
  return 1;
}
