#include "kernels/conv.hpp"

#include "kernels/matmul.hpp"
#include "kernels/tiles.hpp"

namespace downhill::kernels {
namespace {

// Some of the images, with their padding around them.
struct Images {
  const float* data;
  uint32_t first, count;
  size_t row, image;  // floats from one to the next

  // The top left pixel under the window of output pixel (oy, ox).
  const float* window(uint32_t place, uint32_t oy, uint32_t ox, const Conv2dDims& d) const {
    return data + place * image + size_t{oy} * d.stride * row + size_t{ox} * d.stride * d.in;
  }
};

// Calls f(images) group by group, in order. Padded ones are at the start of `scratch`.
template <class F>
void for_each_group(const float* x, float* scratch, const Conv2dDims& d, F f) {
  const size_t row = size_t{d.w} * d.in, padded_row = row + size_t{2 * d.padding} * d.in;
  const size_t image = d.h * row, padded = padded_image(d), border = size_t{d.padding} * d.in;
  const uint32_t group = conv2d_group(d);
  // The borders stay zero while one group after the other is copied between them.
  if (d.padding > 0) std::fill_n(scratch, group * padded, 0.0f);
  for (uint32_t first = 0; first < d.n; first += group) {
    const uint32_t count = std::min(group, d.n - first);
    const float* from = x + first * image;
    if (d.padding == 0) {
      f(Images{from, first, count, row, image});
      continue;
    }
    for (uint32_t i = 0; i < count; ++i) {
      float* to = scratch + i * padded + d.padding * padded_row + border;
      for (uint32_t y = 0; y < d.h; ++y, from += row, to += padded_row) {
        for_each_vector(
            row, [&](size_t k, unsigned lanes) { store(to + k, load(from + k, lanes), lanes); });
      }
    }
    f(Images{scratch, first, count, padded_row, padded});
  }
}

// `count` rows of B from `b` on, for one tile: where they are, or a copy in `memory`.
Panel panel_of(const float* b, const Conv2dDims& d, float* memory, size_t count, Columns columns) {
  if (columns.whole()) return {b + columns.first, d.out};
  fill_panel(memory, b, d.out, count, columns);
  return {memory, kTileColumns};
}

// Where the panel begins in `scratch`: behind the padded images.
float* behind_images(float* scratch, const Conv2dDims& d) {
  return d.padding == 0 ? scratch : scratch + conv2d_group(d) * padded_image(d);
}

// The places [begin, end) of outputs along an axis at which place k of the window lies in an image
// of `extent` pixels.
struct Outputs {
  uint32_t begin, end;

