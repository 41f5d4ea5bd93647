#include "kernels/conv/conv.hpp"

#include <optional>

#include "kernels/conv/conv_rows.hpp"
#include "kernels/conv/conv_sparse.hpp"
#include "kernels/conv/conv_taps.hpp"
#include "kernels/dense/matmul.hpp"
#include "kernels/dense/tiles.hpp"

namespace downhill::kernels {
namespace {

// The layout of the scratch.
struct Memory {
  float *images, *panel;
  Ranges runs;
  uint32_t* windows;
  Ranges inside;

  Memory(Conv2dScratch scratch, const Conv2dDims& d) : images(scratch.floats) {
    const size_t group = conv2d_group(d);
    panel = images + conv2d_image_floats(d);
    runs.numbers = scratch.numbers;
    windows = runs.numbers + 2 * group * d.oh();
    inside.numbers = windows + group * d.oh() * d.ow();
  }
};

// `count` rows of B from `b` on, for one tile: in place, or a copy in `memory`.
Panel panel_of(const float* b, const Conv2dDims& d, float* memory, size_t count, Columns columns) {
  if (columns.whole()) return {b + columns.first, d.out};
  fill_panel(memory, b, d.out, count, columns);
  return {memory, kTileColumns};
}

// Writes the offset of each output pixel's window in the images. Without this table, small images
// would pay for the start of each row.
void find_windows(uint32_t* windows, uint32_t count, const Conv2dDims& d) {
  for (uint32_t image = 0; image < count; ++image) {
    for (uint32_t oy = 0; oy < d.oh(); ++oy) {
      for (uint32_t ox = 0; ox < d.ow(); ++ox) {
        *windows++ = static_cast<uint32_t>(window_offset(d, image, oy, ox));
      }
    }
  }
}

// Writes which rows of each output pixel's window are not all padding, for `count` images.
void find_inside(Ranges inside, uint32_t count, const Conv2dDims& d) {
  size_t pixel = 0;
  for (uint32_t image = 0; image < count; ++image) {
    for (uint32_t oy = 0; oy < d.oh(); ++oy) {
      const uint32_t top = std::min(oy * d.stride, d.h + d.padding);
      const uint32_t begin = top < d.padding ? d.padding - top : 0;
      const uint32_t end = std::min(d.kh, d.h + d.padding - top);
      for (uint32_t ox = 0; ox < d.ow(); ++ox) inside.set(pixel++, {std::min(begin, end), end});
    }
  }
}

// The window rows that are inside for any of `kRows` output pixels.
template <uint32_t kRows>
Range inside_of_any(Ranges inside, uint32_t first) {
  Range any = inside[first];
  for (uint32_t r = 1; r < kRows; ++r) {
    const Range of = inside[first + r];
    any = {std::min(any.begin, of.begin), std::max(any.end, of.end)};
  }
  return any;
}

// Writes the runs of output pixels whose windows see a nonzero pixel in their row ky. Returns the
// number of runs.
size_t find_runs(Ranges runs, const Images& images, uint32_t ky, const Conv2dDims& d) {
  size_t count = 0;
  for (uint32_t image = 0; image < images.count; ++image) {
    for (uint32_t oy = 0; oy < d.oh(); ++oy) {
      const Range nonzero = images.nonzero_under(image, oy, d)[ky];
      const uint32_t row = (image * d.oh() + oy) * d.ow();
      if (nonzero.begin < nonzero.end) runs.set(count++, {row + nonzero.begin, row + nonzero.end});
    }
  }
  return count;
}

// Writes W tap by tap, transposed to [out, in], in panels of eight input channels.
void transpose_taps(float* panels, const float* w, const Conv2dDims& d) {
  for (uint32_t tap = 0; tap < d.kh * d.kw; ++tap, w += size_t{d.in} * d.out) {
    for (uint32_t c0 = 0; c0 < d.in; c0 += kTileColumns) {
      for (uint32_t j = 0; j < d.out; ++j, panels += kTileColumns) {
        for (uint32_t c = 0; c < kTileColumns; ++c) {
          panels[c] = c0 + c < d.in ? w[size_t{c0 + c} * d.out + j] : 0.0f;
        }
      }
    }
  }
}

// dW += patchesᵀ·dy, for one group, window by window.
void add_patches(float* dw, const Images& images, const float* upstream, const Memory& memory,
                 const Conv2dDims& dims) {
  const Conv2dDims d = dims;
  const uint32_t pixels = d.oh() * d.ow(), run = d.kw * d.in;
  for_each_columns(d.out, [&](auto vectors, Columns columns) {
    const Panel panel = panel_of(upstream, d, memory.panel, size_t{images.count} * pixels, columns);
    for (uint32_t ky = 0; ky < d.kh; ++ky) {
      const size_t runs = images.nonzero ? find_runs(memory.runs, images, ky, d) : 0;
      for_each_rows(run, [&](auto rows, uint32_t first) {
        float* const c = dw + (size_t{ky} * run + first) * d.out + columns.first;
        const float* const a = images.data + ky * images.row + first;
        Sums<decltype(rows)::value, decltype(vectors)::value> sums;
        load_sums(sums, c, d.out, columns);
        if (!images.nonzero) {
          add_at(sums, a, memory.windows, panel, size_t{images.count} * pixels);
        }
        for (size_t i = 0; i < runs; ++i) {
          const Range of = memory.runs[i];
          add_across(sums, a + memory.windows[of.begin], size_t{d.stride} * d.in,
                     {panel.data + of.begin * panel.stride, panel.stride}, of.end - of.begin);
        }
        store_sums(sums, c, d.out, columns);
      });
    }
  });
}

// The same tap by tap. x: [count, h, w, in]
void add_taps(float* dw, const float* x, const float* upstream, const TapPairs& taps,
              uint32_t count, const Conv2dDims& dims) {
  const Conv2dDims d = dims;
  for_each_columns(d.out, [&](auto vectors, Columns columns) {
    for (uint32_t tap = 0; tap < d.kh * d.kw; ++tap) {
      const uint32_t* const pairs = taps.numbers + tap * taps.per_tap;
      const size_t pair_count = size_t{count} * Pairs(0, tap, d).of_image();
      float* c = dw + size_t{tap} * d.in * d.out + columns.first;
      for (uint32_t first = 0; first < d.in; first += kTileRows, c += kTileRows * d.out) {
        Sums<kTileRows, decltype(vectors)::value> sums;
        load_sums(sums, c, d.out, columns);
        add_pairs(sums, x + first, upstream + columns.first, pairs, pair_count);
        store_sums(sums, c, d.out, columns);
      }
    }
  });
}

// Calls add(first, count, padded, add_all) group by group: padded() returns the padded images, and
// add_all(dy) adds dW tap by tap.
template <class Add>
void add_by_taps(float* dw, const float* x, Conv2dScratch scratch, const Conv2dDims& d, Add add) {
  const uint32_t group = conv2d_taps_group(d);
  std::optional<TapPairs> taps;  // overwrites the lists of nonzero dy, so made when first needed
  for (uint32_t first = 0; first < d.n; first += group) {
    const uint32_t count = std::min(group, d.n - first);
    const auto padded = [&] {
      if (first == 0) std::fill_n(scratch.floats, conv2d_image_floats(d), 0.0f);
      return pad_group(scratch.floats, x, first, count, d);
    };
    add(first, count, padded, [&](const float* upstream) {
      if (!taps) taps.emplace(scratch.numbers, group, d);
      add_taps(dw, x + size_t{first} * d.h * d.w * d.in, upstream, *taps, count, d);
    });
  }
}

}  // namespace

void conv2d_forward(float* y, const ConvInput& x, const float* w, const float* b,
                    Conv2dScratch scratch, const Conv2dDims& dims, bool relu) {
  const Conv2dDims d = dims;
  const uint32_t ow = d.ow(), pixels = d.oh() * ow;
  const size_t run = size_t{d.kw} * d.in;
  const Memory memory(scratch, d);
  const auto panel_of_w = [&](Columns columns) { return memory.panel + columns.first * d.patch(); };
  const bool short_rows = conv2d_by_short_rows(d);
  if (!short_rows) {
    for_each_columns(d.out, [&](auto, Columns columns) {
      fill_panel(panel_of_w(columns), w, d.out, d.patch(), columns);
    });
  }
  for_each_group(x, memory.images, d, [&](const Images& images) {
    float* const of_group = y + size_t{images.first} * pixels * d.out;
    if (short_rows) {
      const ShortRows rows{images, d, w, b, relu};
      return run == 3 ? forward_short_rows<3>(of_group, rows)
                      : forward_short_rows<5>(of_group, rows);
    }
    if (images.first == 0) {  // all groups share them
      find_windows(memory.windows, images.count, d);
      find_inside(memory.inside, images.count, d);
    }
    for_each_rows(images.count * pixels, [&](auto rows, uint32_t first) {
      constexpr uint32_t kRows = decltype(rows)::value;
      const float* windows[kRows];
      for (uint32_t r = 0; r < kRows; ++r) windows[r] = images.data + memory.windows[first + r];
      const Range inside = inside_of_any<kRows>(memory.inside, first);
      for_each_columns(d.out, [&](auto vectors, Columns columns) {
        const float* weights = panel_of_w(columns) + inside.begin * run * kTileColumns;
        Sums<kRows, decltype(vectors)::value> sums;
        start_sums(sums, b, columns);
        for (uint32_t ky = inside.begin; ky < inside.end; ++ky, weights += run * kTileColumns) {
          const float* row[kRows];
          for (uint32_t r = 0; r < kRows; ++r) row[r] = windows[r] + ky * images.row;
          add_packed(sums, row, weights, run);
        }
        if (relu) rectify_sums(sums);
        store_sums(sums, of_group + size_t{first} * d.out + columns.first, d.out, columns);
      });
    });
  });
}

void conv2d_backward_parameters(float* dw, float* db, const ConvInput& x, const UpstreamGrad& dy,
                                bool write_dz, Conv2dScratch scratch, const Conv2dDims& dims) {
  const Conv2dDims d = dims;
  const uint32_t pixels = d.oh() * d.ow();
  const size_t of_image = size_t{pixels} * d.out;
  if (dw == nullptr && db == nullptr) {
    if (write_dz) dy.masked(d.n * of_image);
    return;
  }
  const Memory memory(scratch, d);
  SparseWeightGrad sparse(dw, scratch, d);
  const auto add = [&](uint32_t first_image, uint32_t count, auto padded, auto add_all) {
    const size_t first = first_image * of_image;
    const float* const upstream =
        dy.masked_part(write_dz && dy.relu ? dy.dz + first : dy.dz, count * of_image, first);
    if (sparse.takes(upstream, count)) {
      sparse.add(padded(), upstream);
    } else if (dw != nullptr) {
      add_all(upstream);
    }
    if (db == nullptr) return;
    matmul_backward_bias(db, upstream, {.n = count * pixels, .in = d.patch(), .out = d.out});
  };
  if (conv2d_by_taps(d, x.padded)) {
    add_by_taps(dw, x.floats, scratch, d, add);
  } else {
    bool known = false;  // the windows, which overwrite the lists of nonzero dy
    for_each_group(x, memory.images, d, [&](const Images& images) {
      const auto padded = [&] { return images; };
      add(images.first, images.count, padded, [&](const float* upstream) {
        if (!known) find_windows(memory.windows, images.count, d);
        known = true;
        add_patches(dw, images, upstream, memory, d);
      });
    });
  }
  sparse.finish();
}

// Tap by tap, from the last to the first: so the output pixels reach each pixel of x in order.
void conv2d_backward_input(GradTarget dx, const float* dy, const float* w, Conv2dScratch scratch,
                           const Conv2dDims& dims) {
  const Conv2dDims d = dims;
  const uint32_t group = conv2d_group(d);
  const size_t tap_size = size_t{d.out} * ((d.in + kTileColumns - 1) / kTileColumns * kTileColumns);
  const size_t image = size_t{d.h} * d.w * d.in;
  float *const taps = scratch.floats, *const pixels_of_x = dx.data;
  SparseInputGrad sparse(dx, w, scratch, d);
  bool transposed = false;  // overwrites SparseInputGrad's W, so made when first needed
  for (uint32_t first_image = 0; first_image < d.n; first_image += group) {
    const uint32_t images = std::min(group, d.n - first_image);
    const float* const of_images = dy + size_t{first_image} * d.oh() * d.ow() * d.out;
    if (sparse.add(of_images, first_image, images)) continue;
    if (!transposed) transpose_taps(taps, w, d);
    transposed = true;
    if (dx.overwrite) std::fill_n(pixels_of_x + first_image * image, images * image, 0.0f);
    for (uint32_t tap = d.kh * d.kw; tap-- > 0;) {
      Pairs pairs(first_image, tap, d);
      for_each_rows(images * pairs.of_image(), [&](auto rows, uint32_t) {
        constexpr uint32_t kRows = decltype(rows)::value;
        const float* upstream[kRows];
        float* pixels[kRows];
        for (uint32_t r = 0; r < kRows; ++r, pairs.advance(d)) {
          upstream[r] = dy + pairs.output;
          pixels[r] = pixels_of_x + pairs.pixel;
        }
        for_each_columns(d.in, [&](auto vectors, Columns columns) {
          constexpr uint32_t kVectors = decltype(vectors)::value;
          const float* weights = taps + tap * tap_size + size_t{columns.first} * d.out;
          Sums<kRows, kVectors> sums;
          start_sums(sums, nullptr, columns);
          add_packed(sums, upstream, weights, d.out);
          for (uint32_t r = 0; r < kRows; ++r) {
            for (uint32_t v = 0; v < kVectors; ++v) {
              float* const to = pixels[r] + columns.first + 4 * v;
              store(to, load(to, columns.lanes(v)) + sums[r][v], columns.lanes(v));
            }
          }
        });
      });
    }
  }
}

}  // namespace downhill::kernels
