#include "kernels/norm/normalize.hpp"

#include <algorithm>
#include <utility>

#include "kernels/parts.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

f32x4 splat(size_t count) { return f32x4::splat(static_cast<float>(count)); }

// Calls f(Constant<vectors>, column, lanes) for strips of eight columns, of four, and of the rest:
// narrow enough that the columns' constants stay in registers over all rows.
template <class F>
void for_each_strip(size_t width, F f) {
  size_t j = 0;
  for (; j + 8 <= width; j += 8) f(Constant<2>(), j, Constant<4>());
  for (; j + 4 <= width; j += 4) f(Constant<1>(), j, Constant<4>());
  if (j < width) f(Constant<1>(), j, static_cast<unsigned>(width - j));
}

// The numbers of a row in the columns of a strip.
template <unsigned kVectors>
struct Strip {
  f32x4 v[kVectors];

  Strip(const float* row, size_t column, unsigned lanes) {
    for (unsigned i = 0; i < kVectors; ++i) v[i] = load(row + column + 4 * i, lanes);
  }
  f32x4 operator[](unsigned i) const { return v[i]; }
};

// Sums down the columns [first, first + 32), at most eight vectors, in the order of sum_down().
struct ColumnSums {
  static constexpr size_t kColumns = 32;
  f32x4 partial[kColumns / 4][16] = {};

  f32x4 total(size_t v) const { return detail::sum_of_sixteen(partial[v]); }
};

// Calls f(v, column, lanes) for the vectors of the columns from `first` on.
template <class F>
void for_each_of_columns(size_t first, size_t width, F f) {
  const size_t count = std::min(ColumnSums::kColumns, width - first);
  size_t j = 0;
  for (; j + 4 <= count; j += 4) f(j / 4, first + j, Constant<4>());
  if (j < count) f(j / 4, first + j, static_cast<unsigned>(count - j));
}

// Calls f(v, column, lanes, begin, end) for all numbers of these columns: rows [begin, end) of one
// vector at a time, few enough that the next vector and the next sum find them in the first-level
// cache.
template <class F>
void for_each_block(size_t first, Rows rows, F f) {
  constexpr size_t kFloats = 2048;
  const size_t block = kFloats / std::min(ColumnSums::kColumns, rows.width) / 16 * 16;
  for (size_t begin = 0; begin < rows.count; begin += block) {
    const size_t end = std::min(begin + block, rows.count);
    for_each_of_columns(first, rows.width, [&](size_t v, size_t column, auto lanes) {
      f(v, column, lanes, begin, end);
    });
  }
}

// add_down() for two terms of each row at once: two partial sums of each stay in registers.
template <class Terms>
void add_both_down(f32x4 (&a)[16], f32x4 (&b)[16], size_t first, size_t end, Terms terms) {
  const size_t whole = end - (end - first) % 16;
  const auto add = [&](f32x4& to_a, f32x4& to_b, size_t row) {
    const auto [term_a, term_b] = terms(row);
    to_a = to_a + term_a;
    to_b = to_b + term_b;
  };
  for (size_t part = 0; part < 16; part += 2) {
    f32x4 a0 = a[part], a1 = a[part + 1], b0 = b[part], b1 = b[part + 1];
    for (size_t row = first + part; row < whole; row += 16) add(a0, b0, row), add(a1, b1, row + 1);
    a[part] = a0, a[part + 1] = a1, b[part] = b0, b[part + 1] = b1;
  }
  for (size_t row = whole; row < end; ++row) add(a[row - whole], b[row - whole], row);
}

// Calls f(mask), where mask(dy, y) is the gradient of y: dy, or what a ReLU of y passes of it.
template <class F>
void with_relu(bool relu, F f) {
  if (relu) return f([](f32x4 upstream, f32x4 y) { return Relu::gradient(upstream, y, y); });
  f([](f32x4 upstream, f32x4) { return upstream; });
}

}  // namespace

