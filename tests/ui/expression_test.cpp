// The view of an expression: where its nodes stand, what its words say, and what clicks and drags
// ask of the engine.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/expression_layout.hpp"
#include "ui/expression_words.hpp"

namespace downhill::test {
namespace {

const char* const kNeuron =
    "x1 = 2; x2 = 0; w1 = -3; w2 = 1; b = 6.88137; n = x1*w1 + x2*w2 + b; o = tanh(n)";

const char* const kLines[] = {
    "x = 3; y = x**2",
    "x = 8; y = x*x",
    kNeuron,
    "x = [0, 1, 2]; y = [3, 2.5, 6]; a = 1; b = -1; c = 2; mse = mean((a*x**2 + b*x + c - y)**2)",
    "x=1;y=x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x",
    "a=1;b=2;c=3;d=4;e=5;f=6;g=7;h=8;i=9;j=10;k=a*b*c*d*e*f*g*h*i*j*a*b*c*d",
    "x = -1.5",
};

ExpressionView viewed(const std::string& line, uint32_t steps_back = 0, bool backward = true) {
  ExpressionRun run;
  REQUIRE(run.read(line).ok());
  if (backward) REQUIRE(run.backward().ok());
  if (steps_back > 0) REQUIRE(run.back(steps_back).ok());
  return run.view();
}

Snapshot showing(const ExpressionView& view) {
  Snapshot s = sample_snapshot_conv(SampleState::running);
  s.expression = view;
  return s;
}

void open_view(HeadlessPage& page) {
  ui::Selection& selection = page.page.selection();
  selection.tab = ui::Tab::stage;
  selection.open(Phase::gradient);
  selection.tabs[static_cast<size_t>(Phase::gradient)] = 2;
}

const Command* asked(const HeadlessPage& page, CommandKind kind) {
  const auto& commands = page.requests.commands;
  const auto found = std::ranges::find(commands, kind, &Command::kind);
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("the nodes of an expression stand apart, inside, and behind their inputs") {
  for (const char* line : kLines) {
    const ExpressionView view = viewed(line);
    for (const float width : {270.0f, 340.0f, 520.0f, 900.0f, 1600.0f}) {
      CAPTURE(std::string(line));
      CAPTURE(width);
      const ui::ExpressionLayout layout = ui::lay_out(view, width);
      REQUIRE(layout.boxes.size() == view.nodes.size());
      size_t ways = 0;
      for (size_t i = 0; i < layout.boxes.size(); ++i) {
        const ui::Rect& box = layout.boxes[i];
        CHECK(box.x0 >= -0.5f);
        CHECK(box.x1 <= width + 0.5f);
        CHECK(box.y0 >= -0.5f);
        CHECK(box.y1 <= layout.size.y + 0.5f);
        CHECK(box.width() >= 77.0f);
        for (size_t k = 0; k < i; ++k) CHECK_FALSE(box.inset(1).overlaps(layout.boxes[k].inset(1)));
        for (const ExpressionLink& link : view.nodes[i].inputs) {
          const ui::Rect& input = layout.boxes[link.node];
          CHECK((layout.rows ? input.y1 < box.y0 : input.x1 < box.x0));
          const auto& way = layout.ways[ways++];
          CHECK(way.size() >= 2);
          CHECK(input.inset(-1).contains(way.front()));
          CHECK(box.inset(-1).contains(way.back()));
        }
      }
      CHECK(ways == layout.ways.size());
    }
  }
}

TEST_CASE(
    "an expression that fits is drawn from left to right, and on a phone from top to bottom") {
  const ExpressionView view = viewed(kNeuron);
  CHECK_FALSE(ui::lay_out(view, 640).rows);
  CHECK(ui::lay_out(view, 340).rows);
}

TEST_CASE("ways that need not cross do not") {
  // a·d and b·c: in the order of the text their ways would cross.
  const ui::ExpressionLayout layout =
      ui::lay_out(viewed("a = 1; b = 2; c = 3; d = 4; p = a*d; q = b*c; y = p + q"), 700);
  const auto y = [&](size_t node) { return layout.boxes[node].center().y; };
  CHECK((y(0) - y(1)) * (y(3) - y(2)) > 0);  // a and d lie on one side of b and c
  CHECK((y(0) - y(2)) * (y(3) - y(1)) > 0);
}

TEST_CASE("numbers are short and exact where they can be") {
  CHECK(ui::short_number(64) == std::string_view("64"));
  CHECK(ui::short_number(-0.5f) == std::string_view("−0.5"));
  CHECK(ui::short_number(1.0f / 3) == std::string_view("0.3333"));
  CHECK(ui::short_number(2.5e-7f) == std::string_view("2.5e−7"));
  CHECK(ui::short_number(-1.5e25f) == std::string_view("−1.5e25"));
  CHECK(ui::short_number(0) == std::string_view("0"));
  CHECK(ui::short_number(NAN) == std::string_view("NaN"));
  CHECK(ui::short_number(-INFINITY) == std::string_view("−∞"));
  const float values[] = {3, -4, 10};
  CHECK(ui::short_numbers(values, true) == std::string_view("[3, −4, 10]"));
}

TEST_CASE("the last step is told with its numbers") {
  const auto lines = [](const ExpressionView& view) {
    std::string all;
    for (const ui::LongLabel& line : ui::step_lines(view)) all.append(line).append("\n");
    return all;
  };
  CHECK(lines(viewed("x = 8; y = x*x")) ==
        "dy/dx gets dy/dy · ∂y/∂x = 1 · 8 = 8, now 16\n"
        "dy/dx gets dy/dy · ∂y/∂x = 1 · 8 = 8, now 16\n");
  CHECK(lines(viewed("x = 8; y = x*x", 1)) ==
        "dy/dy = 1: the way back begins with the result itself.\n");
  CHECK(lines(viewed("x = -3; y = x*x + 1", 0, false)) == "y = v₁ + 1 = 9 + 1 = 10\n");
  CHECK(lines(viewed("x = -3; y = x*x + 1", 1, false)) == "v₁ = x × x = (−3) × (−3) = 9\n");
  CHECK(lines(viewed("x = -3; y = x*x + 1", 2, false)) ==
        "The numbers are there, and nothing is computed yet.\n");
  CHECK(lines(viewed("x = 2; a = x**3; y = relu(a)")) == "dy/dx = dy/da · ∂a/∂x = 1 · 12 = 12\n");
  CHECK(lines(viewed("x = [3, 4]; s = 2; y = sum(s*x)")) ==
        "dy/ds = ∑ dy/dv₁ · ∂v₁/∂s = [1, 1] · [3, 4] = 7\n"
        "dy/dx = dy/dv₁ · ∂v₁/∂x = [1, 1] · [2, 2] = [2, 2]\n");
}

TEST_CASE("the view of an expression is drawn well at every size, whatever the line and the step") {
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    open_view(page);
    for (const char* line : kLines) {
      for (const uint32_t back : {0u, 1u}) {
        CAPTURE(std::string(line));
        const std::string where = size_words(size) + " ";
        const Snapshot snapshot = showing(viewed(line, back));
        page.page.record_texts(true);
        page.frames(snapshot, 3);
        const auto texts = page.page.texts();
        CHECK_MESSAGE(first_collision(texts).empty(), where, first_collision(texts));
        const ui::Rect whole{0, 0, size.width, size.height};
        CHECK_MESSAGE(first_cut(texts, whole).empty(), where, first_cut(texts, whole));
        CHECK(page.has("expression-step"));
        CHECK(page.has("expression-node:0"));
      }
    }
  }
}

TEST_CASE("the first look at the view asks for the first example, once") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.expression.reset();
  page.frames(snapshot, 3);
  REQUIRE(page.requests.commands.size() == 1);
  CHECK(asked(page, CommandKind::expression)->text == "x = 3; y = x**2");
}

TEST_CASE("buttons of the view send their commands") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  const Snapshot snapshot = showing(viewed("x = 3; a = x*x; y = a + 1", 1));
  page.frames(snapshot);
  const auto sends = [&](const char* widget, CommandKind kind) {
    page.requests.clear();
    page.click(snapshot, widget);
    CHECK_MESSAGE(asked(page, kind) != nullptr, widget);
    CHECK(page.requests.commands.size() == 1);
  };
  sends("expression-back", CommandKind::expression_back);
  sends("expression-step", CommandKind::expression_step);
  sends("expression-backward", CommandKind::expression_backward);
  sends("expression-zero", CommandKind::zero_grad);
  sends("expression-example:1", CommandKind::expression);
  CHECK(page.requests.commands[0].text == "x = 8; y = x*x");
}

