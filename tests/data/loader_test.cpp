#include "data/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "data/sampler.hpp"
#include "data/synthetic.hpp"
#include "support/alloc_guard.hpp"
#include "support/mnist37.hpp"

namespace downhill {
namespace {

std::vector<uint32_t> order_of(Sampler& sampler, uint64_t epoch) {
  sampler.begin_epoch(epoch);
  return {sampler.order().begin(), sampler.order().end()};
}

bool is_permutation_of_all(std::vector<uint32_t> order) {
  std::sort(order.begin(), order.end());
  for (uint32_t i = 0; i < order.size(); ++i) {
    if (order[i] != i) return false;
  }
  return true;
}

std::vector<uint32_t> indices(const Batch& batch) {
  return {batch.indices.begin(), batch.indices.end()};
}

bool same_rows(kernels::SparseBlocks a, kernels::SparseBlocks b) {
  return std::ranges::equal(a, b, [](const kernels::BlockRow& x, const kernels::BlockRow& y) {
    return std::memcmp(&x, &y, sizeof x) == 0;
  });
}

}  // namespace

TEST_CASE("without shuffling, every epoch has the order of the dataset") {
  Sampler sampler(5, false, 1);
  CHECK(order_of(sampler, 0) == std::vector<uint32_t>{0, 1, 2, 3, 4});
  CHECK(order_of(sampler, 7) == std::vector<uint32_t>{0, 1, 2, 3, 4});
}

TEST_CASE("a shuffled epoch is a permutation that seed and epoch alone decide") {
  Sampler first(1000, true, 42), second(1000, true, 42), other(1000, true, 43);
  const auto epoch0 = order_of(first, 0), epoch1 = order_of(first, 1), epoch2 = order_of(first, 2);
  CHECK(is_permutation_of_all(epoch0));
  CHECK(is_permutation_of_all(epoch1));
  CHECK(epoch0 != epoch1);
  CHECK(epoch1 != epoch2);
  // The same if the epoch is entered directly, or again.
  CHECK(order_of(second, 2) == epoch2);
  CHECK(order_of(second, 0) == epoch0);
  CHECK(order_of(other, 0) != epoch0);
}

TEST_CASE("a new sampler is in epoch 0") {
  const Sampler fresh(100, true, 5);
  Sampler begun(100, true, 5);
  const auto epoch0 = order_of(begun, 0);
  CHECK(std::equal(epoch0.begin(), epoch0.end(), fresh.order().begin(), fresh.order().end()));
}

TEST_CASE("the order of the loader is golden") {
  Sampler sampler(12, true, 1);
  CHECK(order_of(sampler, 0) == std::vector<uint32_t>{8, 10, 11, 9, 2, 1, 5, 6, 7, 0, 4, 3});
  CHECK(order_of(sampler, 1) == std::vector<uint32_t>{1, 8, 5, 2, 11, 3, 9, 6, 0, 7, 4, 10});
}

TEST_CASE("every position is equally likely for every image") {
  // 6 images, 6000 epochs: each of 36 cells expects 1000. Chi-square of 25 degrees of freedom
  // exceeds 61.1 once in 20,000 draws, and the draw is fixed.
  uint32_t seen[6][6] = {};
  Sampler sampler(6, true, 9);
  for (uint64_t epoch = 0; epoch < 6000; ++epoch) {
    sampler.begin_epoch(epoch);
    for (uint32_t place = 0; place < 6; ++place) ++seen[place][sampler.order()[place]];
  }
  double chi_square = 0;
  for (const auto& row : seen) {
    for (const uint32_t count : row) {
      chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
    }
  }
  CHECK(chi_square < 61.1);
}

TEST_CASE(
    "an epoch of MNIST 3s and 7s has 49 batches, the last of 108; validation 8, the last of 246") {
  const DigitData data = test::load_mnist37();
  for (const auto& [set, batches, last] :
       {std::tuple(&data.train, 49u, 108u), std::tuple(&data.valid, 8u, 246u)}) {
    Loader loader(*set, {.batch_size = 256});
    CHECK(loader.batch_count() == batches);
    CHECK(loader.batch_size(0) == 256);
    CHECK(loader.batch_size(batches - 1) == last);
    uint32_t seen = 0, count = 0;
    Batch batch;
    while (loader.next(batch)) {
      CHECK(batch.size == (++count == batches ? last : 256));
      CHECK(batch.bytes.size() == batch.size);
      CHECK(batch.images().size() == size_t{batch.size} * 784);
      CHECK(batch.classes.size() == batch.size);
      CHECK(batch.indices.size() == batch.size);
      CHECK(batch.indices[0] == seen);
      seen += batch.size;
    }
    CHECK(count == batches);
    CHECK(seen == set->size());
    CHECK(!loader.next(batch));

    Loader whole(*set, {.batch_size = 256, .drop_last = true});
    CHECK(whole.batch_count() == batches - 1);
  }
}

TEST_CASE("a batch holds pixel / 255 and the classes of its images") {
  const Dataset data = synthetic_digits(20, 3);
  Loader loader(data, {.batch_size = 16, .shuffle = true, .seed = 5});
  Batch batch;
  while (loader.next(batch)) {
    CHECK(batch.pixels == 784);
    CHECK(batch.classes.size() == batch.size);
    CHECK(batch.transformed.empty());
    bool same = true;
    const std::vector<float> images = batch.images();
    for (uint32_t i = 0; i < batch.size; ++i) {
      const auto image = data.image(batch.indices[i]);
      same = same && batch.bytes[i] == image.data();  // in place, not a copy
      for (uint32_t p = 0; p < 784; ++p) {
        same = same && images[size_t{i} * 784 + p] == static_cast<float>(image[p]) / 255.0f;
      }
      same = same && batch.classes[i] == (data.digit(batch.indices[i]) == 3 ? 0 : 1);
    }
    CHECK(same);
  }
}

TEST_CASE("a normalized batch holds (pixel / 255 - mean) / deviation") {
  const Dataset data = synthetic_digits(2, 3);
  Loader loader(data, {.batch_size = 4, .pixel_map = PixelMap::normalize(0.1307f, 0.3081f)});
  const Batch batch = loader.load(0);
  const auto image = data.image(0);
  const std::vector<float> images = batch.images();
  for (uint32_t p = 0; p < 784; ++p) {
    const double exact = (image[p] / 255.0 - 0.1307) / 0.3081;
    CHECK(static_cast<double>(images[p]) == doctest::Approx(exact).epsilon(1e-5));
  }
}

TEST_CASE("any batch of any epoch can be loaded directly, and is the same") {
  const Dataset data = synthetic_digits(25, 3);
  const LoaderOptions options{.batch_size = 16, .shuffle = true, .seed = 11};
  Loader walked(data, options), jumped(data, options);
  Batch batch;
  for (uint64_t epoch = 0; epoch < 3; ++epoch) {
    walked.begin_epoch(epoch);
    for (uint32_t b = 0; walked.next(batch); ++b) {
      jumped.begin_epoch(epoch);
      const Batch same = jumped.load(b);
      CHECK(indices(same) == indices(batch));
      CHECK(same.images() == batch.images());
      CHECK(std::ranges::equal(same.classes, batch.classes));
    }
  }
  walked.seek(2);
  CHECK(walked.position() == 2);
  REQUIRE(walked.next(batch));
  jumped.begin_epoch(2);
  CHECK(indices(jumped.load(2)) == indices(batch));
}

TEST_CASE("a batch larger than the dataset has all its images") {
  const Dataset data = synthetic_digits(3, 1);
  Loader loader(data, {.batch_size = 16384});
  CHECK(loader.batch_count() == 1);
  CHECK(loader.load(0).size == 6);
}

TEST_CASE("batches use the same memory, 64-byte aligned") {
  const Dataset data = synthetic_digits(20, 1);
  Loader loader(data, {.batch_size = 7, .shuffle = true});
  Batch batch;
  REQUIRE(loader.next(batch));
  const uint8_t* classes = batch.classes.data();
  CHECK(reinterpret_cast<uintptr_t>(classes) % 64 == 0);
  for (uint64_t epoch = 1; epoch < 4; ++epoch) {
    loader.begin_epoch(epoch);
    while (loader.next(batch)) CHECK(batch.classes.data() == classes);
  }
}

TEST_CASE("an augmented batch is the item transform of each image, through the pixel map") {
  const Dataset data = synthetic_digits(20, 3);
  for (const AugmentRow& row : kAugments) {
    const Augment augment = row.kind;
    if (augment == Augment::none) continue;
    const PixelMap map = PixelMap::normalize(0.1307f, 0.3081f);
    Loader loader(
        data, {.batch_size = 16, .shuffle = true, .seed = 5, .augment = augment, .pixel_map = map});
    ItemTransform transform(augment, 5);
    std::vector<uint8_t> out(784);
    Batch batch;
    for (uint64_t epoch = 0; epoch < 2; ++epoch) {
      loader.begin_epoch(epoch);
      transform.begin_epoch(epoch);
      while (loader.next(batch)) {
        const std::vector<float> images = batch.images();
        REQUIRE(batch.transformed.size() == images.size());
        bool same = true;
        for (uint32_t i = 0; i < batch.size; ++i) {
          transform.apply(batch.indices[i], {data.image(batch.indices[i]), 28, 28}, {out, 28, 28});
          for (size_t p = 0; p < 784; ++p) {
            same = same && batch.transformed[i * size_t{784} + p] == out[p] &&
                   images[i * size_t{784} + p] == map[out[p]];
          }
        }
        CHECK(same);
      }
    }
  }
}

TEST_CASE("augmented images do not depend on the batch size") {
  const Dataset data = synthetic_digits(20, 3);
  LoaderOptions options{.batch_size = 40, .seed = 5, .augment = Augment::affine};
  Loader whole(data, options);
  options.batch_size = 7;
  Loader parts(data, options);
  whole.begin_epoch(3);
  parts.begin_epoch(3);
  const std::vector<float> all = whole.load(0).images();
  for (uint32_t which : {4u, 0u, 5u, 2u, 0u}) {
    const std::vector<float> part = parts.load(which).images();
    CHECK(std::equal(part.begin(), part.end(), all.begin() + which * 7 * 784));
  }
}

TEST_CASE("batches have the noisy labels, not the digits") {
  const Dataset data = synthetic_digits(20, 3).with_label_noise(0.5f, 1);
  Loader loader(data, {.batch_size = 40});
  const Batch batch = loader.load(0);
  uint32_t wrong = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    CHECK(batch.classes[i] == data.class_of(i));
    wrong += (batch.classes[i] == 0) != (data.digit(i) == 3) ? 1 : 0;
  }
  CHECK(wrong == 20);
}

