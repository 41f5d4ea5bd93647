// The arguments of commands in their text form: how each is read, refused and printed.
#include <algorithm>
#include <span>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "base/typed_number.hpp"
#include "session/command.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {
namespace {

constexpr float kMinSpeed = 0.1f, kMaxSpeed = 10000;
constexpr uint32_t kMaxEngines = 1024;
constexpr float kMaxValue = 1e9f;

std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) {
    list.append(list.empty() ? "" : ", ").append(name);
  }
  return list;
}

template <class Enum>
std::string read_choice(std::string_view name, std::string_view text, Enum& out) {
  const std::optional<Enum> value = parse_enumerator<Enum>(text);
  if (!value) {
    return std::string(name) + " " + quoted(text) + " is none of " +
           list_of(kEnumeratorNames<Enum>);
  }
  out = *value;
  return {};
}

template <class Integer>
std::string read_integer(std::string_view name, std::string_view text, uint64_t least,
                         uint64_t most, Integer& out) {
  const Result<uint64_t> number = typed_count(text, least, most);
  if (!number) return std::string(name) + " " + number.error().message;
  out = static_cast<Integer>(*number);
  return {};
}

std::string print_word(std::string_view word) { return std::string(word); }

// Every byte that is no letter or digit as %XX.
std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    plain ? out += c : out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

std::string read_text(Command& command, std::string_view text) {
  if (text.empty()) return "the text is empty";
  command.text = text;
  return {};
}

std::string read_value(Command& command, std::string_view text) {
  const Result<float> value = typed_number(text, -kMaxValue, kMaxValue);
  if (!value) return "value " + value.error().message;
  command.value = *value;
  return {};
}

std::string read_speed(Command& command, std::string_view text) {
  const Result<float> speed = typed_number(text, 0, kMaxSpeed);
  if (!speed) return "batches " + speed.error().message;
  if (!possible_speed(*speed)) {
    return "batches " + quoted(text) + " is neither 0 (as fast as possible) nor inside " +
           print(kMinSpeed) + "…10000 per second";
  }
  command.speed = *speed;
  return {};
}

std::string read_rates(Command& command, std::string_view text) {
  std::vector<float> lrs;
  for (const std::string_view piece : split(text, ',')) {
    const Result<float> lr = typed_number(piece, kMinLr, kMaxLr);
    if (!lr) return "rates: " + lr.error().message;
    if (std::ranges::count(lrs, *lr) > 0) return "rates: " + quoted(piece) + " is given twice";
    lrs.push_back(*lr);
  }
  if (lrs.size() > kMaxRaceLanes) {
    return "more than " + print(uint64_t{kMaxRaceLanes}) + " rates are too many";
  }
  command.race.lrs = std::move(lrs);
  return {};
}

std::string read_hidden(Command& command, std::string_view text) {
  uint8_t hidden = 0;
  for (const std::string_view piece : split(text, ',')) {
    if (text == "nothing") break;
    PagePart part{};
    if (std::string wrong = read_choice("hide", piece, part); !wrong.empty())
      return wrong + ", nothing";
    hidden = static_cast<uint8_t>(hidden | 1u << static_cast<unsigned>(part));
  }
  command.show.hidden = hidden;
  return {};
}

std::string print_hidden(const Command& command) {
  if (!command.show.hidden) return {};
  std::string text;
  for (size_t i = 0; i < kEnumeratorCount<PagePart>; ++i) {
    if (!(*command.show.hidden >> i & 1u)) continue;
    text.append(text.empty() ? "" : ",").append(kEnumeratorNames<PagePart>[i]);
  }
  return text.empty() ? "nothing" : text;
}

// A name goes into a sentence and to a widget: short, and of letters that need no escape.
std::string read_name(std::string_view argument, std::string_view text, std::string& out) {
  constexpr size_t kLongest = 31;
  const auto may = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
  };
  if (text.empty() || text.size() > kLongest || !std::ranges::all_of(text, may))
    return std::string(argument) + " " + quoted(text) + " is no name";
  out = text;
  return {};
}

