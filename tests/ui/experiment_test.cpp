// The sheet of the experiment: presses and typing become the right edits, and what cannot be read
// is not sent.
#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"
#include "ui/panels/experiment_presets.hpp"

namespace downhill::test {
namespace {

// High, so that everything can be clicked without scrolling.
constexpr ScreenSize kHigh = {1400, 2000, 1}, kPhone = {390, 844, 2};

struct Sheet {
  explicit Sheet(const char* edits, ScreenSize size = kHigh) : page(size) {
    snapshot.spec = *edit_spec({}, edits);
    page.frames(snapshot);
    page.click(snapshot, "experiment");
    page.frames(snapshot, 4);
    page.requests.clear();
  }
  std::string edits_of(const char* widget) {
    page.requests.clear();
    page.click(snapshot, widget);
    return page.edits();
  }
  std::string typed(const char* widget, const char* text) {
    page.requests.clear();
    page.click(snapshot, widget);
    page.frames(snapshot, 3);
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, true);
    page.key(snapshot, ImGuiKey_A);
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, false);
    page.type(snapshot, text);
    page.frames(snapshot, 2);
    return page.edits();
  }
  std::string pasted(const char* widget, const std::string& text) {
    page.requests.clear();
    page.click(snapshot, widget);
    page.frames(snapshot, 3);
    page.paste(snapshot, text);
    page.key(snapshot, ImGuiKey_Enter);
    page.frames(snapshot, 2);
    return page.edits();
  }
  bool says(std::string_view words) {
    page.page.record_texts(true);
    page.frames(snapshot, 2);
    for (const ui::TextMark& mark : page.page.texts()) {
      if (mark.text.view().find(words) != std::string_view::npos) return true;
    }
    return false;
  }
  Snapshot snapshot = sample_snapshot(SampleState::running);
  HeadlessPage page;
};

}  // namespace

TEST_CASE("A menu has the names of PyTorch and fastai beside its choices, on a phone too") {
  for (const ScreenSize& size : {kHigh, ScreenSize{390, 3000, 2}}) {
    Sheet sheet("", size);
    for (const auto& [field, name] : {std::pair{"field:loss", "mnist_loss"},
                                      {"field:optimizer", "SGD, nesterov=True"},
                                      {"field:schedule", "fit_one_cycle"},
                                      {"field:activation", "LeakyReLU"},
                                      {"field:init", "kaiming_normal_"}}) {
      sheet.page.click(sheet.snapshot, field);
      bool listed = false;
      sheet.page.page.record_texts(true);
      sheet.page.frames(sheet.snapshot, 2);
      for (const ui::TextMark& mark : sheet.page.page.texts())
        listed = listed || (mark.layer == 1 && mark.text.view() == name);
      CHECK_MESSAGE(listed, std::string(field), " at a width of ", size.width);
      sheet.page.key(sheet.snapshot, ImGuiKey_Escape);
      sheet.page.frames(sheet.snapshot, 2);
    }
  }
}

TEST_CASE("The sheet opens and closes, and asks the engine for nothing of the stage") {
  for (const ScreenSize& size : {kHigh, kPhone}) {
    Sheet sheet("", size);
    CHECK(sheet.page.page.selection().panel == ui::Panel::experiment);
    CHECK(sheet.page.has("preset:book-net"));
    CHECK(!sheet.page.has("step:gradient"));
    sheet.page.requests.clear();
    sheet.page.frames(sheet.snapshot);
    CHECK(sheet.page.requests.parts == ui::kPartsBesideStage);
    sheet.page.click(sheet.snapshot, "experiment-done");
    CHECK(sheet.page.page.selection().panel == ui::Panel::steps);
  }
}

TEST_CASE("Escape leaves the sheet, but closes a menu first") {
  Sheet sheet("");
  sheet.page.click(sheet.snapshot, "field:optimizer");
  REQUIRE(sheet.page.has("field:optimizer:Adam"));
  sheet.page.key(sheet.snapshot, ImGuiKey_Escape);
  sheet.page.frames(sheet.snapshot);
  CHECK(!sheet.page.has("field:optimizer:Adam"));
  CHECK(sheet.page.page.selection().panel == ui::Panel::experiment);
  sheet.page.key(sheet.snapshot, ImGuiKey_Escape);
  CHECK(sheet.page.page.selection().panel == ui::Panel::steps);
}

