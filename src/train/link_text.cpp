#include "train/link_text.hpp"

#include <algorithm>
#include <vector>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

constexpr int kMostEncodings = 4;  // of the whole link, one in the other

// No name and no value has '%', '&', '=' or a space in it, so the whole text can be decoded before it
// is split.
std::string plain(std::string_view link) {
  std::string text(link);
  for (int i = 0; i < kMostEncodings; ++i) {
    std::string decoded = decode_percents(text);
    if (decoded == text) break;
    text = std::move(decoded);
  }
  for (size_t at; (at = text.find("&amp;")) != std::string::npos;) text.erase(at + 1, 4);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (text.starts_with('#') || text.starts_with('?')) text.erase(0, 1);
  return text;
}

// Reads one field into `spec`, or says why not.
Result<void> read_field(std::string_view piece, std::vector<std::string_view>& seen,
                        ExperimentSpec& spec) {
  const size_t equals = piece.find('=');
  const std::string_view name = piece.substr(0, equals);
  if (equals == std::string_view::npos) {
    return Error{quoted(piece) + " is not of the form name=value"};
  }
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return Error{"there is no field " + quoted(name)};
  if (std::ranges::count(seen, name) > 0) return Error{quoted(name) + " is given twice"};
  seen.push_back(name);
  const Result<void> read = field->parse(spec, piece.substr(equals + 1));
  if (read) return {};
  return Error{std::string(name) + ": " + without_tag(read.error().message)};
}

}  // namespace

LinkedExperiment read_link(std::string_view link, ImageSize images) {
  LinkedExperiment opened;
  std::string reasons;
  const auto leave_out = [&](const std::string& why) {
    reasons += (reasons.empty() ? "" : "; ") + why;
  };
  const std::string text = plain(link);
  std::vector<std::string_view> seen;
  const std::vector<std::string_view> pieces = split(text, '&');
  // Data bring what is usual for them, wherever in the link they are named.
  for (const std::string_view piece : pieces) {
    if (!piece.starts_with("data=")) continue;
    const bool read = find_spec_field("data")->parse(opened.spec, piece.substr(5)).ok();
    if (read && opened.spec.data != DataKind::digits) take_usual(opened.spec);
    break;
  }
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (Result<void> read = read_field(piece, seen, opened.spec); !read) {
      leave_out(read.error().message);
    }
  }
  // Each field can be read, but together they may ask for too much: too large a batch for the model.
  const Result<ExperimentSpec> fits = edit_spec(opened.spec, "", images);
  if (!fits) {
    leave_out(without_tag(fits.error().message));
    opened.spec = {};
    opened.left_out =
        "[link] The default experiment is shown, because this link cannot be opened: " + reasons +
        ".";
  } else if (!reasons.empty()) {
    opened.left_out = "[link] A part of this link cannot be read and is left out: " + reasons + ".";
  }
  return opened;
}

}  // namespace downhill
