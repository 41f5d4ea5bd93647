// The tape as the page sees it, against the tape itself: rows, norms, tensors, and one weight's
// gradient as a sum of products.
#include "session/tape_view.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "support/session_bench.hpp"
#include "support/small_run.hpp"

namespace downhill::test {
namespace {

constexpr uint64_t kToGradient = 3;  // phases from the start of a batch

TapeView look(const Run& run, const TapeOrder& order = {}, uint32_t image = 0) {
  TapeViewer viewer(run.trainer);
  viewer.choose(order);
  SnapshotRequest request;
  request.image = image;
  return viewer.view(request);
}

std::string ops_of(const TapeView& tape) {
  std::string ops;
  for (const TapeRow& row : tape.rows) {
    if (!row.inputs.empty()) ops += row.op + " ";
  }
  return ops;
}

double norm_of(std::span<const float> numbers) {
  double sum = 0;
  for (const float x : numbers) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

// The rows of products, and whether they are convolutions.
std::vector<uint32_t> products_of(const TapeView& tape) {
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < tape.rows.size(); ++i) {
    const std::string& op = tape.rows[i].op;
    if (op.starts_with("linear") || op.starts_with("conv2d")) rows.push_back(i);
  }
  return rows;
}

void check_sum(const TapeProduct& product) {
  double sum = 0, size = 0;
  for (const float term : product.terms) {
    sum += static_cast<double>(term);
    size += std::abs(static_cast<double>(term));
  }
  CHECK(std::abs(sum - static_cast<double>(product.sum)) <= 1e-6 * size + 1e-12);
  CHECK(std::abs(sum - static_cast<double>(product.gradient)) <= 2e-5 * size + 1e-10);
  CHECK(product.gradient == product.gradients[product.weight]);
}

}  // namespace

TEST_CASE("the rows are those of the tape, with fused operations named as such") {
  const auto ops = [](const std::string& edits) {
    SmallRun run(edits);
    run.phases(kToGradient);
    return ops_of(look(run));
  };
  CHECK(ops("model=linear&loss=mse") == "flatten linear reshape mse ");
  CHECK(ops("model=mlp:8,6") == "flatten linear+relu linear+relu linear reshape mnist_loss ");
  CHECK(ops("model=mlp:8&activation=tanh") == "flatten linear tanh linear reshape mnist_loss ");
  CHECK(ops("model=net:conv4k3s2p1,relu,convk3s2p1,bn,relu,flatten,linear") ==
        "conv2d+relu conv2d batch_norm+relu flatten linear reshape mnist_loss ");
}

TEST_CASE("inputs come before their row, and every number is that of the tape") {
  for_every_kind([](SmallRun& run, const auto& untouched) {
    const TapeView tape = look(run);
    CHECK(untouched());
    const std::span<const Node> nodes = run.trainer.tape();
    REQUIRE(tape.rows.size() == nodes.size());
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      CAPTURE(i);
      const TapeRow& row = tape.rows[i];
      CHECK(row.op == nodes[i].op);
      CHECK(row.relu == (row.op.find("+relu") != std::string::npos));
      CHECK(row.shape == print(nodes[i].value.shape));
      REQUIRE(row.inputs.size() == nodes[i].input_count);
      for (size_t k = 0; k < row.inputs.size(); ++k) {
        CHECK(row.inputs[k] < i);
        CHECK(row.inputs[k] == nodes[i].inputs[k]);
      }
      CHECK(std::isnan(row.forward_us));  // no clock
      const size_t size = nodes[i].value.shape.size();
      if (nodes[i].value.data != nullptr) {
        const double norm = norm_of({nodes[i].value.data, size});
        CHECK(static_cast<double>(row.value_norm) == doctest::Approx(norm).epsilon(1e-5));
      }
      const bool reached = nodes[i].reached > 0;
      CHECK((row.gradient_step > 0) == reached);
      CHECK(std::isnan(row.gradient_norm) == !reached);
      if (!reached) continue;
      const double norm = norm_of({nodes[i].grad, size});
      CHECK(static_cast<double>(row.gradient_norm) == doctest::Approx(norm).epsilon(1e-5));
      CHECK(row.gradient_step > tape.forward);
      CHECK(row.gradient_step <= tape.last);
      for (const uint32_t input : row.inputs) {  // no gradient passes on before it is complete
        if (tape.rows[input].gradient_step > 0)
          CHECK(tape.rows[input].gradient_step >= row.gradient_step);
      }
    }
  });
}

