// jax-js with its WebAssembly backend: what page.mjs asks of a peer. A step is one function under
// jit, parameters in, parameters out. Every use of an array takes it away; `.ref` keeps it.
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';

import {
  allRows, convertImages, convertTargets, copyImages, shareRight, uniform,
} from './images.mjs';

const kVersion = '0.1.25';  // package.json's; the library does not say it
const kEpsilon = 1e-5, kMomentum = 0.1;  // of batch norm, as PyTorch has them
// Convolutions take so long that the accuracy is measured on every tenth image of the validation set.
const kEveryOfConvolutions = 10, kMeasured = 500;  // the latter: images at a time

export async function modes(workload) {
  await init('wasm');
  defaultDevice('wasm');
  const name = `${kVersion} wasm`;
  const modes = [{ name }];
  if (!['conv', 'lenet'].includes(workload.model)) {
    modes.push({ name: `${name}, images converted once`, once: true });
  }
  if (workload.model === 'lenet') modes.push({ name: `${name}, pools as reshape and max`, reshape: true });
  return modes;
}

// The parameters and the running means of a net, and the functions that take theirs from the front
// of these lists: layer(x, parameters, state) with state {running, training, next}.
class Net {
  constructor(mode) {
    Object.assign(this, { mode, parameters: [], running: [], layers: [] });
  }

  parameter(shape, fanIn) {
    this.parameters.push(np.array(uniform(shape.reduce((a, b) => a * b), fanIn)).reshape(shape));
  }

  relu() {
    this.layers.push((x) => nn.relu(x));
  }

  dense(inputs, outputs) {
    this.parameter([inputs, outputs], inputs);
    this.parameter([outputs], inputs);
    this.layers.push((x, parameters) => np.matmul(x, parameters.shift()).add(parameters.shift()));
  }

  conv(cIn, cOut, kernel, stride, pad) {
    this.parameter([cOut, cIn, kernel, kernel], cIn * kernel * kernel);
    this.parameter([cOut, 1, 1], cIn * kernel * kernel);
    this.layers.push((x, parameters) => lax.convGeneralDilated(x, parameters.shift(), [stride, stride],
      [[pad, pad], [pad, pad]], {}).add(parameters.shift()));
  }

  maxPool(size) {
    this.layers.push((x) => {
      if (!this.mode.reshape) return lax.reduceWindow(x, np.max, [size, size], [size, size]);
      const [n, c, h] = x.shape, out = Math.floor(h / size);
      const whole = out * size === h ? x : x.slice([], [], [0, out * size], [0, out * size]);
      return np.max(whole.reshape([n, c, out, size, out, size]), [3, 5]);
    });
  }

  batchNorm(channels) {
    this.parameters.push(np.ones([channels, 1, 1]), np.zeros([channels, 1, 1]));
    this.running.push(np.zeros([channels, 1, 1]), np.ones([channels, 1, 1]));
    const axes = [0, 2, 3];
    this.layers.push((x, parameters, state) => {
      let mean = state.running.shift(), variance = state.running.shift();
      if (state.training) {
        const count = x.shape[0] * x.shape[2] * x.shape[3];
        const oldMean = mean, oldVariance = variance;
        mean = np.mean(x.ref, axes, { keepdims: true });
        variance = np.mean(np.square(x.ref.sub(mean.ref)), axes, { keepdims: true });
        state.next.push(
          oldMean.mul(1 - kMomentum).add(lax.stopGradient(mean.ref).reshape([channels, 1, 1]).mul(kMomentum)),
          oldVariance.mul(1 - kMomentum).add(
            lax.stopGradient(variance.ref).reshape([channels, 1, 1]).mul(kMomentum * count / (count - 1))));
      }
      const scale = np.reciprocal(np.sqrt(variance.add(kEpsilon))).mul(parameters.shift());
      return x.sub(mean).mul(scale).add(parameters.shift());
    });
  }

