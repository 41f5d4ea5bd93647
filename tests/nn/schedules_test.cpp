#include "nn/schedules.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/random.hpp"
#include "support/torch_golden.hpp"

using namespace downhill;

TEST_SUITE("schedules") {
  // PyTorch's schedulers, and fastai's formulas in double precision for onecycle.
  TEST_CASE("every schedule follows PyTorch, onecycle fastai, to 4e-7 of the value") {
    INFO(test::torch_advice("optimizers"));
    std::set<std::string> seen;
    size_t points = 0;
    test::read_torch_golden("optimizers.txt",
                            [&](const std::string& word, std::istringstream& words) {
                              if (word != "schedule") return;
                              std::string name;
                              float lr = 0, want_lr = 0, want_momentum = 0;
                              uint64_t step = 0, total = 0;
                              words >> name >> lr >> step >> total >> want_lr >> want_momentum;
                              REQUIRE_FALSE(words.fail());
                              CAPTURE(name);
                              CAPTURE(step);
                              CAPTURE(total);
                              const ScheduleRow* row = kSchedules.find(name);
                              REQUIRE(row != nullptr);
                              const Rates rates = scheduled(row->kind, lr, 0.9f, step, total);
                              CHECK(std::abs(rates.lr - want_lr) <= 4e-7f * want_lr);
                              CHECK(std::abs(rates.momentum - want_momentum) <= 4e-7f);
                              seen.insert(name);
                              ++points;
                            });
    for (const ScheduleRow& row : kSchedules) {
      const std::string name(row.words.word);
      CHECK_MESSAGE(seen.contains(name), "no case of the schedule ", name);
    }
    CHECK(points > 200);
  }

  TEST_CASE("onecycle reaches its three rates exactly") {
    const auto at = [](uint64_t step) {
      return scheduled(ScheduleKind::onecycle, 0.1f, 0.3f, step, 40);
    };
    CHECK(at(0).lr == 0.1f / 25);
    CHECK(at(0).momentum == 0.95f);
    CHECK(at(10).lr == 0.1f);
    CHECK(at(10).momentum == 0.85f);
    CHECK(at(40).lr == 0.1f / 1e5f);
    CHECK(at(40).momentum == 0.95f);
    for (uint64_t step = 0; step < 10; ++step) CHECK(at(step).lr < at(step + 1).lr);
    for (uint64_t step = 10; step < 40; ++step) CHECK(at(step).lr > at(step + 1).lr);
  }

  TEST_CASE("totals that divide into no thirds, tenths or quarters, and the shortest runs") {
    for (const ScheduleRow& row : kSchedules) {
      const ScheduleKind kind = row.kind;
      CAPTURE(row.words.word);
      for (uint64_t total : {1u, 2u, 3u, 7u, 11u, 97u}) {
        for (uint64_t step = 0; step < total; ++step) {
          const Rates rates = scheduled(kind, 0.5f, 0.9f, step, total);
          CHECK(rates.lr > 0.0f);
          CHECK(rates.lr <= 0.5f);
          CHECK(rates.momentum >= 0.85f);
          CHECK(rates.momentum <= 0.95f);
        }
        const Rates end = scheduled(kind, 0.5f, 0.9f, total, total);
        const Rates later = scheduled(kind, 0.5f, 0.9f, 1000 * total, total);
        CHECK(end.lr == later.lr);
        CHECK(end.momentum == later.momentum);
      }
    }
    // Eleven steps: thirds end before steps 4 and 8; two steps of warm-up.
    const auto lr = [](ScheduleKind kind, uint64_t step) {
      return scheduled(kind, 1.0f, 0.9f, step, 11).lr;
    };
    CHECK(lr(ScheduleKind::step, 3) == 1.0f);
    CHECK(lr(ScheduleKind::step, 4) == 0.1f);
    CHECK(lr(ScheduleKind::step, 7) == 0.1f);
    CHECK(lr(ScheduleKind::step, 8) == 0.01f);
    CHECK(lr(ScheduleKind::warmup, 0) == 0.5f);
    CHECK(lr(ScheduleKind::warmup, 1) == 1.0f);
    CHECK(lr(ScheduleKind::warmup, 10) == 1.0f);
  }

  TEST_CASE("a schedule has the same bits on every machine") {
    const Rates up = scheduled(ScheduleKind::onecycle, 0.1f, 0.9f, 17, 1407);
    const Rates down = scheduled(ScheduleKind::onecycle, 0.1f, 0.9f, 1200, 1407);
    CHECK(test::bits(up.lr) == 0x3b952ab9u);
    CHECK(test::bits(up.momentum) == 0x3f730d7fu);
    CHECK(test::bits(down.lr) == 0x3c16b5f2u);
    CHECK(test::bits(down.momentum) == 0x3f70d86bu);
    CHECK(test::bits(scheduled(ScheduleKind::cosine, 0.1f, 0.9f, 999, 1407).lr) == 0x3c9e8817u);
  }
}
