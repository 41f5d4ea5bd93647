// Compares the first 20 steps of deep networks, bit for bit: convolutions, norms, pools, dropout,
// augmentation, wrong labels, and every optimizer and loss that first_steps_test.cpp does not have.
// deep_steps.txt has each step's loss and gradient norm, and the digests of weights and running
// statistics. The file is the same for every compiler and machine; tests of the page in a browser
// compare the digests of some of these runs.
//
// Only 3s and 7s are committed. In runs with four digits image i is labelled as digit i mod 4: the
// answers mean nothing, but losses with an output per class are checked bit for bit too.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "session/snapshot_view.hpp"
#include "support/golden_text.hpp"
#include "support/mnist37.hpp"
#include "test_paths.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

constexpr const char* kPath = DOWNHILL_SOURCE_DIR "/tests/golden/deep_steps.txt";
constexpr const char* kRuns[] = {
    "model=conv&loss=crossentropy&optimizer=adamw&wd=0.01&schedule=onecycle&augment=crop&"
    "normalize=true&batch=128&lr=0.1&epochs=1&seed=1",
    "model=mlp:32&dropout=0.3&loss=bce&optimizer=momentum&batch=100&lr=0.05&init=he&seed=2",
    "model=lenet&activation=gelu&loss=mse&optimizer=nesterov&schedule=cosine&augment=affine&"
    "batch=64&lr=0.02&epochs=1&seed=3",
    "model=resconv&loss=crossentropy&optimizer=rmsprop&noise=0.1&subset=1000&batch=64&lr=0.001&"
    "droplast=true&seed=4",
    "model=net:flatten,linear24,ln,sigmoid,linear16,leakyrelu,dropout0.2,linear&loss=l1&"
    "optimizer=adam&clip=0.5&augment=rotate&batch=77&lr=0.01&init=glorot&seed=5",
    "model=net:conv6k5s2,bn,tanh,res(conv6k3p1b0,ln,relu),avgpool2,flatten,linear&loss=mnist&"
    "optimizer=sgd&wd=0.02&schedule=warmup&augment=noise&normalize=true&freeze=1&batch=50&lr=0.5&"
    "epochs=1&seed=6",
    "digits=0123&model=mlp:24&activation=tanh&loss=bce&optimizer=momentum&batch=90&lr=0.1&seed=7",
    "digits=0123&model=linear&loss=mse&optimizer=adam&batch=90&lr=0.001&seed=8",
    "digits=0123&model=net:conv4k4s4,relu,maxpool3s2p1,flatten,linear&loss=l1&optimizer=momentum&"
    "batch=90&lr=0.01&seed=9",
    "digits=0123&model=lenet&loss=crossentropy&optimizer=momentum&batch=128&lr=0.05&seed=10",
    "model=net:flatten,linear24b0,relu,linear6b0,bn,relu,linearb0&loss=crossentropy&optimizer=sgd&"
    "batch=64&lr=0.1&seed=11",
    "model=net:flatten,linear1b0&loss=mnist&optimizer=sgd&batch=64&lr=1&seed=12",
};
constexpr uint32_t kSteps = 20;

// The digest of the weights is the last word of the line, as in first_steps.txt.
std::string digests(const Trainer& trainer) {
  return " buffers " + test::print_digest(fnv1a(trainer.model().slabs().buffers())) + " weights " +
         test::print_digest(weights_digest(trainer)) + "\n";
}

DigitData load(const std::string& digits) {
  if (digits == "37") return test::load_mnist37();
  const auto labels = [&](const std::string& name) {
    std::vector<uint8_t> bytes = test::read_mnist37(name + "-labels.idx1-ubyte");
    for (size_t i = kIdxLabelsHeader; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>((i - kIdxLabelsHeader) % digits.size());
    }
    return bytes;
  };
  auto data =
      read_digit_data(test::read_mnist37("train-images.idx3-ubyte"), labels("train"),
                      test::read_mnist37("valid-images.idx3-ubyte"), labels("valid"), digits);
  if (!data) FAIL(data.error().message);
  return std::move(*data);
}

std::string run_text(const char* edits) {
  const Result<ExperimentSpec> spec = edit_spec({}, edits);
  REQUIRE(spec.ok());
  const DigitData data = load(spec->digits);
  Trainer trainer;
  REQUIRE(trainer.rebuild(*spec, data.train, data.valid).ok());
  std::string text = "run " + std::string(edits) + "\n" + "initial" + digests(trainer);
  while (trainer.batches_done() < kSteps) trainer.advance();
  for (const CurvePoint& point : trainer.recorder().steps()) {
    text += "step " + print(uint64_t{point.step}) + " loss " + print_hex(point.loss) +
            " gradient norm " + print_hex(point.gradient_norm) + " lr " + print_hex(point.lr) +
            "\n";
  }
  return text + "final" + digests(trainer) + "\n";
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("the first 20 steps of deep networks are the same bits on every machine") {
    std::string text;
    for (const char* run : kRuns) text += run_text(run);
    test::check_golden(text, kPath);
  }
}