TEST_CASE("a line that is typed is sent as it is") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  const Snapshot snapshot = showing(viewed("x = 3; y = x**2"));
  page.frames(snapshot);
  page.click(snapshot, "expression-line");
  page.frames(snapshot, 3);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, true);
  page.key(snapshot, ImGuiKey_A);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, false);
  page.type(snapshot, "a = 2; y = a * a - 1");
  page.frames(snapshot, 2);
  const Command* command = asked(page, CommandKind::expression);
  REQUIRE(command != nullptr);
  CHECK(command->text == "a = 2; y = a * a - 1");
}

TEST_CASE("dragging the point asks for the value under the mouse") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  const Snapshot snapshot = showing(viewed("x = 3; y = x**2"));
  page.frames(snapshot);
  const ui::Rect plot = page.rect("expression-point");
  REQUIRE_FALSE(plot.empty());
  page.requests.clear();
  page.move(plot.x0 + plot.width() * 0.25f, plot.center().y);
  page.frames(snapshot, 2);
  page.press(true);
  page.frames(snapshot, 3);
  const Command* command = asked(page, CommandKind::expression_value);
  REQUIRE(command != nullptr);
  const ExpressionCurve& curve = *snapshot.expression->curve;
  const float there = curve.xs.front() + 0.25f * (curve.xs.back() - curve.xs.front());
  CHECK(command->text == "x");
  CHECK(command->value == doctest::Approx(static_cast<double>(there)).epsilon(0.05));
  CHECK(page.requests.commands.size() == 1);  // once, while the mouse rests
  page.press(false);
  page.frames(snapshot, 2);
}

TEST_CASE("a refused line is shown with its error in place of the present one") {
  HeadlessPage page({1280, 800, 1});
  open_view(page);
  ExpressionRun run;
  REQUIRE(run.read("x = 3; y = x**2").ok());
  REQUIRE_FALSE(run.read("x = 3; y = x^2").ok());
  page.page.record_texts(true);
  page.frames(showing(run.view()), 2);
  const auto says = [&](std::string_view words) {
    return std::ranges::any_of(page.page.texts(), [&](const ui::TextMark& mark) {
      return mark.text.view().starts_with(words);
    });
  };
  CHECK(says("x = 3; y = x^2"));
  CHECK(says("character 13, '^': a power"));
}

}  // namespace downhill::test