TEST_CASE("A published experiment is one command that says every field") {
  for (const ui::Preset& preset : ui::kPresets) {
    const std::string edits = ui::preset_edits(preset);
    // Whatever was chosen before is gone.
    const ExperimentSpec other =
        *edit_spec({}, "digits=49&model=mlp:5&optimizer=adam&noise=0.3&lr=7&seed=9&clip=1");
    const Result<ExperimentSpec> spec = edit_spec(other, edits);
    REQUIRE_MESSAGE(spec.ok(), edits);
    CHECK(*spec == *edit_spec({}, preset.edits));
  }
  Sheet sheet("");
  sheet.page.click(sheet.snapshot, "preset:article-conv");
  REQUIRE(sheet.page.requests.commands.size() == 1);
  const ExperimentSpec spec = *edit_spec({}, sheet.page.requests.commands[0].edits);
  CHECK(spec.digits == "0123456789");
  CHECK(spec.model.kind == ModelKind::conv);
  CHECK(spec.schedule == ScheduleKind::onecycle);
  CHECK(spec.weight_decay == 0.01f);
  uint32_t parameters = 0;
  for (const LayerSummary& layer : layer_table(spec)) parameters += layer.parameters;
  CHECK(parameters == 12126);  // as the article's summary prints
}

TEST_CASE("Digits are picked one by one, never fewer than two") {
  Sheet sheet("");
  CHECK(sheet.edits_of("digit:5") == "digits=357&loss=crossentropy\n");
  CHECK(sheet.edits_of("digit:3").empty());
  CHECK(sheet.edits_of("digits-usual:1") == "digits=49\n");
}

TEST_CASE("A paste that is too long is refused for its length, and changes nothing") {
  Sheet sheet("model=net:flatten,linear");
  const std::string long_number = "0.5" + std::string(200, '1'),
                    long_net = "flatten," + std::string(5000, 'x');
  CHECK(sheet.pasted("field:lr", "0.25") == "lr=0.25\n");
  CHECK(sheet.pasted("field:lr", long_number).empty());
  CHECK(sheet.says("a text of 203"));
  CHECK(sheet.pasted("own-layers", "flatten," + std::string(1600, 'x')).empty());
  CHECK(sheet.says("a text of 1612"));
  CHECK(sheet.pasted("own-layers", long_net).empty());
  CHECK(sheet.says("a text of 5012"));
  CHECK(sheet.pasted("own-layers", "flatten, linear9 ,linear") ==
        "model=net:flatten,linear9,linear\n");
  // A header's field leaves the judgement to the engine, which gets the whole text.
  HeadlessPage& page = sheet.page;
  for (const char* field : {"batch", "seed", "lr-value"}) {
    CHECK(sheet.pasted(field, long_number).find(long_number) != std::string::npos);
  }
  page.page.selection() = {};
  page.page.selection().stage = Phase::stop;
  page.frames(sheet.snapshot, 4);
  for (const char* field : {"stop-target", "stop-patience", "stop-seconds"}) {
    CHECK(sheet.pasted(field, long_number).empty());
    CHECK(page.requests.refusal ==
          "The rule stays as it is: a text of 203 characters is too long for a number: 64 are the "
          "most.");
  }
  CHECK(sheet.pasted("stop-target", " 98,5 ") == "stop=target:0.985\n");
  CHECK(sheet.pasted("stop-patience", "4") == "stop=patience:4\n");
}

TEST_CASE("Hidden layers are added, removed and widened") {
  Sheet sheet("model=mlp:128,64");
  CHECK(sheet.edits_of("add-layer") == "model=mlp:128,64,32\n");
  CHECK(sheet.edits_of("remove-layer:0") == "model=mlp:64\n");
  CHECK(sheet.typed("width:1", "100") == "model=mlp:128,100\n");
  CHECK(sheet.typed("width:1", "9999").empty());
  CHECK(sheet.says("⚠ Model: the width"));
  CHECK(sheet.edits_of("model-kind:0") == "model=linear\n");
  CHECK(sheet.edits_of("model-kind:4") == "model=lenet\n");
}

TEST_CASE("Without its last hidden layer a model is linear") {
  Sheet one("model=mlp:30");
  CHECK(one.edits_of("remove-layer:0") == "model=linear\n");
}

TEST_CASE("Own layers begin as the model that was there") {
  Sheet sheet("model=mlp:30");
  CHECK(sheet.edits_of("model-kind:5") == "model=net:flatten,linear30,act,drop,linear\n");
}

TEST_CASE("A mistake in own layers is told below them and not sent") {
  Sheet own("model=net:flatten,linear");
  CHECK(own.typed("own-layers", "flatten,linear8,relu,linear") ==
        "model=net:flatten,linear8,relu,linear\n");
  CHECK(own.typed("own-layers", "flatten,lunear8").empty());
  CHECK(own.says("lunear8"));
  CHECK(own.says("⚠"));
}

TEST_CASE("The table of layers says shapes and parameters") {
  Sheet sheet("model=conv&digits=0123456789&loss=crossentropy");
  CHECK(sheet.says("14 × 14 × 8"));
  CHECK(sheet.says("1,168"));
  CHECK(sheet.says("12,126"));
}

