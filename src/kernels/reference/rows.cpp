#include "kernels/reference/rows.hpp"

#include "kernels/reference/dense.hpp"
#include "simd/math.hpp"

namespace downhill::kernels::reference {
namespace {

float largest(const float* x, size_t count) {
  float top = x[0];
  for (size_t i = 1; i < count; ++i) top = x[i] > top ? x[i] : top;
  return top;
}

float sum_of_exponentials(const float* x, size_t width) {
  const float top = largest(x, width);
  return sum_of(width, [=](size_t i) { return simd::exp(x[i] - top); });
}

}  // namespace

void sum_axis(float* y, const float* x, float divisor, AxisDims d) {
  for (size_t o = 0; o < d.outer; ++o) {
    for (size_t j = 0; j < d.inner; ++j) {
      y[o * d.inner + j] =
          sum_of(d.extent, [=](size_t i) { return x[(o * d.extent + i) * d.inner + j]; }) / divisor;
    }
  }
}

void sum_axis_backward(float* dx, const float* dy, float divisor, AxisDims d) {
  for (size_t o = 0; o < d.outer; ++o) {
    for (size_t i = 0; i < d.extent; ++i) {
      for (size_t j = 0; j < d.inner; ++j) {
        dx[(o * d.extent + i) * d.inner + j] += dy[o * d.inner + j] / divisor;
      }
    }
  }
}

void softmax_forward(float* p, const float* x, Rows rows) {
  for (size_t r = 0; r < rows.size(); r += rows.width) {
    const float top = largest(x + r, rows.width), total = sum_of_exponentials(x + r, rows.width);
    for (size_t i = 0; i < rows.width; ++i) p[r + i] = simd::exp(x[r + i] - top) / total;
  }
}

void softmax_backward(float* dx, const float* p, const float* dp, Rows rows) {
  for (size_t r = 0; r < rows.size(); r += rows.width) {
    const float common = sum_of(rows.width, [=](size_t i) { return dp[r + i] * p[r + i]; });
    for (size_t i = r; i < r + rows.width; ++i) dx[i] += p[i] * (dp[i] - common);
  }
}

void log_softmax_forward(float* y, const float* x, Rows rows) {
  for (size_t r = 0; r < rows.size(); r += rows.width) {
    const float top = largest(x + r, rows.width);
    const float log_sum = simd::log(sum_of_exponentials(x + r, rows.width));
    for (size_t i = r; i < r + rows.width; ++i) y[i] = (x[i] - top) - log_sum;
  }
}

void log_softmax_backward(float* dx, const float* y, const float* dy, Rows rows) {
  for (size_t r = 0; r < rows.size(); r += rows.width) {
    const float common = sum_of(rows.width, [=](size_t i) { return dy[r + i]; });
    for (size_t i = r; i < r + rows.width; ++i) dx[i] += dy[i] - simd::exp(y[i]) * common;
  }
}

float softmax_cross_entropy_forward(float* terms, float* p, const float* x, const float* target,
                                    Rows rows) {
  softmax_forward(p, x, rows);
  for (size_t row = 0; row < rows.count; ++row) {
    const float* scores = x + row * rows.width;
    const float log_sum = simd::log(sum_of_exponentials(scores, rows.width));
    const float right = scores[static_cast<size_t>(target[row])];
    terms[row] = log_sum - (right - largest(scores, rows.width));
  }
  const float total = sum_of(rows.count, [=](size_t i) { return terms[i]; });
  return total / static_cast<float>(rows.count);
}

void softmax_cross_entropy_backward(float* dx, const float* p, const float* target, float dloss,
                                    Rows rows) {
  const float part = dloss / static_cast<float>(rows.count);
  for (size_t row = 0; row < rows.count; ++row) {
    for (size_t j = 0; j < rows.width; ++j) {
      const float onehot = static_cast<size_t>(target[row]) == j ? 1.0f : 0.0f;
      dx[row * rows.width + j] += part * (p[row * rows.width + j] - onehot);
    }
  }
}

void column_statistics(float* mean, float* variance, const float* x, Rows rows) {
  const float n = static_cast<float>(rows.count);
  for (size_t j = 0; j < rows.width; ++j) {
    const auto at = [=](size_t row) { return x[row * rows.width + j]; };
    const float center = sum_of(rows.count, at) / n;
    mean[j] = center;
    variance[j] =
        sum_of(rows.count, [=](size_t row) { return (at(row) - center) * (at(row) - center); }) / n;
  }
}

void row_statistics(float* mean, float* variance, const float* x, Rows rows) {
  const float n = static_cast<float>(rows.width);
  for (size_t row = 0; row < rows.count; ++row) {
    const auto at = [=](size_t i) { return x[row * rows.width + i]; };
    const float center = sum_of(rows.width, at) / n;
    mean[row] = center;
    variance[row] =
        sum_of(rows.width, [=](size_t i) { return (at(i) - center) * (at(i) - center); }) / n;
  }
}

void batch_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t j = i % rows.width;
    y[i] = ((x[i] - mean[j]) * scale[j]) * gamma[j] + beta[j];
  }
}

void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows) {
  for (size_t j = 0; j < rows.width; ++j) {
    dgamma[j] = sum_of(rows.count, [=](size_t row) {
      const size_t i = row * rows.width + j;
      return dy[i] * ((x[i] - mean[j]) * scale[j]);
    });
    dbeta[j] = sum_of(rows.count, [=](size_t row) { return dy[row * rows.width + j]; });
  }
}

void batch_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dgamma, const float* dbeta,
                         const float* dy, Rows rows) {
  const float n = static_cast<float>(rows.count);
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t j = i % rows.width;
    const float unit = (x[i] - mean[j]) * scale[j];
    dx[i] += (gamma[j] * scale[j]) * (dy[i] - (dbeta[j] + unit * dgamma[j]) / n);
  }
}

void scale_columns_backward(float* dx, const float* scale, const float* gamma, const float* dy,
                            Rows rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t j = i % rows.width;
    dx[i] += (gamma[j] * scale[j]) * dy[i];
  }
}

void layer_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t row = i / rows.width, j = i % rows.width;
    y[i] = ((x[i] - mean[row]) * scale[row]) * gamma[j] + beta[j];
  }
}

void layer_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows) {
  for (size_t j = 0; j < rows.width; ++j) {
    dgamma[j] += sum_of(rows.count, [=](size_t row) {
      const size_t i = row * rows.width + j;
      return dy[i] * ((x[i] - mean[row]) * scale[row]);
    });
    dbeta[j] += sum_of(rows.count, [=](size_t row) { return dy[row * rows.width + j]; });
  }
}

void layer_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dy, Rows rows) {
  const float n = static_cast<float>(rows.width);
  for (size_t row = 0; row < rows.count; ++row) {
    const size_t start = row * rows.width;
    const auto g = [=](size_t j) { return dy[start + j] * gamma[j]; };
    const auto unit = [=](size_t j) { return (x[start + j] - mean[row]) * scale[row]; };
    const float total = sum_of(rows.width, g);
    const float along = sum_of(rows.width, [=](size_t j) { return g(j) * unit(j); });
    for (size_t j = 0; j < rows.width; ++j) {
      dx[start + j] += scale[row] * (g(j) - (total + unit(j) * along) / n);
    }
  }
}

}  // namespace downhill::kernels::reference
