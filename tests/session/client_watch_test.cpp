// An engine that no longer answers: it is noticed, replaced, and goes on from its last state.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/scripted_link.hpp"

namespace downhill {

using test::ScriptedLink;

namespace {

constexpr double kFrame = EngineClient::kMostSecondsPerFrame;
constexpr int kFramesUntilSilent = static_cast<int>(EngineClient::kSilentSeconds / kFrame);

struct Watched {
  ScriptedLink link;
  EngineClient client{link};

  // A snapshot of a run at this step arrives, as asked for.
  void hear(uint64_t step, double seconds = 0) {
    client.update();
    Snapshot snapshot;
    snapshot.status.ready = true;
    snapshot.status.step = step;
    snapshot.status.training_seconds = seconds;
    link.say(snapshot);
    client.poll();
  }
  // So many frames without an answer. True if the engine was replaced in one of them.
  bool wait(int frames) {
    for (int i = 0; i < frames; ++i) {
      client.update();
      if (client.watch(kFrame)) return true;
    }
    return false;
  }
  size_t sent(CommandKind kind) const {
    size_t count = 0;
    for (const Command& command : link.sent) count += command.kind == kind;
    return count;
  }
  uint32_t load(std::vector<uint8_t> bytes) {
    Command command;
    command.kind = CommandKind::load;
    command.bytes = std::move(bytes);
    return client.send(command);
  }
};

}  // namespace

TEST_CASE("an engine that is silent for ten seconds is replaced, and what waited is answered") {
  Watched w;
  w.hear(3);
  const uint32_t id = w.client.send_text("play");
  CHECK_FALSE(w.wait(kFramesUntilSilent - 1));
  CHECK(w.link.restarts == 0);
  CHECK(w.wait(1));
  CHECK(w.link.restarts == 1);
  CHECK(w.client.failure().empty());
  CHECK(w.client.take_answers() ==
        std::vector<Answer>{{id, "[engine] it has not answered for 10 seconds"}});
  CHECK_FALSE(w.client.resumes());
  CHECK(w.link.sent.back().kind == CommandKind::set);
}

TEST_CASE("an engine that starts, speaks or is at long work is not replaced") {
  Watched w;
  CHECK_FALSE(w.wait(3 * kFramesUntilSilent));  // it loads its program
  w.hear(1);
  CHECK_FALSE(w.wait(kFramesUntilSilent - 1));
  w.hear(2);
  CHECK_FALSE(w.wait(kFramesUntilSilent - 1));
  ++w.link.signs;
  CHECK_FALSE(w.wait(kFramesUntilSilent));
  // A computer that slept: a frame counts for no more than its share.
  w.hear(3);
  w.client.update();
  CHECK_FALSE(w.client.watch(3600));
  CHECK(w.link.restarts == 0);
}

TEST_CASE("before a file is opened the state is kept, and a replaced engine goes on from it") {
  Watched w;
  w.hear(5);
  const uint32_t id = w.load({1, 2, 3});
  REQUIRE(w.sent(CommandKind::save) == 1);
  const Command save = w.link.sent[w.link.sent.size() - 2];
  CHECK(save.kind == CommandKind::save);
  CHECK(save.file == FileKind::checkpoint);
  w.link.say(File{"run", {7, 8, 9}});
  w.link.say(Answer{save.id, ""});
  CHECK(w.wait(kFramesUntilSilent + 1));
  CHECK(w.client.take_answers().size() == 1);
  CHECK(w.client.take_files().empty());  // it is nobody's download
  CHECK(w.client.resumes());
  const Command& load = w.link.sent.back();
  CHECK(load.kind == CommandKind::load);
  CHECK(load.id == 0);
  CHECK(load.bytes == std::vector<uint8_t>{7, 8, 9});
  CHECK(id != 0);
  // A state that the new engine cannot bear is not tried twice.
  w.hear(5);
  CHECK(w.wait(kFramesUntilSilent + 1));
  CHECK_FALSE(w.client.resumes());
}

TEST_CASE("while a run trains its state is kept once a minute, beside the files of the user") {
  Watched w;
  w.hear(10, 59);
  CHECK(w.sent(CommandKind::save) == 0);
  w.hear(20, 61);
  REQUIRE(w.sent(CommandKind::save) == 1);
  const uint32_t kept = w.link.sent.back().id;
  const uint32_t own = w.client.send_text("save?what=weights");
  w.link.say(File{"state", {1}});
  w.link.say(Answer{kept, ""});
  w.link.say(File{"weights", {2}});
  w.link.say(Answer{own, ""});
  w.hear(30, 100);
  const std::vector<File> files = w.client.take_files();
  REQUIRE(files.size() == 1);
  CHECK(files[0].name == "weights");
  CHECK(w.sent(CommandKind::save) == 2);
  w.hear(40, 122);
  CHECK(w.sent(CommandKind::save) == 3);
}

TEST_CASE("an engine that cannot be ended is told of, until it speaks again") {
  Watched w;
  w.link.ends_silent = false;
  w.hear(3);
  const uint32_t id = w.client.send_text("play");
  CHECK_FALSE(w.wait(kFramesUntilSilent));
  const std::string sentence =
      "[engine] it has not answered for 10 seconds, and it cannot be ended from here";
  CHECK(w.client.failure() == sentence);
  w.client.update();
  CHECK(w.client.take_answers() == std::vector<Answer>{{id, sentence}});
  w.client.restart();
  CHECK(w.link.restarts == 0);
  w.link.say(Answer{id, ""});
  w.client.update();
  CHECK(w.client.failure().empty());
}

}  // namespace downhill
