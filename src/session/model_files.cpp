#include "session/model_files.hpp"

#include <cmath>

#include "base/text.hpp"
#include "nn/state_dict.hpp"
#include "session/snapshot_view.hpp"

namespace downhill {
namespace {

// The model's text, reduced to characters that any file name may hold: "mlp30" for "mlp:30".
std::string plain(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool usual = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (usual) name += c;
    if (c == ',') name += '-';
    if (name.size() >= 24) break;
  }
  return name;
}

// A number of a table; nothing where it is not known.
std::string cell(float value) { return std::isnan(value) ? std::string() : print(value); }

// A row for each step, and one for the test of the initial weights. A test is in the row of the
// step after which it was made.
std::string curves_table(const Trainer& trainer) {
  const Recorder& recorder = trainer.recorder();
  const std::span<const EpochPoint> tests = recorder.epochs();
  size_t next = 0;
  const auto test_at = [&](uint32_t step) -> std::string {
    if (next >= tests.size() || tests[next].step != step) return ",,";
    const EpochPoint& test = tests[next++];
    return print(uint64_t{test.epoch}) + "," + cell(test.valid_loss) + "," +
           cell(test.valid_accuracy);
  };
  std::string text =
      "step,train_loss,gradient_norm,lr,momentum,epoch,valid_loss,valid_accuracy\n0,,,,," +
      test_at(0) + "\n";
  for (const CurvePoint& point : recorder.steps()) {
    text += print(uint64_t{point.step}) + "," + cell(point.loss) + "," + cell(point.gradient_norm) +
            "," + cell(point.lr) + "," + cell(point.momentum) + "," + test_at(point.step) + "\n";
  }
  return text;
}

// Rows are the truth, columns the answer.
std::string confusion_table(const Trainer& trainer) {
  const Evaluation& test = trainer.evaluation();
  const Dataset& data = trainer.valid_set();
  std::string text = "truth";
  for (uint32_t answer = 0; answer < test.classes; ++answer) {
    text += "," + std::string(data.class_name(answer));
  }
  for (uint32_t truth = 0; truth < test.classes; ++truth) {
    text += "\n" + std::string(data.class_name(truth));
    for (uint32_t answer = 0; answer < test.classes; ++answer) {
      text += "," + print(uint64_t{test.confusion[truth * test.classes + answer]});
    }
  }
  return text + "\n";
}

// A row for each image or point of the batch: its place in the training set, what it is, and what the
// model says of it.
std::string scores_table(const Trainer& trainer) {
  const Objective& objective = trainer.objective();
  const Batch& batch = trainer.batch();
  const Dataset& data = trainer.train_set();
  const uint32_t width = objective.outputs();
  const bool points = data.width() > 0;
  std::string text = points ? "index,target" : "index,digit,label,answer";
  for (uint32_t k = 0; k < width; ++k) {
    const std::string of = width > 1 ? "_" + std::string(data.class_name(k)) : std::string();
    text += ",output" + of + (points ? "" : ",score" + of);
  }
  text += ",loss\n";
  std::vector<float> scores(width), losses(batch.size),
      room(size_t{batch.size} * objective.room_per_image());
  objective.items(trainer.outputs(), {batch.classes, batch.targets}, losses, room);
  for (uint32_t i = 0; i < batch.size; ++i) {
    const uint32_t index = batch.indices[i];
    const auto outputs = trainer.outputs().subspan(size_t{i} * width, width);
    text += print(uint64_t{index}) + ",";
    if (points) {
      text += print(data.target(index)) + "," + cell(outputs[0]);
    } else {
      objective.scores(outputs, scores);
      text += print(uint64_t{data.digit(index)}) + "," +
              std::string(data.class_name(data.class_of(index))) + "," +
              std::string(data.class_name(objective.answer(outputs)));
      for (uint32_t k = 0; k < width; ++k) text += "," + cell(outputs[k]) + "," + cell(scores[k]);
    }
    text += "," + cell(losses[i]) + "\n";
  }
  return text;
}

std::vector<uint8_t> safetensors_of(Trainer& trainer, FileKind kind) {
  TensorFile file;
  file.metadata.emplace_back("format", "pt");  // PyTorch's layouts, as its loaders ask
  file.metadata.emplace_back("downhill.spec", print_spec(trainer.spec()));
  if (kind == FileKind::gradients) {
    append_gradients(trainer.model(), file.tensors);
  } else {
    append_state_dict(trainer.model(), trainer.steps_done(), file.tensors);
  }
  if (kind == FileKind::checkpoint) append_run(trainer.record(), file);
  return write_safetensors(file);
}

std::vector<uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

Result<File> write_file(Trainer& trainer, const RunLog& log, FileKind kind) {
  const std::string name = "downhill-" + plain(print_model(trainer.spec().model)) + "-epoch" +
                           print(uint64_t{trainer.epochs_done()});
  switch (kind) {
    case FileKind::weights:
      return File{name + ".safetensors", safetensors_of(trainer, kind)};
    case FileKind::checkpoint:
      return File{name + "-checkpoint.safetensors", safetensors_of(trainer, kind)};
    case FileKind::result: {
      const Result<std::string> text =
          log.print(trainer.position(), trainer.finished(), weights_digest(trainer));
      if (!text) return text.error();
      return File{name + "-result.txt", bytes_of(*text)};
    }
    case FileKind::gradients:
      if (!trainer.has_gradient())
        return Error{"[save] no gradient has been computed yet: do the step Gradient first"};
      return File{name + "-gradients.safetensors", safetensors_of(trainer, kind)};
    case FileKind::scores:
      if (!trainer.predicted())
        return Error{"[save] the model has not seen this batch yet: do the step Predict first"};
      return File{name + "-scores.csv", bytes_of(scores_table(trainer))};
    case FileKind::curves:
      return File{name + "-curves.csv", bytes_of(curves_table(trainer))};
    case FileKind::confusion:
      return File{name + "-confusion.csv", bytes_of(confusion_table(trainer))};
  }
  return Error{"[save] there is no such file"};
}

}  // namespace downhill
