// The way of one image from the file into the network, against the file and the loader themselves.
#include "session/pipeline_view.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "data/statistics.hpp"
#include "support/mnist37.hpp"
#include "support/session_bench.hpp"
#include "support/small_run.hpp"
#include "support/ten_digits.hpp"

namespace downhill::test {
namespace {

using Bytes = std::vector<uint8_t>;

Pipeline look(const Run& run, uint32_t place) {
  SnapshotRequest request;
  request.image = place;
  return view_pipeline(run.trainer, request);
}

// The batch that the run is at, from a loader of its own.
Batch batch_of(const Run& run, Loader& loader) {
  const uint64_t number = run.trainer.batch_number();
  loader.begin_epoch(number / loader.batch_count());
  return loader.load(static_cast<uint32_t>(number % loader.batch_count()));
}

Bytes slow_window(const Bytes& in, int columns_in, int row, int column) {
  Bytes out;
  for (int r = 0; r < 28; ++r) {
    for (int c = 0; c < 28; ++c)
      out.push_back(in[static_cast<size_t>((row + r) * columns_in + column + c)]);
  }
  return out;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  const auto bits = [](float number) { return std::bit_cast<uint32_t>(number); };
  return std::ranges::equal(a, b, {}, bits, bits);
}

}  // namespace

TEST_CASE("every number of the pipeline is the loader's own, bit for bit") {
  for (const std::string edits :
       {"", "augment=crop", "augment=crop&normalize=true", "augment=shift&shuffle=false",
        "augment=rotate", "augment=affine&normalize=true&subset=60", "augment=noise",
        "normalize=true&noise=0.3&droplast=true"}) {
    CAPTURE(edits);
    SmallRun run(edits);
    Loader loader(run.trainer.train_set(), run.trainer.loader_options());
    for (const uint32_t phases : {0u, 3u, 11u, 40u}) {  // into the second epoch
      run.phases(phases);
      const Batch batch = batch_of(run, loader);
      const std::vector<float> floats = batch.images();
      REQUIRE(batch.size == run.trainer.batch().size);
      for (uint32_t place = 0; place < batch.size; ++place) {
        const Pipeline p = look(run, place);
        CHECK(p.place == place);
        CHECK(p.index == batch.indices[place]);
        CHECK(p.batch_images == batch.size);
        CHECK((p.epoch - 1) * loader.batch_count() + p.batch - 1 == run.trainer.batch_number());
        CHECK(p.entered == Bytes(batch.bytes[place], batch.bytes[place] + 784));
        CHECK(same_bits(p.numbers, std::span(floats).subspan(size_t{place} * 784, 784)));
        const auto image = run.trainer.train_set().image(p.index);
        CHECK(std::ranges::equal(p.pixels, image));
      }
    }
  }
}

TEST_CASE("the crop is the window that the pipeline shows, of the image with three zeros around") {
  SmallRun run("augment=crop");
  run.phases(7);
  std::vector<bool> seen(49);
  for (uint32_t place = 0; place < 16; ++place) {
    const Pipeline p = look(run, place);
    REQUIRE(p.pad == 3);
    REQUIRE(p.padded.size() == 34 * 34);
    CHECK(slow_window(p.padded, 34, 3, 3) == p.pixels);
    size_t ink = 0;
    for (const uint8_t byte : p.pixels) ink += byte;
    for (const uint8_t byte : p.padded) ink -= byte;
    CHECK_MESSAGE(ink == 0, "nothing but zeros around");
    REQUIRE(std::max(p.window_row, p.window_column) <= 6);
    CHECK(slow_window(p.padded, 34, static_cast<int>(p.window_row),
                      static_cast<int>(p.window_column)) == p.entered);
    seen[p.window_row * 7 + p.window_column] = true;
  }
  CHECK(std::ranges::count(seen, true) > 4);
}

TEST_CASE("a shift, a turn and a map are those that made the image") {
  for (const std::string edits : {"augment=shift", "augment=rotate", "augment=affine"}) {
    CAPTURE(edits);
    SmallRun run(edits);
    run.phases(3);
    float most = 0;
    for (uint32_t place = 0; place < 16; ++place) {
      const Pipeline p = look(run, place);
      CHECK(p.pad == 0);
      CHECK(p.padded.empty());
      Bytes made(784);
      map_affine({p.pixels, 28, 28},
                 {.tan_half = p.tan_half, .scale = p.scale, .right = p.right, .down = p.down},
                 {made, 28, 28});
      CHECK(made == p.entered);
      most = std::max({most, std::abs(p.right), std::abs(p.tan_half)});
    }
    CHECK(most > 0);
  }
}

TEST_CASE("images are normalized with mean and deviation of the training images, or not at all") {
  SmallRun plain("subset=60"), normal("normalize=true&subset=60");
  CHECK(look(plain, 0).mean == 0);
  CHECK(look(plain, 0).deviation == 1);
  const PixelStatistics pixels = pixel_statistics(normal.trainer.train_set());
  const Pipeline p = look(normal, 0);
  CHECK(p.mean == pixels.mean);
  CHECK(p.deviation == pixels.deviation);
  CHECK(p.mean != pixel_statistics(drawn_digits().train).mean);  // of the subset, not of the file
  for (size_t i = 0; i < 784; ++i) {
    const float expected = (static_cast<float>(p.entered[i]) / 255.0f - p.mean) / p.deviation;
    REQUIRE(p.numbers[i] == expected);
  }
}

TEST_CASE("the place in the file is that of the image's bytes and its label") {
  std::vector<uint8_t> bytes = read_mnist37("train-images.idx3-ubyte");
  const std::vector<uint8_t> labels = read_mnist37("train-labels.idx1-ubyte");
  const std::vector<uint8_t> file = bytes;
  const Result<Dataset> all = Dataset::from_files(std::move(bytes), labels, "73");
  REQUIRE(all.ok());
  const Dataset some = all->subset(50, 3).with_label_noise(0.5f, 3);
  CHECK(some.file_size() == labels.size() - 8);
  for (uint32_t i = 0; i < some.size(); ++i) {
    const uint32_t at = some.file_number(i);
    REQUIRE(at < some.file_size());
    const auto image = some.image(i);
    CHECK(std::equal(image.begin(), image.end(), file.begin() + 16 + static_cast<std::ptrdiff_t>(at) * 784));
    CHECK(labels[8 + at] == some.digit(i));
  }
}

TEST_CASE("the pipeline follows the requested image while it is in the batch, else the first one") {
  Bench b("model=mlp:6&batch=32&epochs=2&lr=0.5&augment=crop");
  SnapshotRequest request;
  request.parts = kPartPipeline | kPartBatch;
  request.source = ImageSource::train;
  const std::vector<uint32_t> indices = b.session.snapshot(request).batch.indices;
  request.image = indices[5];
  const Snapshot seen = b.session.snapshot(request);
  REQUIRE(seen.pipeline);
  CHECK(seen.pipeline->place == 5);
  CHECK(seen.pipeline->index == indices[5]);
  const auto entered = seen.batch.entered.begin() + 5 * 784;
  CHECK(std::equal(seen.pipeline->entered.begin(), seen.pipeline->entered.end(), entered));
  for (uint32_t image = 0; image < 128; ++image) {
    if (std::ranges::find(b.session.trainer().batch().indices, image) !=
        b.session.trainer().batch().indices.end())
      continue;
    request.image = image;
    CHECK(b.session.snapshot(request).pipeline->place == 0);
    break;
  }
  request.source = ImageSource::valid;
  request.image = 3;
  CHECK(b.session.snapshot(request).pipeline->place == 0);
  CHECK_FALSE(b.look(kPartBatch).pipeline);
}

}  // namespace downhill::test
