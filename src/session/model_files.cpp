#include "session/model_files.hpp"

#include "base/text.hpp"
#include "nn/state_dict.hpp"

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

}  // namespace

File write_file(Trainer& trainer, FileKind kind) {
  TensorFile file;
  file.metadata.emplace_back("format", "pt");  // PyTorch's layouts, as its loaders ask
  file.metadata.emplace_back("downhill.spec", print_spec(trainer.spec()));
  append_state_dict(trainer.model(), trainer.steps_done(), file.tensors);
  if (kind == FileKind::checkpoint) append_run(trainer.record(), file);
  const std::string name = "downhill-" + plain(print_model(trainer.spec().model)) + "-epoch" +
                           print(uint64_t{trainer.epochs_done()}) +
                           (kind == FileKind::checkpoint ? "-checkpoint" : "") + ".safetensors";
  return {name, write_safetensors(file)};
}

}  // namespace downhill