void column_statistics(float* mean, float* variance, const float* x, Rows rows) {
  const f32x4 n = splat(rows.count);
  for (size_t first = 0; first < rows.width; first += ColumnSums::kColumns) {
    ColumnSums sums, squares;
    const auto at = [=](size_t row, size_t j, unsigned lanes) {
      return load(x + row * rows.width + j, lanes);
    };
    for_each_block(first, rows, [&](size_t v, size_t j, auto lanes, size_t begin, size_t end) {
      add_down<8>(sums.partial[v], begin, end, [=](size_t row) { return at(row, j, lanes); });
    });
    for_each_of_columns(first, rows.width, [&](size_t v, size_t j, auto lanes) {
      store(mean + j, sums.total(v) / n, lanes);
    });
    for_each_block(first, rows, [&](size_t v, size_t j, auto lanes, size_t begin, size_t end) {
      const f32x4 center = load(mean + j, lanes);
      add_down<4>(squares.partial[v], begin, end, [=](size_t row) {
        const f32x4 deviation = at(row, j, lanes) - center;
        return deviation * deviation;
      });
    });
    for_each_of_columns(first, rows.width, [&](size_t v, size_t j, auto lanes) {
      store(variance + j, squares.total(v) / n, lanes);
    });
  }
}

void row_statistics(float* mean, float* variance, const float* x, Rows rows) {
  const float n = static_cast<float>(rows.width);
  for (size_t row = 0; row < rows.count; ++row, x += rows.width) {
    const auto at = [=](size_t i, unsigned lanes) { return load(x + i, lanes); };
    const float center = sum_terms(rows.width, at) / n;
    const float squares = sum_terms(rows.width, [=](size_t i, unsigned lanes) {
      const f32x4 deviation = at(i, lanes) - f32x4::splat(center);
      return deviation * deviation;
    });
    mean[row] = center;
    variance[row] = squares / n;
  }
}

void inverse_deviation(float* scale, const float* variance, float eps, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 deviation = sqrt(load(variance + i, lanes) + f32x4::splat(eps));
    store(scale + i, f32x4::splat(1.0f) / deviation, lanes);
  });
}

void update_running(float* running, const float* now, float momentum, float factor, size_t count) {
  const f32x4 keep = f32x4::splat(1.0f - momentum), take = f32x4::splat(momentum);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 value = load(now + i, lanes) * f32x4::splat(factor);
    store(running + i, keep * load(running + i, lanes) + take * value, lanes);
  });
}

void batch_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows, bool relu) {
  const auto forward = [=](auto finish) {
    for_each_strip(rows.width, [=](auto vectors, size_t j, auto lanes) {
      constexpr unsigned kVectors = decltype(vectors)::value;
      const Strip<kVectors> center(mean, j, lanes), factor(scale, j, lanes);
      const Strip<kVectors> g(gamma, j, lanes), b(beta, j, lanes);
      for (size_t at = j; at < rows.size(); at += rows.width) {
        for (unsigned v = 0; v < kVectors; ++v) {
          const f32x4 unit = (load(x + at + 4 * v, lanes) - center[v]) * factor[v];
          store(y + at + 4 * v, finish(unit * g[v] + b[v]), lanes);
        }
      }
    });
  };
  if (relu) return forward([](f32x4 value) { return Relu::value(value); });
  forward([](f32x4 value) { return value; });
}

void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* gamma, const float* beta, const float* dy,
                     Rows rows, bool relu) {
  for (size_t first = 0; first < rows.width; first += ColumnSums::kColumns) {
    ColumnSums along, total;
    with_relu(relu, [&](auto mask) {
      for_each_block(first, rows, [&](size_t v, size_t j, auto lanes, size_t begin, size_t end) {
        const f32x4 center = load(mean + j, lanes), factor = load(scale + j, lanes);
        const f32x4 g = load(gamma + j, lanes), b = load(beta + j, lanes);
        add_both_down(along.partial[v], total.partial[v], begin, end, [=](size_t row) {
          const size_t i = row * rows.width + j;
          const f32x4 unit = (load(x + i, lanes) - center) * factor;
          const f32x4 upstream = mask(load(dy + i, lanes), unit * g + b);
          return std::pair(upstream * unit, upstream);
        });
      });
    });
    for_each_of_columns(first, rows.width, [&](size_t v, size_t j, auto lanes) {
      store(dgamma + j, along.total(v), lanes);
      store(dbeta + j, total.total(v), lanes);
    });
  }
}