TEST_CASE("the norm of the images is that of the numbers that enter the network") {
  SmallRun run("model=linear&normalize=true");
  run.phases(1);
  const TapeView tape = look(run, {.row = 0}, 2);
  CHECK(tape.rows[0].name == "images");
  const std::vector<float> images = run.trainer.batch().images();
  CHECK(static_cast<double>(tape.rows[0].value_norm) ==
        doctest::Approx(norm_of(images)).epsilon(1e-6));
  REQUIRE(tape.tensor);
  CHECK(tape.tensor->of_image);
  CHECK(tape.tensor->rows == 28);
  CHECK(tape.tensor->values ==
        std::vector<float>(images.begin() + 2 * 784, images.begin() + 3 * 784));
  CHECK(tape.tensor->gradient.empty());
}

TEST_CASE("the products of row and column add up to the gradient on the tape") {
  for (const std::string edits :
       {"model=linear&loss=mse", "model=linear&normalize=true", "model=mlp:8,6",
        "model=mlp:8&activation=gelu&augment=crop", "model=conv&loss=crossentropy",
        "model=net:conv4k5s2p1,relu,conv3k3s1p0,maxpool2,relu,flatten,linear6,relu,linear",
        "model=resconv&loss=crossentropy"}) {
    SmallRun run(edits);
    run.phases(kToGradient + 5);  // of the second batch
    Rng rng(7);
    const TapeView whole = look(run);
    REQUIRE(whole.backward);
    for (const uint32_t row : products_of(whole)) {
      for (int i = 0; i < 6; ++i) {
        const TapeOrder order{.row = row, .unit = rng.below(8), .weight = rng.below(784)};
        const uint32_t image = rng.below(whole.images);
        const TapeView tape = look(run, order, image);
        CAPTURE(edits);
        CAPTURE(row);
        REQUIRE(tape.product);
        const TapeProduct& product = *tape.product;
        check_sum(product);
        REQUIRE(product.terms.size() == whole.images);
        if (product.down * product.across > 1) {
          REQUIRE(product.seen.size() == size_t{product.down} * product.across);
          double sum = 0, size = 0;
          for (size_t k = 0; k < product.seen.size(); ++k) {
            const double term =
                static_cast<double>(product.seen[k]) * static_cast<double>(product.slopes[k]);
            sum += term;
            size += std::abs(term);
          }
          CHECK(std::abs(sum - static_cast<double>(product.terms[image])) <= 1e-5 * size + 1e-12);
        } else {
          CHECK(product.seen[image] * product.slopes[image] == product.terms[image]);
        }
      }
    }
  }
}

TEST_CASE("while none is chosen, the weight with the largest gradient is taken and then followed") {
  SmallRun run("model=mlp:8");
  run.phases(kToGradient);
  TapeViewer viewer(run.trainer);
  const TapeView first = viewer.view({});
  REQUIRE(first.product);
  for (const float gradient : first.product->gradients)
    CHECK(std::abs(gradient) <= std::abs(first.product->gradient));
  CHECK(first.rows[first.row].name == "layer2");  // the last layer is open
  run.phases(10);
  CHECK(viewer.view({}).product->weight == first.product->weight);
  viewer.choose({.weight = 3});
  CHECK(viewer.view({}).product->weight == 3);
  viewer.choose({.row = 4});  // of another row
  CHECK(viewer.view({}).row == 4);
}

