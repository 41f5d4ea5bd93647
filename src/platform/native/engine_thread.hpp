// An engine in its own thread. Two message queues connect it to the page's thread, under one lock
// that is held only to push or pop; neither thread ever waits for the work of the other. `Engine`
// is a Session; a test may use something simpler that knows no digits. It is constructed and
// destroyed in its thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "platform/engine_host.hpp"
#include "session/message.hpp"

namespace downhill::platform {

inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline uint64_t steady_nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
}

template <class Engine, class Data>
class EngineThread final : public EngineHost {
 public:
  using Loader = std::function<Result<Data>()>;

  // Both functions run in the engine's thread: `load` once per start, `load_digits` when the engine
  // requests all ten digits.
  explicit EngineThread(Loader load, Loader load_digits = {})
      : load_(std::move(load)), load_digits_(std::move(load_digits)) {
    start();
  }
  ~EngineThread() override { stop(); }
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  void send(const std::vector<uint8_t>& message) override {
    {
      const std::lock_guard lock(mutex_);
      to_engine_.push_back(message);
    }
    wake_.notify_one();
  }

  bool poll(std::vector<uint8_t>& message) override {
    const std::lock_guard lock(mutex_);
    if (to_page_.empty()) return false;
    message = std::move(to_page_.front());
    to_page_.pop_front();
    return true;
  }

  // A thread cannot vanish as a worker can: every failure arrives as a message.
  std::string failure() const override { return {}; }
  LoadProgress progress() const override { return {}; }
  bool can_end_silent() const override { return false; }
  uint64_t signs_of_life() const override { return signs_; }

  void on_news(std::function<void()> arrived) override {
    const std::lock_guard lock(mutex_);
    arrived_ = std::move(arrived);
  }

  void restart() override {
    stop();
    to_engine_.clear();
    to_page_.clear();
    start();
  }

 private:
  // How long the engine trains between checks for messages.
  static constexpr double kSliceSeconds = 0.006;

  void start() {
    stopping_ = false;
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void run() {
    Engine engine;
    if constexpr (requires { engine.on_progress([] {}); }) {
      engine.on_progress([this] { ++signs_; });
    }
    if constexpr (requires { engine.set_op_clock(steady_nanoseconds); }) {
      engine.set_op_clock(steady_nanoseconds);
    }
    if (const std::string error = load(engine); !error.empty()) {
      std::vector<uint8_t> message;
      encode_message(Failed{error}, message);
      deliver(std::move(message));
      return;
    }
    load_wanted_digits(engine);
    std::deque<std::vector<uint8_t>> inbox;
    for (double wait = 0; receive(inbox, wait); inbox.clear()) {
      for (const std::vector<uint8_t>& message : inbox) {
        engine.receive(message.data(), message.size());
      }
      load_wanted_digits(engine);
      send_messages(engine);
      wait = engine.work(steady_seconds, steady_seconds() + kSliceSeconds);
      send_messages(engine);
    }
  }

  std::string load(Engine& engine) {
    Result<Data> data = load_();
    if (!data) return data.error().message;
    Result<void> loaded = engine.load(std::move(*data));
    return loaded ? std::string() : loaded.error().message;
  }

  // Loads all ten digits if an experiment needs them and they are not loaded.
  void load_wanted_digits(Engine& engine) {
    if constexpr (requires { engine.wants_digits(); }) {
      if (!engine.wants_digits()) return;
      Result<Data> data = load_digits_();
      Result<void> loaded = data ? engine.load(std::move(*data)) : data.error();
      if (loaded && engine.wants_digits()) {
        loaded = Error{"[digits] the files do not hold all ten digits"};
      }
      if (!loaded) engine.digits_failed(loaded.error().message);
    }
  }

  // Takes all queued messages, waiting at most `wait` seconds for the first. False: the thread is
  // to end.
  bool receive(std::deque<std::vector<uint8_t>>& inbox, double wait) {
    std::unique_lock lock(mutex_);
    const auto woken = [this] { return stopping_ || !to_engine_.empty(); };
    if (std::isinf(wait)) {
      wake_.wait(lock, woken);
    } else if (wait > 0) {
      wake_.wait_for(lock, std::chrono::duration<double>(wait), woken);
    }
    inbox.swap(to_engine_);
    return !stopping_;
  }

  void send_messages(Engine& engine) {
    std::vector<uint8_t> message;
    while (engine.next_message(message)) deliver(std::exchange(message, {}));
  }

  void deliver(std::vector<uint8_t>&& message) {
    std::function<void()> arrived;
    {
      const std::lock_guard lock(mutex_);
      to_page_.push_back(std::move(message));
      arrived = arrived_;
    }
    if (arrived) arrived();
  }

  const Loader load_, load_digits_;
  std::mutex mutex_;  // guards everything below except the thread
  std::condition_variable wake_;
  std::deque<std::vector<uint8_t>> to_engine_, to_page_;
  std::function<void()> arrived_;
  bool stopping_ = false;
  std::atomic<uint64_t> signs_ = 0;  // of life, see EngineLink
  std::thread thread_;
};

}  // namespace downhill::platform