void batch_norm_backward(GradTarget dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* beta, const float* dgamma,
                         const float* dbeta, const float* dy, Rows rows, bool relu) {
  const f32x4 n = splat(rows.count);
  const auto backward = [=](auto before, auto mask) {
    for (size_t first = 0; first < rows.width; first += ColumnSums::kColumns) {
      for_each_block(first, rows, [=](size_t, size_t j, auto lanes, size_t begin, size_t end) {
        const f32x4 center = load(mean + j, lanes), factor = load(scale + j, lanes);
        const f32x4 g = load(gamma + j, lanes), b = load(beta + j, lanes);
        const f32x4 along = load(dgamma + j, lanes), total = load(dbeta + j, lanes);
        const f32x4 share = g * factor;
        for (size_t i = begin * rows.width + j; i < end * rows.width; i += rows.width) {
          const f32x4 unit = (load(x + i, lanes) - center) * factor;
          const f32x4 common = (total + unit * along) / n;
          const f32x4 upstream = mask(load(dy + i, lanes), unit * g + b);
          store(dx.data + i, before(dx.data + i, lanes) + share * (upstream - common), lanes);
        }
      });
    }
  };
  with_before(dx,
              [&](auto before) { with_relu(relu, [&](auto mask) { backward(before, mask); }); });
}

void scale_columns_backward(float* dx, const float* scale, const float* gamma, const float* dy,
                            Rows rows) {
  for (size_t row = 0; row < rows.count; ++row, dx += rows.width, dy += rows.width) {
    for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
      const f32x4 factor = load(gamma + j, lanes) * load(scale + j, lanes);
      store(dx + j, load(dx + j, lanes) + factor * load(dy + j, lanes), lanes);
    });
  }
}

void layer_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows) {
  for (size_t row = 0; row < rows.count; ++row, x += rows.width, y += rows.width) {
    const f32x4 center = f32x4::splat(mean[row]), factor = f32x4::splat(scale[row]);
    for_each_vector(rows.width, [=](size_t i, unsigned lanes) {
      const f32x4 unit = (load(x + i, lanes) - center) * factor;
      store(y + i, unit * load(gamma + i, lanes) + load(beta + i, lanes), lanes);
    });
  }
}

void layer_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows) {
  for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
    const auto upstream = [=](size_t row) { return load(dy + row * rows.width + j, lanes); };
    if (dgamma != nullptr) {
      const f32x4 down = sum_down(rows.count, [=](size_t row) {
        const f32x4 deviation = load(x + row * rows.width + j, lanes) - f32x4::splat(mean[row]);
        return upstream(row) * (deviation * f32x4::splat(scale[row]));
      });
      store(dgamma + j, load(dgamma + j, lanes) + down, lanes);
    }
    if (dbeta != nullptr) {
      store(dbeta + j, load(dbeta + j, lanes) + sum_down(rows.count, upstream), lanes);
    }
  });
}

void layer_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dy, Rows rows) {
  const size_t width = rows.width;
  const f32x4 n = splat(width);
  for (size_t row = 0; row < rows.count; ++row, dx += width, x += width, dy += width) {
    const f32x4 center = f32x4::splat(mean[row]), factor = f32x4::splat(scale[row]);
    const auto g = [=](size_t i, unsigned lanes) {
      return load(dy + i, lanes) * load(gamma + i, lanes);
    };
    const auto unit = [=](size_t i, unsigned lanes) {
      return (load(x + i, lanes) - center) * factor;
    };
    const f32x4 total = f32x4::splat(sum_terms(width, g));
    const f32x4 along = f32x4::splat(
        sum_terms(width, [=](size_t i, unsigned lanes) { return g(i, lanes) * unit(i, lanes); }));
    for_each_vector(width, [=](size_t i, unsigned lanes) {
      const f32x4 common = (total + unit(i, lanes) * along) / n;
      store(dx + i, load(dx + i, lanes) + factor * (g(i, lanes) - common), lanes);
    });
  }
}

}  // namespace downhill::kernels