std::string print_rates(const Command& command) {
  std::string text;
  for (const float lr : command.race.lrs) text += (text.empty() ? "" : ",") + print(lr);
  return text;
}

// "x,y,x,y…;x,y…", each 0…1; "none" or nothing: no strokes.
std::string read_strokes(Command& command, std::string_view text) {
  DrawOrder order;
  order.points.emplace();
  if (!text.empty() && text != "none") {
    for (const std::string_view stroke : split(text, ';')) {
      const std::vector<std::string_view> numbers = split(stroke, ',');
      for (const std::string_view piece : numbers) {
        const Result<float> number = typed_number(piece, 0, 1);
        if (!number) return "strokes: " + number.error().message;
        order.points->push_back(*number);
      }
      if (numbers.size() % 2 != 0) return "strokes: a point has an x without a y";
      order.strokes.push_back(static_cast<uint32_t>(numbers.size() / 2));
    }
  }
  if (order.points->size() > 2 * kMaxDrawnPoints) {
    return "more than " + print(uint64_t{kMaxDrawnPoints}) + " points are too many";
  }
  command.draw.points = std::move(order.points);
  command.draw.strokes = std::move(order.strokes);
  return {};
}

std::string print_strokes(const Command& command) {
  if (!command.draw.points) return {};
  std::string text;
  const float* at = command.draw.points->data();
  for (const uint32_t count : command.draw.strokes) {
    text += text.empty() ? "" : ";";
    for (uint32_t i = 0; i < 2 * count; ++i) text += (i > 0 ? "," : "") + print(*at++);
  }
  return text.empty() ? "none" : text;
}

std::string read_pixels(Command& command, std::string_view text) {
  std::vector<uint8_t> pixels;
  for (const std::string_view piece : split(text, ',')) {
    const Result<uint64_t> value = typed_count(piece, 0, 255);
    if (!value) return "pixels: " + value.error().message;
    pixels.push_back(static_cast<uint8_t>(*value));
  }
  if (pixels.size() != kMnistSize.pixels()) {
    return "pixels: " + print(uint64_t{pixels.size()}) + " numbers where " +
           print(uint64_t{kMnistSize.pixels()}) + " were expected, row by row";
  }
  command.draw.pixels = std::move(pixels);
  return {};
}

std::string print_pixels(const Command& command) {
  std::string text;
  for (const uint8_t value : command.draw.pixels.value_or(std::vector<uint8_t>{})) {
    text += (text.empty() ? "" : ",") + print(uint64_t{value});
  }
  return text;
}

std::string read_pen(Command& command, std::string_view text) {
  const Result<float> pen = typed_number(text, kMinPen, kMaxPen);
  if (!pen) return "pen " + pen.error().message;
  command.draw.pen = *pen;
  return {};
}

std::string read_centred(Command& command, std::string_view text) {
  if (text != "true" && text != "false") {
    return "centred " + quoted(text) + " is neither true nor false";
  }
  command.draw.centred = text == "true";
  return {};
}

}  // namespace

bool possible_speed(float speed) {
  return speed == 0 || (speed >= kMinSpeed && speed <= kMaxSpeed);
}

const Argument kUnitArgument{
    "unit", "`phase`, `batch`, `epoch`", false,
    [](Command& c, std::string_view text) { return read_choice("unit", text, c.unit); },
    [](const Command& c) { return print_word(enumerator_name(c.unit)); }};

const Argument kCountArgument{"count", "1 … 1000000", false,
                              [](Command& c, std::string_view text) {
                                return read_integer("count", text, 1, kMaxStepCount, c.count);
                              },
                              [](const Command& c) { return print(uint64_t{c.count}); }};

const Argument kPhaseArgument{
    "phase", "`initialize`, `predict`, `loss`, `gradient`, `step`, `repeat`, `stop`", true,
    [](Command& c, std::string_view text) { return read_choice("phase", text, c.phase); },
    [](const Command& c) { return print_word(enumerator_name(c.phase)); }};

