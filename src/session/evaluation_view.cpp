#include "session/evaluation_view.hpp"

#include <algorithm>

namespace downhill {

namespace {

constexpr uint32_t kTopLosses = 32, kExamples = 64;  // images that a page shows at most

uint8_t digit_of(const Dataset& data, uint32_t which) {
  return static_cast<uint8_t>(data.class_name(which)[0] - '0');
}

void append_image(const Dataset& data, uint32_t index, std::vector<uint8_t>& pixels) {
  const auto image = data.image(index);
  pixels.insert(pixels.end(), image.begin(), image.end());
}

}  // namespace

void view_evaluation(const RunView& run, EvaluationView& out) {
  const Evaluation& test = run.evaluation();
  const Dataset& data = run.valid_set();
  out = EvaluationView{};
  out.classes = test.classes;
  if (test.classes == 0) return;
  out.confusion = test.confusion;
  out.indices = top_losses(test, kTopLosses);
  for (const uint32_t index : out.indices) {
    append_image(data, index, out.pixels);
    out.digits.push_back(data.digit(index));
    out.answers.push_back(digit_of(data, test.answers[index]));
    out.losses.push_back(test.losses[index]);
  }
}

void view_examples(const RunView& run, const SnapshotRequest& request, ExamplesView& out) {
  const Evaluation& test = run.evaluation();
  const Dataset& data = run.valid_set();
  out = ExamplesView{};
  out.truth = request.cell_truth;
  out.answer = request.cell_answer;
  if (test.classes == 0) return;
  for (const uint32_t index : top_losses(test, data.size())) {
    if (data.digit(index) != out.truth || digit_of(data, test.answers[index]) != out.answer) {
      continue;
    }
    ++out.count;
    if (out.indices.size() == kExamples) continue;
    out.indices.push_back(index);
    append_image(data, index, out.pixels);
    out.losses.push_back(test.losses[index]);
  }
}

}  // namespace downhill