  flatten() {
    this.layers.push((x) => x.reshape([x.shape[0], -1]));
  }
}

function makeNet(mode, name) {
  const net = new Net(mode);
  if (name === 'linear') {
    net.dense(784, 1);
  } else if (name === 'mlp30' || name === 'mlp128') {
    const [hidden, outputs] = name === 'mlp30' ? [30, 1] : [128, 10];
    net.dense(784, hidden);
    net.relu();
    net.dense(hidden, outputs);
  } else if (name === 'lenet') {
    net.conv(1, 8, 5, 1, 2);
    net.relu();
    net.maxPool(2);
    net.conv(8, 16, 5, 1, 2);
    net.relu();
    net.maxPool(3);
    net.flatten();
    net.dense(256, 10);
  } else {
    const channels = [1, 8, 16, 32, 16, 10];
    for (let i = 1; i < channels.length; ++i) {
      net.conv(channels[i - 1], channels[i], 3, 2, 1);
      net.batchNorm(channels[i]);
      if (i < 5) net.relu();
    }
    net.flatten();
  }
  return net;
}

export async function makeRun(workload, mode, { train, valid }) {
  const net = makeNet(mode, workload.model);
  const shape = ['conv', 'lenet'].includes(workload.model) ? [-1, 1, 28, 28] : [-1, 784];
  const classes = workload.digits.length === 2 ? 1 : workload.digits.length;
  const predict = (parameters, running, x, training) => {
    const left = [...parameters], state = { running: [...running], training, next: [] };
    return [net.layers.reduce((x, layer) => layer(x, left, state), x), state.next];
  };
  const loss = (parameters, running, x, targets) => {
    const [outputs, next] = predict(parameters, running, x, true);
    const mean = classes === 1 ?
      np.mean(np.abs(nn.sigmoid(outputs).sub(targets))) :  // 1 - p where it is one, p where it is not
      np.sum(nn.logSoftmax(outputs, 1).mul(targets)).mul(-1 / targets.shape[0]);
    return [mean, next];
  };
  const step = jit((parameters, velocities, running, x, targets) => {
    const [[mean, next], gradients] = valueAndGrad(loss, { hasAux: true })(
      parameters.map((p) => p.ref), running, x, targets);
    mean.dispose();
    if (workload.momentum === 0) {
      return [parameters.map((p, i) => p.sub(gradients[i].mul(workload.lr))), [], next];
    }
    const moved = velocities.map((v, i) => v.mul(workload.momentum).add(gradients[i]));
    return [parameters.map((p, i) => p.sub(moved[i].ref.mul(workload.lr))), moved, next];
  });
  let { parameters, running } = net;
  let velocities = workload.momentum === 0 ? [] : parameters.map((p) => np.zeros(p.shape));
  const gather = mode.once ? copyImages : convertImages;
  const array = (floats, rows) => np.array(floats).reshape(
    shape.map((extent) => (extent === -1 ? rows.length : extent)));
  return {
    async step(rows) {
      const targets = np.array(convertTargets(train, rows, workload.digits)).reshape([rows.length, classes]);
      const x = array(gather(train, rows), rows);
      [parameters, velocities, running] = step(parameters, velocities, running, x, targets);
      await blockUntilReady(parameters);
    },
    async accuracy() {
      const every = shape.length === 4 ? kEveryOfConvolutions : 1;
      const rows = allRows(valid).filter((row) => row % every === 0);
      const answers = [];
      const answer = jit((parameters, running, x) => predict(parameters, running, x, false)[0]);
      for (let from = 0; from < rows.length; from += kMeasured) {
        const some = rows.slice(from, from + kMeasured);
        const x = array(convertImages(valid, some), some);
        answers.push(...await answer(parameters.map((p) => p.ref), running.map((r) => r.ref), x).data());
      }
      return shareRight(Float32Array.from(answers), rows.map((row) => valid.classes[row]), workload.digits);
    },
  };
}
