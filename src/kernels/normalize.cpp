#include "kernels/normalize.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

f32x4 splat(size_t count) { return f32x4::splat(static_cast<float>(count)); }

}  // namespace

void column_statistics(float* mean, float* variance, const float* x, Rows rows) {
  for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
    const auto at = [=](size_t row) { return load(x + row * rows.width + j, lanes); };
    const f32x4 center = sum_down(rows.count, at) / splat(rows.count);
    const f32x4 squares = sum_down(rows.count, [=](size_t row) {
      const f32x4 deviation = at(row) - center;
      return deviation * deviation;
    });
    store(mean + j, center, lanes);
    store(variance + j, squares / splat(rows.count), lanes);
  });
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
                        const float* gamma, const float* beta, Rows rows) {
  for (size_t row = 0; row < rows.count; ++row, x += rows.width, y += rows.width) {
    for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
      const f32x4 unit = (load(x + j, lanes) - load(mean + j, lanes)) * load(scale + j, lanes);
      store(y + j, unit * load(gamma + j, lanes) + load(beta + j, lanes), lanes);
    });
  }
}

void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows) {
  for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
    const f32x4 center = load(mean + j, lanes), factor = load(scale + j, lanes);
    const auto slope = [=](size_t row) { return load(dy + row * rows.width + j, lanes); };
    const f32x4 down = sum_down(rows.count, [=](size_t row) {
      return slope(row) * ((load(x + row * rows.width + j, lanes) - center) * factor);
    });
    store(dgamma + j, down, lanes);
    store(dbeta + j, sum_down(rows.count, slope), lanes);
  });
}

void batch_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dgamma, const float* dbeta,
                         const float* dy, Rows rows) {
  const f32x4 n = splat(rows.count);
  for (size_t row = 0; row < rows.count; ++row) {
    const size_t start = row * rows.width;
    for_each_vector(rows.width, [=](size_t j, unsigned lanes) {
      const size_t at = start + j;
      const f32x4 factor = load(scale + j, lanes);
      const f32x4 unit = (load(x + at, lanes) - load(mean + j, lanes)) * factor;
      const f32x4 common = (load(dbeta + j, lanes) + unit * load(dgamma + j, lanes)) / n;
      const f32x4 slope = (load(gamma + j, lanes) * factor) * (load(dy + at, lanes) - common);
      store(dx + at, load(dx + at, lanes) + slope, lanes);
    });
  }
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
    const auto slope = [=](size_t row) { return load(dy + row * rows.width + j, lanes); };
    if (dgamma != nullptr) {
      const f32x4 down = sum_down(rows.count, [=](size_t row) {
        const f32x4 deviation = load(x + row * rows.width + j, lanes) - f32x4::splat(mean[row]);
        return slope(row) * (deviation * f32x4::splat(scale[row]));
      });
      store(dgamma + j, load(dgamma + j, lanes) + down, lanes);
    }
    if (dbeta != nullptr) {
      store(dbeta + j, load(dbeta + j, lanes) + sum_down(rows.count, slope), lanes);
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
