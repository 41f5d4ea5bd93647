// The engine in its thread: every message arrives, in order, and no wait lasts forever. There are
// no assertions about time; the time limit of the test run catches a hang.
#include "platform/engine_host.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "platform/native/engine_thread.hpp"
#include "session/client.hpp"
#include "test_paths.hpp"

namespace downhill {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

// Answers each command with its own text, after `count` slices of work. A command `speed` makes it
// wait.
class Echo {
 public:
  Result<void> load(int number) {
    if (number < 0) return Error{"[echo] the data are negative"};
    return {};
  }
  void receive(const uint8_t* bytes, size_t size) {
    const auto command = decode_command(bytes, size);
    if (!command) return;
    left_ += command->kind == CommandKind::step ? command->count : 0;
    if (command->kind == CommandKind::speed) wait_ = 1e-4;
    encode_message(Answer{command->id, print_command(*command)}, outbox_.emplace_back());
  }
  double work(double (*clock)(), double deadline) {
    if (clock() >= deadline + 3600 || left_ == 0) return kForever;
    --left_;
    if (left_ == 0) encode_message(Answer{0, "rested"}, outbox_.emplace_back());
    return wait_;
  }
  bool next_message(std::vector<uint8_t>& out) {
    if (outbox_.empty()) return false;
    out = std::move(outbox_.front());
    outbox_.pop_front();
    return true;
  }

 protected:
  void tell(const std::string& what) { encode_message(Answer{0, what}, outbox_.emplace_back()); }

 private:
  uint32_t left_ = 0;
  double wait_ = 0;
  std::deque<std::vector<uint8_t>> outbox_;
};

using EchoThread = platform::EngineThread<Echo, int>;

// An Echo that asks for digits after the first data, and again at every `play`. Its messages say
// what it was given.
class Chooser : public Echo {
 public:
  Result<void> load(int number) {
    if (Result<void> loaded = Echo::load(number); !loaded) return loaded;
    if (started_) tell("loaded " + std::to_string(number));
    wants_ = !started_ || number == kOfNoUse;
    started_ = true;
    return {};
  }
  void receive(const uint8_t* bytes, size_t size) {
    const auto command = decode_command(bytes, size);
    if (command && command->kind == CommandKind::play) wants_ = true;
    Echo::receive(bytes, size);
  }
  bool wants_digits() const { return wants_; }
  void digits_failed(const std::string& sentence) {
    wants_ = false;
    tell(sentence);
  }
  static constexpr int kOfNoUse = 7;