TEST_CASE("Only what the optimizer uses is there") {
  for (const char* kind : {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}) {
    Sheet sheet((std::string("optimizer=") + kind).c_str());
    const std::string name = kind;
    const bool squares = name == "rmsprop" || name == "adam" || name == "adamw";
    CHECK_MESSAGE(sheet.page.has("field:momentum") == (name != "sgd" && name != "rmsprop"), name);
    CHECK_MESSAGE(sheet.page.has("field:beta2") == squares, name);
    CHECK_MESSAGE(sheet.page.has("field:eps") == squares, name);
    CHECK(sheet.page.has("field:wd"));
  }
  Sheet cycle("optimizer=adamw&schedule=onecycle");
  CHECK(cycle.says("0.95–0.85"));
  CHECK(cycle.typed("field:momentum", "0.5").empty());
}

TEST_CASE("Every field of the spec has its place in the sheet") {
  Sheet sheet("optimizer=adamw");
  for (const SpecField& field : spec_fields()) {
    const std::string name(field.name);
    // Digits, model and stop rules have widgets of their own.
    CHECK_MESSAGE(
        sheet.page.has("field:" + name) == (field.kind != FieldKind::grammar), name,
        ": the group in its row decides where it is; a field with a grammar needs a widget "
        "in src/ui/panels/experiment_*.cpp");
  }
  for (const char* widget : {"digit:0", "model-kind:0", "stop-rules"})
    CHECK(sheet.page.has(widget));
}

TEST_CASE("Fields of the sheet edit their field, and refuse what cannot be") {
  Sheet sheet("");
  CHECK(sheet.typed("field:wd", "0.01") == "wd=0.01\n");
  CHECK(sheet.typed("field:subset", "1000") == "subset=1000\n");
  CHECK(sheet.typed("field:epochs", "5000").empty());
  CHECK(sheet.says("⚠ Epochs: '5000' is outside"));
  CHECK(sheet.edits_of("field:normalize") == "normalize=true\n");
  CHECK(sheet.edits_of("field:shuffle") == "shuffle=false\n");
  sheet.page.click(sheet.snapshot, "field:schedule");
  CHECK(sheet.edits_of("field:schedule:one-cycle") == "schedule=onecycle\n");
  sheet.page.click(sheet.snapshot, "stop-rules");
  CHECK(sheet.page.page.selection().stage == Phase::stop);
  CHECK(sheet.page.page.selection().panel == ui::Panel::steps);
}

TEST_CASE("A fault says in a sentence what it does, in the sheet and in the steps") {
  {
    Sheet sheet("");
    sheet.page.click(sheet.snapshot, "field:fault");
    CHECK(sheet.edits_of("field:fault:uphill") == "fault=uphill\n");
  }
  for (const FaultRow& row : kFaults) {
    Sheet with(("fault=" + std::string(row.words.word)).c_str());
    CHECK(with.says("The fault: ") == (row.kind != Fault::none));
    CHECK((row.kind == Fault::none || with.says(row.words.meaning.substr(0, 20))));
  }
  for (const std::string_view fault : {"none", "uphill"}) {
    Sheet sheet(("fault=" + std::string(fault)).c_str());
    sheet.page.click(sheet.snapshot, "experiment-done");
    CHECK(sheet.says("uphill") == (fault == "uphill"));
  }
}

TEST_CASE("Nothing in the sheet is cut short at the usual sizes") {
  constexpr ScreenSize kUsual[] = {
      {1280, 800, 1}, {1366, 768, 1}, {1920, 1080, 2}, {1024, 700, 1}, {390, 844, 3}};
  for (const ScreenSize& size : kUsual) {
    for (const char* edits :
         {"model=conv&loss=crossentropy&optimizer=adamw&schedule=onecycle",
          "model=mlp:512,128&dropout=0.2&optimizer=nesterov&loss=l1&augment=affine&init=large&"
          "fault=accuracy"}) {
      Sheet sheet(edits, size);
      sheet.page.page.record_texts(true);
      sheet.page.frames(sheet.snapshot, 2);
      for (const ui::TextMark& mark : sheet.page.page.texts()) {
        const std::string text(mark.text.view());
        // The dock of a phone says more than it has room for.
        if (mark.rect.y0 > size.height - 110 && size.width < 700) continue;
        CHECK_MESSAGE(!text.ends_with("…"), text, " at ", size.width);
      }
    }
  }
}

TEST_CASE("Digits on their way are counted while the run goes on") {
  Sheet sheet("");
  sheet.snapshot.status.loading = true;
  sheet.page.surroundings.bytes_loaded = 3'100'000;
  sheet.page.surroundings.bytes_total = 9'900'000;
  CHECK(sheet.says("3.1 of 9.9 MB"));
  CHECK(sheet.page.has("play"));
}

}  // namespace downhill::test