const Argument kSeedArgument{
    "seed", "a whole number", false,
    [](Command& c, std::string_view text) {
      return read_integer("seed", text, 0, UINT64_MAX, c.seed.emplace());
    },
    [](const Command& c) { return c.seed ? print(*c.seed) : std::string(); }};

const Argument kBatchesArgument{"batches", "0, or 0.1 … 10000", true, read_speed,
                                [](const Command& c) { return print(c.speed); }};

const Argument kTextArgument{"text", "`'x = 3; y = x**2'`", true, read_text,
                             [](const Command& c) { return encoded(c.text); }};

const Argument kNameArgument{"name", "of an input", true, read_text,
                             [](const Command& c) { return encoded(c.text); }};

const Argument kValueArgument{"value", "a number", true, read_value,
                              [](const Command& c) { return print(c.value); }};

const Argument kWhatArgument{
    "what", "`weights`, `checkpoint`, `result`, `gradients`, `curves`, `confusion`, `scores`", true,
    [](Command& c, std::string_view text) { return read_choice("what", text, c.file); },
    [](const Command& c) { return print_word(enumerator_name(c.file)); }};

const Argument kShowViewArgument{
    "view", "`overview`, `loss`, `gradient:the-valley` …", false,
    [](Command& c, std::string_view text) { return read_name("view", text, c.show.view); },
    [](const Command& c) { return c.show.view; }};

const Argument kShowWidgetArgument{
    "widget", "the name of a widget", false,
    [](Command& c, std::string_view text) { return read_name("widget", text, c.show.widget); },
    [](const Command& c) { return c.show.widget; }};

const Argument kShowHideArgument{"hide", "`nothing`, or some of `experiment,steps,dial,curves`",
                                 false, read_hidden, print_hidden};

const Argument kRaceRatesArgument{"rates", "`'0.1,0.3,1'`", false, read_rates, print_rates};

const Argument kRaceEpochsArgument{"epochs", "1 … 1000", false,
                                   [](Command& c, std::string_view text) {
                                     return read_integer("epochs", text, 1, kMaxEpochs,
                                                         c.race.epochs);
                                   },
                                   [](const Command& c) { return print(uint64_t{c.race.epochs}); }};

const Argument kRaceEnginesArgument{
    "engines", "how many at a time", false,
    [](Command& c, std::string_view text) {
      return read_integer("engines", text, 1, kMaxEngines, c.race.engines);
    },
    [](const Command& c) {
      return c.race.engines > 0 ? print(uint64_t{c.race.engines}) : std::string();
    }};

const Argument kStrokesArgument{"strokes", "`'0.2,0.1,0.8,0.9;0.5,0.5'`, `none`", false,
                                read_strokes, print_strokes};

const Argument kPixelsArgument{"pixels", "28 × 28 numbers, 0 … 255", false, read_pixels,
                               print_pixels};

const Argument kPenArgument{"pen", "0.01 … 0.3", false, read_pen, [](const Command& c) {
                              return c.draw.pen ? print(*c.draw.pen) : std::string();
                            }};

const Argument kCentredArgument{"centred", "`true`, `false`", false, read_centred,
                                [](const Command& c) -> std::string {
                                  if (!c.draw.centred) return {};
                                  return *c.draw.centred ? "true" : "false";
                                }};

namespace {

template <std::optional<uint32_t> TapeOrder::*kAt>
constexpr Argument tape_argument(std::string_view name) {
  return {name, "a whole number", false,
          [](Command& c, std::string_view text) {
            return read_integer("the number", text, 0, kMaxStepCount, (c.tape.*kAt).emplace());
          },
          [](const Command& c) {
            return c.tape.*kAt ? print(uint64_t{*(c.tape.*kAt)}) : std::string();
          }};
}

}  // namespace

const Argument kTapeRowArgument = tape_argument<&TapeOrder::row>("row");
const Argument kTapeUnitArgument = tape_argument<&TapeOrder::unit>("unit");
const Argument kTapeWeightArgument = tape_argument<&TapeOrder::weight>("weight");
const Argument kTapeCursorArgument = tape_argument<&TapeOrder::cursor>("cursor");

}  // namespace downhill
