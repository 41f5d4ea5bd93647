#include <doctest/doctest.h>

#include <limits>

#include "session/snapshot.hpp"

namespace downhill {
namespace {

bool has(const std::string& json, const std::string& member) {
  return json.find("{" + member + ",") != std::string::npos ||
         json.find("," + member + ",") != std::string::npos ||
         json.find("," + member + "}") != std::string::npos;
}

Snapshot snapshot_of_a_run() {
  Snapshot s;
  s.status.ready = true;
  s.status.phase = Phase::loss;
  s.status.next = Phase::gradient;
  s.status.step = 12;
  s.status.epoch = 3;
  s.status.tested_epoch = 2;
  s.status.running = true;
  s.status.train_loss = 0.1f;
  s.status.valid_loss = 0.25f;
  s.status.valid_accuracy = 0.975f;
  s.status.baseline_accuracy = 0.9514f;
  s.status.gradient_norm = 1e-5f;
  s.status.images_per_second = 640000;
  s.status.parameter_count = 23581;
  s.status.lr = 0.05f;
  s.status.momentum = 0.85f;
  s.status.loading = true;
  s.status.best_is_back = true;
  s.status.busy_with = "find_lr";
  s.digest = 0xf;
  return s;
}

}  // namespace

TEST_CASE("the state of a run is one object with the documented names") {
  const Snapshot s = snapshot_of_a_run();
  const std::string json = state_json(s, 77, "WebGL 2", 2.5f);
  for (const char* member : {"\"ready\":true",
                             "\"phase\":\"loss\"",
                             "\"next\":\"gradient\"",
                             "\"step\":12",
                             "\"epoch\":3",
                             "\"testedEpoch\":2",
                             "\"running\":true",
                             "\"finished\":false",
                             "\"stopReason\":null",
                             "\"trainLoss\":0.1",
                             "\"validLoss\":0.25",
                             "\"validAccuracy\":0.975",
                             "\"baselineAccuracy\":0.9514",
                             "\"gradientNorm\":1e-05",
                             "\"imagesPerSecond\":640000",
                             "\"paramCount\":23581",
                             "\"frames\":77",
                             "\"frameMs\":2.5",
                             "\"backend\":\"WebGL 2\"",
                             "\"error\":null",
                             "\"health\":\"fine\"",
                             "\"diagnosis\":null",
                             "\"weightsDigest\":\"000000000000000f\"",
                             "\"loading\":true",
                             "\"bestIsBack\":true",
                             "\"busyWith\":\"find_lr\"",
                             "\"lrNow\":0.05",
                             "\"momentumNow\":0.85",
                             "\"lr\":0.1"}) {
    CHECK_MESSAGE(has(json, member), std::string(member) << " in " << json);
  }
  CHECK(json.find(R"("spec":{"data":"digits","digits":"37","subset":0,"noise":0,"augment":"none",)"
                  R"("normalize":false,"model":"mlp:30","activation":"relu","dropout":0,)"
                  R"("loss":"mnist","optimizer":"sgd","lr":0.1,"schedule":"constant",)"
                  R"("momentum":0.9,"beta2":0.99,"eps":1e-05,"wd":0,"clip":0,"freeze":0,)"
                  R"("batch":256,"shuffle":true,"droplast":false,"init":"pytorch","seed":1,)"
                  R"("epochs":40,"stop":"none","fault":"none"}})") != std::string::npos);
}

TEST_CASE("numbers that are not finite, or not measured yet, become null") {
  Snapshot s;
  s.status.ready = true;
  s.status.train_loss = std::numeric_limits<float>::quiet_NaN();
  s.status.gradient_norm = std::numeric_limits<float>::infinity();
  s.status.weight_norm = -std::numeric_limits<float>::infinity();
  std::string json = state_json(s, 0, "");
  CHECK(has(json, "\"trainLoss\":null"));
  CHECK(has(json, "\"gradientNorm\":null"));
  CHECK(has(json, "\"weightNorm\":null"));
  CHECK(has(json, "\"validLoss\":0"));
  CHECK(has(json, "\"weightsDigest\":null"));
  s.status.ready = false;
  json = state_json(s, 0, "");
  CHECK(has(json, "\"validLoss\":null"));
  CHECK(has(json, "\"baselineAccuracy\":null"));
}

TEST_CASE("a seed that JavaScript would round becomes a text") {
  Snapshot s;
  s.spec.seed = (uint64_t{1} << 53) - 1;
  CHECK(has(state_json(s, 0, ""), "\"seed\":9007199254740991"));
  s.spec.seed = uint64_t{1} << 53;
  CHECK(has(state_json(s, 0, ""), "\"seed\":\"9007199254740992\""));
}

TEST_CASE("sentences are escaped as JSON wants it") {
  Snapshot s;
  s.status.error = "a \"quoted\" \\ line\nnext\ttab \x01\x7f 0…1";
  CHECK(has(state_json(s, 0, "say \"hi\""),
            R"("error":"a \"quoted\" \\ line\nnext\ttab \u0001\u007f 0…1")"));
  CHECK(has(state_json(s, 0, "say \"hi\""), R"("backend":"say \"hi\"")"));
}

TEST_CASE("what the tools found is in the state, whole and with the limit of the optimizer") {
  Snapshot s;
  CHECK(
      has(state_json(s, 0, ""), R"("findings":{"lrSweep":null,"sharpness":null,"lossLine":null})"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  s.findings.lr_sweep = LrSweep{.step = 3,
                                .lrs = {0.5f, 1},
                                .losses = {0.25f, nan},
                                .smooth = {0.25f, nan},
                                .exploded = true,
                                .fell = false,
                                .first = 0,
                                .last = 0};
  s.findings.sharpness = Sharpness{.step = 4,
                                   .batch = 5,
                                   .eigenvalue = 8,
                                   .residual = 0.25f,
                                   .converged = false,
                                   .estimates = {6, 8}};
  s.findings.loss_line = LossLine{.step = 4,
                                  .batch = 5,
                                  .lr = 0.5f,
                                  .loss = 0.25f,
                                  .slope = -2,
                                  .distances = {-1, 0},
                                  .losses = {0.5f, 0.25f}};
  s.spec.optimizer = OptimizerKind::momentum;
  s.status.momentum = 0.5f;
  const std::string json = state_json(s, 0, "");
  for (const char* part :
       {R"("lrSweep":{"step":3,"lrs":[0.5,1],"losses":[0.25,null],"smooth":[0.25,null],)"
        R"("exploded":true,"fell":false,"first":0,"last":0,"valley":0,"slide":0,"minimum":0,)"
        R"("steep":0})",
        R"("sharpness":{"step":4,"batch":5,"eigenvalue":8,"residual":0.25,"converged":false,)"
        R"("estimates":[6,8],"largestStableLr":0.375})",
        R"("lossLine":{"step":4,"batch":5,"lr":0.5,"loss":0.25,"slope":-2,"distances":[-1,0],)"
        R"("losses":[0.5,0.25]})"}) {
    CHECK_MESSAGE(json.find(part) != std::string::npos, std::string(part) << " in " << json);
  }
  s.spec.optimizer = OptimizerKind::adam;
  CHECK(state_json(s, 0, "").find(R"("largestStableLr":null)") != std::string::npos);
}

}  // namespace downhill