 private:
  bool started_ = false, wants_ = false;
};

Message next_from(EngineLink& link) {
  std::vector<uint8_t> bytes;
  while (!link.poll(bytes)) std::this_thread::yield();
  auto message = decode_message(bytes.data(), bytes.size());
  REQUIRE(message.ok());
  return std::move(*message);
}

void send(EngineLink& link, uint32_t id, std::string_view text) {
  Command command = *parse_command(text);
  command.id = id;
  std::vector<uint8_t> bytes;
  encode_command(command, bytes);
  link.send(bytes);
}

// Sends a command and waits for its answer: the error, empty if there is none.
std::string answer_to(EngineClient& client, std::string_view text) {
  const uint32_t id = client.send_text(text);
  for (;;) {
    client.update();
    if (!client.failure().empty()) FAIL(client.failure());
    for (const Answer& answer : client.take_answers()) {
      if (answer.id == id) return answer.error;
    }
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("every message to a thread is answered, in order, while it works") {
  EchoThread engine([] { return Result<int>(1); });
  std::atomic<uint32_t> news = 0;
  engine.on_news([&] { ++news; });
  send(engine, 1, "step?count=1000000");
  for (uint32_t id = 2; id <= 200; ++id) send(engine, id, "pause");
  for (uint32_t id = 1; id <= 200; ++id) CHECK(std::get<Answer>(next_from(engine)).id == id);
  // The first messages may have come before on_news was set. The end of the work at least comes
  // after it.
  while (std::get<Answer>(next_from(engine)).error != "rested") {
  }
  while (news == 0) std::this_thread::yield();
}

TEST_CASE("a paced wait ends by itself, and an idle engine wakes for a message") {
  EchoThread engine([] { return Result<int>(1); });
  // In this order, because the work could be done before a later message arrives.
  send(engine, 1, "speed?batches=5");
  send(engine, 2, "step?count=20");
  std::vector<std::string> said;
  while (said.size() < 3) said.push_back(std::get<Answer>(next_from(engine)).error);
  CHECK(said.back() == "rested");
  send(engine, 3, "play");
  CHECK(std::get<Answer>(next_from(engine)).error == "play");
}

TEST_CASE("commands that are sent while the data load wait for them") {
  std::atomic<bool> may_load = false;
  EchoThread engine([&] {
    while (!may_load) std::this_thread::yield();
    return Result<int>(1);
  });
  send(engine, 5, "play");
  std::vector<uint8_t> bytes;
  CHECK_FALSE(engine.poll(bytes));
  may_load = true;
  CHECK(std::get<Answer>(next_from(engine)).id == 5);
}

TEST_CASE("data that cannot be read or used are reported as a failure, and a restart tries again") {
  std::atomic<int> starts = 0;
  EchoThread engine([&]() -> Result<int> {
    switch (starts++) {
      case 0:
        return Error{"[data] there is no file"};
      case 1:
        return -1;
      default:
        return 1;
    }
  });
  EngineClient client(engine);
  const auto failure = [&] {
    while (client.failure().empty()) {
      client.update();
      std::this_thread::yield();
    }
    return client.failure();
  };
  CHECK(failure() == "[data] there is no file");
  client.restart();
  CHECK(failure() == "[echo] the data are negative");
  client.restart();
  CHECK(client.failure().empty());
  CHECK(std::get<Answer>(next_from(engine)).error.starts_with("set?data=digits&digits=37"));
}

TEST_CASE("digits are loaded on demand, and each failure is reported once") {
  std::deque<Result<int>> answers = {Error{"[data] there is no file"}, -1, Chooser::kOfNoUse, 3};
  const std::thread::id here = std::this_thread::get_id();
  std::atomic<int> loads = 0;
  platform::EngineThread<Chooser, int> engine([] { return Result<int>(1); },
                                              [&] {
                                                CHECK(std::this_thread::get_id() != here);
                                                ++loads;
                                                Result<int> next = answers.front();
                                                answers.pop_front();
                                                return next;
                                              });
  const auto said = [&] { return std::get<Answer>(next_from(engine)).error; };
  CHECK(said() == "[data] there is no file");  // asked for after the first data
  send(engine, 1, "pause");
  CHECK(said() == "pause");
  CHECK(loads == 1);
  send(engine, 2, "play");
  CHECK(said() == "play");
  CHECK(said() == "[echo] the data are negative");
  send(engine, 3, "play");
  CHECK(said() == "play");
  CHECK(said() == "loaded 7");
  CHECK(said() == "[digits] the files do not hold all ten digits");
  send(engine, 4, "play");
  CHECK(said() == "play");
  CHECK(said() == "loaded 3");
  send(engine, 5, "pause");
  CHECK(said() == "pause");
  CHECK(loads == 4);
}

TEST_CASE("an engine can be ended and started again at any moment") {
  for (int i = 0; i < 20; ++i) {
    EchoThread engine([] { return Result<int>(1); });
    send(engine, 1, "step?count=1000000");
    if (i % 2 == 0) {
      engine.restart();
      send(engine, 2, "play");
      CHECK(std::get<Answer>(next_from(engine)).id == 2);
    }
  }
}

TEST_CASE("the desktop's engine reads the committed data, trains, and answers when it is done") {
  const auto host = platform::start_engine(DOWNHILL_SOURCE_DIR "/assets/mnist37");
  EngineClient client(*host);
  client.subscribe(kPartCurves | kPartDigest);
  client.send_text("set?model=linear&lr=1&seed=3");
  CHECK(answer_to(client, "step?unit=batch&count=5").empty());
  CHECK(client.snapshot().status.step == 5);
  CHECK(client.snapshot().status.train_count == 12396);
  CHECK(client.snapshot().status.parameter_count == 785);
  CHECK(client.snapshot().curves.steps.size() == 5);
  const uint64_t digest = client.snapshot().digest;
  CHECK(digest != 0);

  // A new engine gets the spec again and computes the same bits.
  client.restart();
  CHECK(answer_to(client, "step?unit=batch&count=5").empty());
  CHECK(client.snapshot().digest == digest);
  CHECK(answer_to(client, "back?unit=epoch&count=1").empty());
  CHECK(client.snapshot().status.step == 0);
  CHECK(answer_to(client, "back") == "[back] this is the beginning of the run");
}

TEST_CASE(
    "all ten digits come to the desktop when they are chosen, or a sentence that says where") {
  const auto host = platform::start_engine(DOWNHILL_SOURCE_DIR "/assets/mnist37");
  EngineClient client(*host);
  CHECK(answer_to(client, "step?unit=batch&count=2").empty());
  const std::string error =
      answer_to(client, "set?digits=0123456789&loss=crossentropy&model=linear");
  if (!error.empty()) {  // this build has no folder of them
    CHECK(error.starts_with("[digits] all ten digits are not in "));
    CHECK(client.snapshot().status.step == 2);
    CHECK(client.snapshot().spec.digits == "37");
    return;
  }
  CHECK(client.snapshot().status.train_count == 60000);
  CHECK(client.snapshot().status.valid_count == 10000);
  CHECK(answer_to(client, "step?unit=batch&count=2").empty());
  CHECK(client.snapshot().status.step == 2);
}

TEST_CASE("a folder without data is reported as a failure that names the file") {
  const auto host = platform::start_engine(DOWNHILL_SOURCE_DIR "/nowhere");
  const Message message = next_from(*host);
  REQUIRE(std::holds_alternative<Failed>(message));
  CHECK(std::get<Failed>(message).sentence ==
        "[data] " DOWNHILL_SOURCE_DIR "/nowhere/train-images.idx3-ubyte.gz cannot be opened");
}

}  // namespace downhill
