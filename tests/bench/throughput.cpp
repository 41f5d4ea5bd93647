// Images trained per second, on one core, and how near that comes to what the core could do: the
// roof is a loop of multiplications and additions in registers, measured in the same run. Machines
// are shared and noisy, so only ratios of one run mean anything; each figure is the median of
// several windows.
//
//   throughput DATA_FOLDER [SECONDS]     the four inflated IDX files, those of all ten digits in
//   digits/ below it; length of a window, 0.4 by itself
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "simd/f32x4.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

constexpr int kWindows = 5;

struct Workload {
  const char* name;
  const char* spec;
  double multiply_adds;  // per image, dense: forward, and one gradient product per weight matrix
                         // and input
};
// W1: 784·1 twice (no gradient of the pixels is needed). W2: 784·30 twice and 30·1 three times.
// W3: 14²·9·8 twice; 7²·9·8·16, 4²·9·16·32, 2²·9·32·16 and 9·16·10 three times. W4: 784·128 twice,
// 128·10 three times. W5: 28²·25·8 twice; 14²·25·8·16 and 256·10 three times. Padding counts as
// pixels; norms, activations, pools and the optimizer as nothing.
constexpr Workload kWorkloads[] = {
    {"W1 linear 784-1", "model=linear&loss=mnist&lr=1&batch=256&epochs=1000", 1568},
    {"W2 MLP 784-30-1", "model=mlp:30&loss=mnist&lr=0.1&batch=256&epochs=1000", 47130},
    {"W3 conv",
     "digits=0123456789&model=conv&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128&epochs=1000",
     478368},
    {"W4 MLP 784-128-10",
     "digits=0123456789&model=mlp:128&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128&epochs=1000",
     204544},
    {"W5 lenet",
     "digits=0123456789&model=lenet&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128&epochs=1000",
     2202880},
};

// Of the processor, so that waiting for a neighbour counts for nothing.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Twelve independent sums hide the latency of the additions: as in a tile of a matrix product.
double roof_flops_per_call(float* keep) {
  using simd::f32x4;
  constexpr int kSums = 12, kRounds = 20000;
  f32x4 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = f32x4::splat(static_cast<float>(i));
  const f32x4 a = f32x4::splat(keep[0]), b = f32x4::splat(keep[1]);
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * a + b;
  }
  for (int i = 1; i < kSums; ++i) sums[0] = sums[0] + sums[i];
  keep[2] = sum(sums[0]);
  return 2.0 * 4 * kSums * kRounds;
}

// Calls `work` for about `window` seconds; gives what it returned, per second.
template <class Work>
double rate(double window, Work work) {
  const double start = seconds();
  double done = 0, now = start;
  while (now - start < window) {
    done += work();
    now = seconds();
  }
  return done / (now - start);
}

// Empty when there is no such file.
std::vector<uint8_t> read(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  uint8_t buffer[16384];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
    bytes.insert(bytes.end(), buffer, buffer + n);
  std::fclose(file);
  return bytes;
}

Result<DigitData> load(const std::string& data_folder, const std::string& digits) {
  const std::string folder = data_folder + (digits == "37" ? "/" : "/digits/");
  return read_digit_data(
      read(folder + "train-images.idx3-ubyte"), read(folder + "train-labels.idx1-ubyte"),
      read(folder + "valid-images.idx3-ubyte"), read(folder + "valid-labels.idx1-ubyte"), digits);
}

double measure_roof(double window) {
  float keep[3] = {0.999f, 1e-3f, 0};
  rate(window, [&] { return roof_flops_per_call(keep); });  // warm up: V8 compiles in tiers
  std::vector<double> roofs;
  for (int i = 0; i < kWindows; ++i)
    roofs.push_back(rate(window / 4, [&] { return roof_flops_per_call(keep); }));
  const double roof = median(roofs);
  std::printf("roof: %.1f GFLOP/s of multiply + add%s\n", roof / 1e9, keep[2] == 0 ? "!" : "");
  return roof;
}

Result<void> measure(const Workload& workload, const std::string& folder, double window,
                     double roof) {
  const Result<ExperimentSpec> spec = edit_spec({}, workload.spec);
  if (!spec) return spec.error();
  const Result<DigitData> data = load(folder, spec->digits);
  if (!data) return data.error();
  Trainer trainer;
  if (const Result<void> built = trainer.rebuild(*spec, data->train, data->valid); !built) {
    return built.error();
  }
  // One batch, without the automatic test at the end of an epoch.
  const auto batch = [&trainer]() -> double {
    double images = 0;
    for (bool done = false; !done;) {
      done = trainer.advance() == Phase::step;
      if (done) images = trainer.batch().size;
    }
    return images;
  };
  rate(window, batch);
  std::vector<double> rates;
  for (int i = 0; i < kWindows; ++i) rates.push_back(rate(window, batch));
  const double images = median(rates);
  const double flops = 2 * workload.multiply_adds * images;
  std::printf("%-18s %9.0f images/s %6.2f GFLOP/s %5.1f %% of the roof  (windows %.0f…%.0f)\n",
              workload.name, images, flops / 1e9, 100 * flops / roof,
              *std::min_element(rates.begin(), rates.end()),
              *std::max_element(rates.begin(), rates.end()));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const double window = argc > 2 ? std::atof(argv[2]) : 0.4;
  const double roof = measure_roof(window);
  bool all = true;
  for (const Workload& workload : kWorkloads) {
    const Result<void> measured = measure(workload, folder, window, roof);
    if (measured) continue;
    std::printf("%-18s %s\n", workload.name, measured.error().message.c_str());
    all = false;
  }
  return all ? 0 : 2;
}