TEST_CASE("a frozen layer has factors and no gradient, and a fault adds gradients up") {
  SmallRun frozen("model=mlp:8&freeze=1");
  frozen.phases(kToGradient);
  const uint32_t first = products_of(look(frozen)).front();
  const TapeView tape = look(frozen, {.row = first});
  REQUIRE(tape.product);
  CHECK(std::isnan(tape.product->gradient));
  CHECK(tape.product->gradients.empty());

  SmallRun run("model=linear&fault=nozero&lr=0.02");
  run.phases(kToGradient);
  const uint32_t row = products_of(look(run)).front();
  const TapeOrder order{.row = row, .unit = 0, .weight = 400};
  const float before = look(run, order).product->gradient;
  run.phases(5);
  const TapeView now = look(run, order);
  CHECK(now.adds_up);
  CHECK(static_cast<double>(now.product->gradient - before) ==
        doctest::Approx(static_cast<double>(now.product->sum)).epsilon(1e-4));
}

TEST_CASE("the cursor follows the phases, rests where it is put, and may wait for the next phase") {
  SmallRun run("model=linear");
  TapeViewer viewer(run.trainer);
  CHECK(viewer.view({}).rows.empty());
  run.phases(1);
  const uint32_t predicted = viewer.view({}).position;
  CHECK(predicted == run.trainer.tape().size());
  viewer.choose({.cursor = 2});
  CHECK(viewer.view({}).position == 2);
  CHECK(viewer.view({}).active == 1u);
  viewer.choose({.cursor = predicted + 1});
  CHECK(viewer.view({}).position == predicted);
  run.phases(1);  // the loss
  const TapeView loss = viewer.view({});
  CHECK(loss.position == predicted + 1);
  CHECK(loss.forward > predicted + 1);
  run.phases(1);  // the gradient: nothing was asked for
  const TapeView back = viewer.view({});
  CHECK(back.position == back.last);
  CHECK(back.backward);
  CHECK(back.rows[*back.active].op == "linear");  // the first that a gradient goes through
  CHECK_FALSE(back.stepped);
  CHECK(back.step == 1);
  run.phases(1);
  CHECK(viewer.view({}).stepped);
}

TEST_CASE("the engine times operations only while the tape is shown") {
  Bench bench;
  bench.tell("step?unit=batch&count=2");
  bench.work();
  CHECK(bench.look(kPartTape).tape->timed == 0);
  const auto ask = [&](uint32_t parts) {
    Command asks;
    asks.kind = CommandKind::snapshot;
    asks.request.parts = parts;
    bench.session.receive(asks);
  };
  const uint64_t digest = bench.digest();
  ask(kPartTape);
  bench.tell("step?unit=batch&count=3");
  bench.work();
  const TapeView tape = *bench.look(kPartTape).tape;
  CHECK(tape.timed == 3);
  for (const TapeRow& row : tape.rows) {
    if (!row.inputs.empty() && row.bytes > 0) CHECK(row.forward_us > 0);
  }
  ask(kPartWeights);
  bench.tell("step?unit=batch");
  bench.work();
  CHECK(bench.look(kPartTape).tape->timed == 3);
  // And the bits are those of a run that nobody looks at.
  Bench alone;
  alone.tell("step?unit=batch&count=2");
  alone.work();
  CHECK(alone.digest() == digest);
  alone.tell("step?unit=batch&count=4");
  alone.work();
  CHECK(alone.digest() == bench.digest());
}

TEST_CASE("state() has the tape while it is asked for, and the command opens a row of it") {
  Bench bench("model=mlp:6&batch=32");
  bench.tell("advance?phase=gradient");
  bench.work();
  const auto state = [&](uint32_t parts) { return state_json(bench.look(parts), 0, ""); };
  CHECK(state(kPartWeights).find("\"tape\":null") != std::string::npos);
  bench.tell("tape?row=4&unit=5&weight=300", 9);
  CHECK(bench.answers()[0].error.empty());
  const std::string json = state(kPartTape);
  for (const char* part :
       {R"("tape":{"step":1,"images":32,"stepped":false)", R"("op":"linear+relu","name":"layer1",)",
        R"("shape":"[32, 6]","inputs":[1,2,3],"relu":true)", R"("row":4,"image":0,)",
        R"("product":{"unit":5,"units":6,"weight":300,)"}) {
    CHECK_MESSAGE(json.find(part) != std::string::npos, part, " in ", json);
  }
  CHECK_FALSE(bench.look(kPartWeights).tape);
}

}  // namespace downhill::test
