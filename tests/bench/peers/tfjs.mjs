// TensorFlow.js with its WebAssembly backend: what page.mjs asks of a peer. The functions of
// TensorFlow.js are as its guide has them (tidy, variableGrads, optimizers); "own gradients" are
// what an expert would write where its composed or unpacked ones are slow.
import {
  allRows, convertImages, convertTargets, copyImages, shareRight, uniform,
} from './images.mjs';

const kPackages = './node_modules/@tensorflow';
const kEpsilon = 1e-5, kMomentum = 0.1;  // of batch norm, as PyTorch has them

async function loadScript(address) {
  const script = document.createElement('script');
  script.src = address;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`no ${address}: npm ci installs it`));
    document.head.append(script);
  });
}

export async function modes(workload, threads) {
  await loadScript(`${kPackages}/tfjs/dist/tf.es2017.min.js`);
  await loadScript(`${kPackages}/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js`);
  tf.wasm.setWasmPaths(`${kPackages}/tfjs-backend-wasm/dist/`);
  if (threads > 1) tf.wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  const [simd, threaded] = [await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')];
  if (!simd) throw new Error('this browser has no WASM SIMD');
  if (threaded !== threads > 1) throw new Error(`threads are ${threaded ? '' : 'not '}available`);
  const base = `${tf.version['tfjs-core']} wasm SIMD`;
  const convolutional = ['conv', 'lenet'].includes(workload.model);
  if (!convolutional) {
    return [
      { name: `${base}` },
      { name: `${base}, images converted once`, once: true },
      { name: `${base}, own gradients`, own: true },
      { name: `${base}, own gradients, images converted once`, own: true, once: true },
    ];
  }
  return [
    { name: `${base}, filter gradient added as matrix products`, filter: filterGradientByProducts },
    { name: `${base}, filter gradient added as a convolution`, filter: filterGradientByConvolution },
    { name: `${base}, filter gradient added as a convolution, own gradients`, own: true,
      filter: filterGradientByConvolution },
    { name: `${base}, filter gradient added as a convolution, own gradients, input gradient replaced`,
      own: true, filter: filterGradientByConvolution, input: inputGradientByConvolution },
  ];
}

// The backend has no kernel Conv2DBackpropFilter. Both of these make it from kernels that it has.
// x: [n, h, w, c_in], dy: [n, oh, ow, c_out] -> [kh, kw, c_in, c_out]
//
// For each place of the kernel the pixels under it, as a matrix, times dy.
function filterGradientByProducts({ inputs: { x, dy }, attrs: { strides, pad, filterShape } }) {
  const [kh, kw, cIn, cOut] = filterShape;
  const [n, oh, ow] = dy.shape;
  const [, [top], [left]] = pad;
  return tf.tidy(() => {
    const padded = tf.pad(x, [[0, 0], [top, kh], [left, kw], [0, 0]]);
    const flat = dy.reshape([n * oh * ow, cOut]);
    const parts = [];
    for (let y = 0; y < kh; ++y) {
      for (let z = 0; z < kw; ++z) {
        const under = tf.stridedSlice(padded, [0, y, z, 0],
          [n, y + oh * strides[0], z + ow * strides[1], cIn], [1, strides[0], strides[1], 1]);
        parts.push(tf.matMul(tf.transpose(under.reshape([n * oh * ow, cIn])), flat));
      }
    }
    return tf.stack(parts).reshape(filterShape);
  });
}

// A convolution whose images are the channels, whose kernel is dy, and which is as dilated as the
// first one was strided.
function filterGradientByConvolution({ inputs: { x, dy }, attrs: { strides, pad, filterShape } }) {
  const [kh, kw] = filterShape;
  const [, h, w] = x.shape;
  const [, oh, ow] = dy.shape;
  const [, [top], [left]] = pad;
  const bottom = kh + (oh - 1) * strides[0] - h - top, right = kw + (ow - 1) * strides[1] - w - left;
  return tf.tidy(() => tf.transpose(tf.conv2d(
    tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1,
    [[0, 0], [top, bottom], [left, right], [0, 0]], 'NHWC', strides), [1, 2, 0, 3]));
}

// Conv2DBackpropInput with stride 1 is a convolution of dy with the mirrored kernel; with another
// stride dy is spread out with zeros first.
function inputGradientByConvolution({ inputs: { dy, filter }, attrs: { strides, pad, inputShape } }) {
  const [kh, kw] = filter.shape;
  const [n, oh, ow, cOut] = dy.shape;
  const [, h, w] = inputShape;
  const [, [top], [left]] = pad;
  const [sy, sx] = strides;
  return tf.tidy(() => {
    let spread = dy;
    if (sy > 1 || sx > 1) {
      spread = tf.pad(dy.reshape([n * oh, 1, ow, 1, cOut]), [[0, 0], [0, sy - 1], [0, 0], [0, sx - 1], [0, 0]])
        .reshape([n, oh * sy, ow * sx, cOut]);
    }
    const above = kh - 1 - top, before = kw - 1 - left;
    // Zeros that the spreading put behind the last row of dy are padding already.
    const below = h + kh - 1 - above - oh * sy, behind = w + kw - 1 - before - ow * sx;
    if (below < 0 || behind < 0) {
      spread = spread.slice([0, 0, 0, 0],
        [n, oh * sy + Math.min(below, 0), ow * sx + Math.min(behind, 0), cOut]);
    }
    const mirrored = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(spread, mirrored, 1,
      [[0, 0], [above, Math.max(below, 0)], [before, Math.max(behind, 0)], [0, 0]]);
  });
}

const backendsOwn = {};  // kernels that were there before a mode replaced them

function useKernel(kernelName, kernelFunc) {
  if (!(kernelName in backendsOwn)) backendsOwn[kernelName] = tf.getKernel(kernelName, 'wasm') ?? null;
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  if (kernelFunc) tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  else if (backendsOwn[kernelName]) tf.registerKernel(backendsOwn[kernelName]);
}

class Model {
  constructor(mode) {
    this.mode = mode;
    this.variables = [];  // that are trained
    this.training = true;
  }

  variable(shape, fanIn) {
    const variable = tf.variable(tf.tensor(uniform(shape.reduce((a, b) => a * b), fanIn), shape));
    this.variables.push(variable);
    return variable;
  }

  // x [n, in] -> [n, out]. Products with a transposed operand are slow, hence the own
  // gradient, which copies; the first layer needs no gradient of its input.
  dense(inputs, outputs, { relu = false, first = false } = {}) {
    const w = this.variable([inputs, outputs], inputs), b = this.variable([outputs], inputs);
    if (this.mode.own) {
      const activation = relu ? 'relu' : 'linear';
      const gradient = (x, save) => {
        const y = tf.fused.matMul({ a: x, b: w, bias: b, activation });
        save([x, y]);
        return {
          value: y,
          gradFunc: (dy, [x, y]) => {
            const g = relu ? dy.mul(tf.step(y)) : dy;
            const dw = tf.matMul(tf.transpose(x), g), db = g.sum(0);
            return first ? [dw, db] : [tf.matMul(g, tf.transpose(w)), dw, db];
          },
        };
      };
      if (first) return (x) => tf.customGrad((w, b, save) => gradient(x, save))(w, b);
      return (x) => tf.customGrad((x, w, b, save) => gradient(x, save))(x, w, b);
    }
    return (x) => {
      const y = tf.matMul(x, w).add(b);
      return relu ? tf.relu(y) : y;
    };
  }

  conv(cIn, cOut, kernel, stride, pad, { relu = false } = {}) {
    const fanIn = cIn * kernel * kernel;
    const filter = this.variable([kernel, kernel, cIn, cOut], fanIn), bias = this.variable([cOut], fanIn);
    return (x) => tf.fused.conv2d({
      x, filter, bias, strides: [stride, stride], pad: [[0, 0], [pad, pad], [pad, pad], [0, 0]],
      activation: relu ? 'relu' : 'linear',
    });
  }

  batchNorm(channels, { relu = false } = {}) {
    const gamma = tf.variable(tf.ones([channels])), beta = tf.variable(tf.zeros([channels]));
    this.variables.push(gamma, beta);
    const mean = tf.variable(tf.zeros([channels]), false), variance = tf.variable(tf.ones([channels]), false);
    const composed = (x, mean, variance, beta, gamma) => tf.batchNorm(x, mean, variance, beta, gamma, kEpsilon);
    const normalize = this.mode.own ? batchNormOwn : composed;
    return (x) => {
      let y;
      if (this.training) {
        const moments = tf.moments(x, [0, 1, 2]);
        const count = x.size / channels;
        tf.tidy(() => {
          mean.assign(mean.mul(1 - kMomentum).add(moments.mean.mul(kMomentum)));
          variance.assign(variance.mul(1 - kMomentum).add(moments.variance.mul(kMomentum * count / (count - 1))));
        });
        y = normalize(x, moments.mean, moments.variance, beta, gamma);
      } else {
        y = tf.batchNorm(x, mean, variance, beta, gamma, kEpsilon);
      }
      return relu ? tf.relu(y) : y;
    };
  }
}

// The gradient through mean and variance in one formula (Ioffe and Szegedy 2015); mean and variance
// take part as constants, so that nothing else is recorded.
function batchNormOwn(x, mean, variance, beta, gamma) {
  return tf.customGrad((x, beta, gamma, save) => {
    const inverse = tf.rsqrt(variance.add(kEpsilon));
    const normal = x.sub(mean).mul(inverse);
    save([normal, inverse, gamma]);
    return {
      value: normal.mul(gamma).add(beta),
      gradFunc: (dy, [normal, inverse, gamma]) => {
        const count = normal.size / gamma.size, axes = [0, 1, 2];
        const dBeta = dy.sum(axes), dGamma = dy.mul(normal).sum(axes);
        const dx = dy.sub(dBeta.div(count)).sub(normal.mul(dGamma.div(count))).mul(gamma.mul(inverse));
        return [dx, dBeta, dGamma];
      },
    };
  })(x, beta, gamma);
}

function makeLayers(model, name) {
  if (name === 'linear') return [model.dense(784, 1, { first: true })];
  if (name === 'mlp30') return [model.dense(784, 30, { relu: true, first: true }), model.dense(30, 1)];
  if (name === 'mlp128') return [model.dense(784, 128, { relu: true, first: true }), model.dense(128, 10)];
  const flatten = (x) => x.reshape([x.shape[0], -1]);
  if (name === 'lenet') {
    return [model.conv(1, 8, 5, 1, 2, { relu: true }), (x) => tf.maxPool(x, 2, 2, 'valid'),
      model.conv(8, 16, 5, 1, 2, { relu: true }), (x) => tf.maxPool(x, 3, 3, 'valid'), flatten,
      model.dense(256, 10)];
  }
  const channels = [1, 8, 16, 32, 16, 10];
  const layers = [];
  for (let i = 1; i < channels.length; ++i) {
    layers.push(model.conv(channels[i - 1], channels[i], 3, 2, 1), model.batchNorm(channels[i], { relu: i < 5 }));
  }
  return [...layers, flatten];
}

export async function makeRun(workload, mode, { train, valid }) {
  const model = new Model(mode);
  const layers = makeLayers(model, workload.model);
  const shape = ['conv', 'lenet'].includes(workload.model) ? [-1, 28, 28, 1] : [-1, 784];
  const classes = workload.digits.length === 2 ? 1 : workload.digits.length;
  const predict = (x) => layers.reduce((x, layer) => layer(x), x);
  const optimizer = workload.momentum ? tf.train.momentum(workload.lr, workload.momentum) : tf.train.sgd(workload.lr);
  const loss = (outputs, targets) => (classes === 1 ?
    tf.sigmoid(outputs).sub(targets).abs().mean() :  // 1 - p where it is one, p where it is not
    tf.losses.softmaxCrossEntropy(targets, outputs));
  const gather = mode.once ? copyImages : convertImages;
  return {
    step(rows) {
      if (mode.filter) useKernel('Conv2DBackpropFilter', mode.filter);
      if (mode.filter) useKernel('Conv2DBackpropInput', mode.input);
      tf.tidy(() => {
        const x = tf.tensor2d(gather(train, rows), [rows.length, 784]);
        const targets = tf.tensor2d(convertTargets(train, rows, workload.digits), [rows.length, classes]);
        optimizer.minimize(() => loss(predict(x.reshape(shape)), targets), false, model.variables);
      });
    },
    async accuracy() {
      model.training = false;
      const x = tf.tensor2d(convertImages(valid, allRows(valid)), [valid.count, 784]);
      const answers = tf.tidy(() => predict(x.reshape(shape)));
      return shareRight(await answers.data(), valid.classes, workload.digits);
    },
  };
}
