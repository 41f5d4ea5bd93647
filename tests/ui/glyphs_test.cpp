// Every character on the page is in the fonts, at every size of type.
#include "ui/glyphs.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill::test {
namespace {

// The characters outside ASCII in the text's string literals, those written as \xEE… too.
std::set<std::string> characters_of(const std::string& text) {
  std::set<std::string> found;
  bool inside = false;
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!inside && text.compare(i, 2, "//") == 0) i = std::min(text.find('\n', i), text.size());
    if (i >= text.size()) break;
    char c = text[i];
    if (c == '"' && (i == 0 || text[i - 1] != '\'')) inside = !inside;
    if (!inside) continue;
    if (c == '\\') {
      if (text[i + 1] != 'x') {
        ++i;
        continue;
      }
      c = static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    }
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0xC0) bytes.clear();
    if (byte < 0x80) continue;
    bytes += c;
    const auto lead = static_cast<uint8_t>(bytes[0]);
    if (bytes.size() == (lead >= 0xF0 ? 4u : lead >= 0xE0 ? 3u : 2u)) found.insert(bytes);
  }
  return found;
}

ImFont& font_of(const HeadlessPage& page, size_t type) {
  return *page.page.theme().font(static_cast<ui::Type>(type));
}

}  // namespace

TEST_CASE("Every character of every string in the sources is in the fonts of all sizes") {
  HeadlessPage page({1280, 800, 1});
  page.frames(sample_snapshot(SampleState::running));
  std::set<std::string> all;
  for (const char* room : {"ui", "main", "session", "train", "nn", "data", "files"}) {
    const auto folder = std::filesystem::path(DOWNHILL_SOURCE_DIR) / "src" / room;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
      if (file.path().extension() != ".cpp" && file.path().extension() != ".hpp") continue;
      const std::vector<uint8_t> bytes = read_file(file.path().string());
      all.merge(characters_of(std::string(bytes.begin(), bytes.end())));
    }
  }
  CHECK(all.contains("⚠"));
  CHECK(all.contains("×"));
  for (size_t type = 0; type < ui::kTypeCount; ++type) {
    for (const std::string& character : all) {
      CHECK_MESSAGE(ui::drawable(font_of(page, type), character) == character, character,
                    " is not in the font of type ", type);
    }
  }
}

TEST_CASE("A foreign name is drawn in letters that the fonts have") {
  HeadlessPage page({1280, 800, 1});
  page.page.record_texts(true);
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  const auto drawn = [&](std::string_view text) {
    return ui::drawable(font_of(page, static_cast<size_t>(ui::Type::body)), text);
  };
  CHECK(drawn("żółw.safetensors") == "zółw.safetensors");
  CHECK(drawn("z\u0307o.safetensors") == "zo.safetensors");
  CHECK(drawn("模型 2.safetensors") == "… 2.safetensors");
  CHECK(drawn("a\xff\xfe\x80z") == "a…z");
  page.surroundings.notice = "żółw.safetensors is loaded.";
  page.frames(snapshot);
  bool said = false;
  for (const ui::TextMark& mark : page.page.texts())
    said = said || mark.text.view() == "zółw.safetensors is loaded.";
  CHECK(said);
}

}  // namespace downhill::test