TEST_CASE("once built, a loader allocates nothing, with any augmentation") {
  const Dataset data = synthetic_digits(20, 3);
  for (const AugmentRow& row : kAugments) {
    Loader loader(data, {.batch_size = 16, .shuffle = true, .augment = row.kind});
    CHECK(test::allocations_of([&] {
            Batch batch;
            for (uint64_t epoch = 0; epoch < 3; ++epoch) {
              loader.begin_epoch(epoch);
              while (loader.next(batch)) {
              }
            }
          }) == 0);
  }
}

TEST_CASE(
    "batches carry the nonzero pixels of their images, also of a subset, but not of augmented "
    "images") {
  const Dataset all = synthetic_digits(20, 3), few = all.subset(17, 2);
  for (const Dataset* dataset : {&all, &few}) {
    for (const kernels::SparseForm form :
         {kernels::SparseForm::pixels, kernels::SparseForm::blocks}) {
      SparseImages images(*dataset, form);
      Loader loader(*dataset, {.batch_size = 5, .shuffle = true, .sparse = form});
      for (Batch batch; loader.next(batch);) {
        const bool pixels = form == kernels::SparseForm::pixels;
        CHECK(batch.sparse_pixels.size() == (pixels ? batch.size : 0));
        CHECK(batch.sparse_blocks.size() == (pixels ? 0 : batch.size));
        for (uint32_t i = 0; i < batch.size; ++i) {
          const uint32_t image = batch.indices[i];
          if (pixels) CHECK(std::ranges::equal(batch.sparse_pixels[i], images.pixels(image)));
          if (!pixels) CHECK(same_rows(batch.sparse_blocks[i], images.blocks(image)));
        }
      }
    }
  }
  LoaderOptions options{.batch_size = 5, .sparse = kernels::SparseForm::pixels};
  options.augment = Augment::shift;
  CHECK(Loader(all, options).load(0).sparse_pixels.empty());
  options.sparse = kernels::SparseForm::blocks;
  CHECK(Loader(all, options).load(0).sparse_blocks.empty());
}

}  // namespace downhill