  Outputs(uint32_t k, uint32_t extent, uint32_t outputs, const Conv2dDims& d) {
    const auto at = [&](uint32_t padded) {  // the first one whose pixel is this one or behind it
      return padded <= k ? 0 : (padded - k + d.stride - 1) / d.stride;
    };
    begin = std::min(at(d.padding), outputs);
    end = std::max(begin, std::min(at(d.padding + extent), outputs));
  }
};

// W[place] transposed, [out, in], in panels of eight input channels.
void transpose_places(float* panels, const float* w, const Conv2dDims& d) {
  for (uint32_t place = 0; place < d.kh * d.kw; ++place, w += size_t{d.in} * d.out) {
    for (uint32_t c0 = 0; c0 < d.in; c0 += kTileColumns) {
      for (uint32_t j = 0; j < d.out; ++j, panels += kTileColumns) {
        for (uint32_t c = 0; c < kTileColumns; ++c) {
          panels[c] = c0 + c < d.in ? w[size_t{c0 + c} * d.out + j] : 0.0f;
        }
      }
    }
  }
}

}  // namespace

void conv2d_forward(float* y, const float* x, const float* w, const float* b, float* scratch,
                    const Conv2dDims& d) {
  const uint32_t ow = d.ow(), pixels = d.oh() * ow;
  const size_t run = size_t{d.kw} * d.in;
  float* const memory = behind_images(scratch, d);
  for_each_columns(d.out, [&](auto, Columns columns) {  // only the last one needs a copy
    if (!columns.whole()) panel_of(w, d, memory, d.patch(), columns);
  });
  for_each_group(x, scratch, d, [&](const Images& images) {
    float* const of_group = y + size_t{images.first} * pixels * d.out;
    uint32_t image = 0, oy = 0, ox = 0;  // of the next row of a tile
    for_each_rows(images.count * pixels, [&](auto rows, uint32_t first) {
      constexpr uint32_t kRows = decltype(rows)::value;
      const float* windows[kRows];
      for (uint32_t r = 0; r < kRows; ++r) {
        windows[r] = images.window(image, oy, ox, d);
        if (++ox == ow) ox = 0, ++oy;
        if (oy == d.oh()) oy = 0, ++image;
      }
      for_each_columns(d.out, [&](auto vectors, Columns columns) {
        Panel panel =
            columns.whole() ? Panel{w + columns.first, d.out} : Panel{memory, kTileColumns};
        Sums<kRows, decltype(vectors)::value> sums;
        start_sums(sums, b, columns);
        for (uint32_t ky = 0; ky < d.kh; ++ky, panel.data += run * panel.stride) {
          const float* row[kRows];
          for (uint32_t r = 0; r < kRows; ++r) row[r] = windows[r] + ky * images.row;
          add_along(sums, row, panel, run);
        }
        store_sums(sums, of_group + size_t{first} * d.out + columns.first, d.out, columns);
      });
    });
  });
}

void conv2d_backward_weight(float* dw, const float* x, const float* dy, float* scratch,
                            const Conv2dDims& d) {
  const uint32_t oh = d.oh(), ow = d.ow(), run = d.kw * d.in;
  float* const memory = behind_images(scratch, d);
  for_each_group(x, scratch, d, [&](const Images& images) {
    const size_t pixels = size_t{oh} * ow;
    const float* const slopes = dy + images.first * pixels * d.out;
    for_each_columns(d.out, [&](auto vectors, Columns columns) {
      const Panel panel = panel_of(slopes, d, memory, images.count * pixels, columns);
      for (uint32_t ky = 0; ky < d.kh; ++ky) {
        for_each_rows(run, [&](auto rows, uint32_t first) {
          float* const c = dw + (size_t{ky} * run + first) * d.out + columns.first;
          Sums<decltype(rows)::value, decltype(vectors)::value> sums;
          load_sums(sums, c, d.out, columns);
          Panel of_row = panel;
          for (uint32_t image = 0; image < images.count; ++image) {
            const float* window = images.window(image, 0, 0, d) + ky * images.row + first;
            for (uint32_t oy = 0; oy < oh; ++oy) {
              add_across(sums, window, size_t{d.stride} * d.in, of_row, ow);
              window += d.stride * images.row;
              of_row.data += ow * of_row.stride;
            }
          }
          store_sums(sums, c, d.out, columns);
        });
      }
    });
  });
}

void conv2d_backward_bias(float* db, const float* dy, const Conv2dDims& dims) {
  const uint32_t pixels = static_cast<uint32_t>(dims.pixels());
  matmul_backward_bias(db, dy, {.n = pixels, .in = dims.patch(), .out = dims.out});
}

// Place by place of the window, from its last one to its first: so the output pixels come to every
// pixel of x in their order.
void conv2d_backward_input(float* dx, const float* dy, const float* w, float* scratch,
                           const Conv2dDims& d) {
  const uint32_t oh = d.oh(), ow = d.ow();
  const size_t place_size =
      size_t{d.out} * ((d.in + kTileColumns - 1) / kTileColumns * kTileColumns);
  const size_t step = size_t{d.stride} * d.in;  // from pixel to pixel of x
  transpose_places(scratch, w, d);
  for (uint32_t image = 0; image < d.n; ++image) {
    for (uint32_t place = d.kh * d.kw; place-- > 0;) {
      const uint32_t ky = place / d.kw, kx = place % d.kw;
      const Outputs high(ky, d.h, oh, d), wide(kx, d.w, ow, d);
      for (uint32_t oy = high.begin; oy < high.end; ++oy) {
        const size_t x_row = size_t{image} * d.h + (oy * d.stride + ky - d.padding);
        const float* slopes = dy + ((size_t{image} * oh + oy) * ow + wide.begin) * d.out;
        float* pixels = dx + (x_row * d.w + (wide.begin * d.stride + kx - d.padding)) * d.in;
        for_each_rows(wide.end - wide.begin, [&](auto rows, uint32_t first) {
          for_each_columns(d.in, [&](auto vectors, Columns columns) {
            constexpr uint32_t kRows = decltype(rows)::value, kVectors = decltype(vectors)::value;
            const Panel panel{scratch + place * place_size + size_t{columns.first} * d.out,
                              kTileColumns};
            const float* row[kRows];
            for (uint32_t r = 0; r < kRows; ++r) row[r] = slopes + size_t{first + r} * d.out;
            Sums<kRows, kVectors> sums, before;
            start_sums(sums, nullptr, columns);
            add_along(sums, row, panel, d.out);
            float* const c = pixels + first * step + columns.first;
            load_sums(before, c, step, columns);
            for (uint32_t r = 0; r < kRows; ++r) {
              for (uint32_t v = 0; v < kVectors; ++v) sums[r][v] = before[r][v] + sums[r][v];
            }
            store_sums(sums, c, step, columns);
          });
        });
      }
    }
  }
}

}  // namespace downhill::kernels
