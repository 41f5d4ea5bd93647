// Reads the bytes as an opened file: as a run, and as the weights of a small model. Whatever is
// accepted must survive writing and reading unchanged.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nn/state_dict.hpp"
#include "train/run_record.hpp"

namespace downhill::fuzz {

inline std::vector<uint8_t> written(const RunRecord& record) {
  TensorFile file;
  append_run(record, file);
  return write_safetensors(file);
}

inline bool checkpoint(std::span<const uint8_t> bytes) {
  const auto file = read_safetensors(bytes, "file");
  if (!file) return file.error().message.starts_with("[file] ");
  if (const auto record = read_run(*file)) {
    const std::vector<uint8_t> once = written(*record);
    const auto again = read_safetensors(once, "file");
    if (!again || !has_run(*again)) return false;
    const auto same = read_run(*again);
    if (!same || written(*same) != once) return false;
  } else if (!record.error().message.starts_with('[')) {
    return false;
  }
  static const std::unique_ptr<Model> model =
      std::move(*Model::build(*parse_network("conv1k28,bn,flatten,linear"), {28, 28, 1}, 1));
  const auto state = read_state_dict(*model, *file, "run.");
  return state ? state->values.size() == model->slabs().values().size()
               : state.error().message.starts_with("[weights] ");
}

}  // namespace downhill::fuzz
