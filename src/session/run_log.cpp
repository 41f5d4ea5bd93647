#include "session/run_log.hpp"

#include "base/text.hpp"

namespace downhill {
namespace {

// The items of print_spec(), which are in the same order for every spec.
std::vector<std::string_view> items_of(const std::string& text) { return split(text, '&'); }

// The fields that differ, as edit_spec() reads them.
std::string changes(const ExperimentSpec& from, const ExperimentSpec& to) {
  const std::string before = print_spec(from), after = print_spec(to);
  const std::vector<std::string_view> old = items_of(before), now = items_of(after);
  std::string edits;
  for (size_t i = 0; i < now.size(); ++i) {
    if (i < old.size() && old[i] == now[i]) continue;
    edits.append(edits.empty() ? "" : "&").append(now[i]);
  }
  return edits;
}

std::string place(uint64_t position, bool finished) {
  return print(position) + (finished ? " stopped" : "");
}

std::string hex(uint64_t digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kHex[(digest >> shift) & 15];
  return text;
}

}  // namespace

void RunLog::begin(const ExperimentSpec& spec) {
  first_ = spec;
  entries_.clear();
  from_file_ = false;
}

void RunLog::look(const ExperimentSpec& spec, uint64_t position, bool finished) {
  if (position == 0) {  // nothing was trained with what was set before
    first_ = spec;
    entries_.clear();
    return;
  }
  const auto is_undone = [&](const Entry& entry) {
    return entry.position > position || (entry.position == position && entry.finished == finished);
  };
  while (!entries_.empty() && is_undone(entries_.back())) entries_.pop_back();
  if (spec == last()) return;
  entries_.push_back({position, finished, changes(last(), spec), spec});
}

Result<std::string> RunLog::print(uint64_t position, bool finished, uint64_t digest) const {
  if (from_file_) {
    return Error{
        "[save] this run began from a file, and a result holds commands alone: start again, then "
        "train"};
  }
  std::string text = "downhill result 1\nexperiment " + print_spec(first_) + "\n";
  for (const Entry& entry : entries_) {
    if (entry.position > position) break;
    text += "set " + place(entry.position, entry.finished) + " " + entry.edits + "\n";
  }
  return text + "end " + place(position, finished) + "\ndigest " + hex(digest) + "\n";
}

}  // namespace downhill
