#!/usr/bin/python3
"""Trains the networks of src/train with PyTorch for an epoch of 100 steps and writes every loss.

    tests/golden/torch/write.sh trajectories

takes a minute; with a number of steps behind it, only those are done and there is no line `valid`.
Where our spec says what is done ("model=conv&optimizer=adamw&…", each run's first line), this program
does the same from PyTorch's and the standard library's parts alone. The text does not depend on the
version of PyTorch (1.13 was used): weights and pixels begin as floats, everything after that is
in double precision and written with nine digits. Exit code 3: there is no PyTorch here. A run is

    run <spec>
    losses <of each step's batch, before the step>
    valid <mean loss over the validation set after the last step> <images answered right>

What is written again here, so that it can be compared: the order of a shuffled epoch, the numbers that
pixels become, one-cycle, and which parameters decay. First weights are integers of a generator that
trajectories_test.cpp has too (Numbers).
"""

import gzip
import math
import pathlib
import struct
import sys

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

from generate_activations import ACTIVATIONS

ASSETS = pathlib.Path(__file__).resolve().parents[3] / "assets" / "mnist37"
BATCH, STEPS = 124, 100  # 99 batches and one of 120 are the 12,396 images
SEED = 1


# --- Data

def read_idx(name):
    """The bytes behind the header: 4 for the magic number, 4 for every dimension."""
    data = gzip.decompress((ASSETS / (name + "-ubyte.gz")).read_bytes())
    return data[4 + 4 * data[3]:]


def read_set(name):
    """Images [n, 1, 28, 28] as floats 0..1 and classes [n]: all 3s (class 0), then all 7s (class 1)."""
    labels = read_idx(name + "-labels.idx1")
    pixels = torch.tensor(list(read_idx(name + "-images.idx3")), dtype=torch.float32) / 255
    order = [i for digit in (3, 7) for i, label in enumerate(labels) if label == digit]
    classes = torch.tensor([0 if labels[i] == 3 else 1 for i in order])
    return pixels.view(-1, 1, 28, 28)[order], classes


def normalize(images, of):
    """By the mean and deviation of all pixels of `of`, from exact sums: both are floats."""
    values = torch.round(of.double() * 255)
    mean = values.mean().item() / 255
    deviation = math.sqrt((values * values).mean().item() / 255**2 - mean**2)
    return (images - as_float(mean)) / as_float(deviation)


def as_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


# --- The order of an epoch

class Stream:
    """Philox4x32-10 (Salmon et al. 2011), keyed by names as src/base/rng.hpp says."""

    def __init__(self, key):
        self.key, self.block, self.words = key, 0, []

    @staticmethod
    def philox(counter, key):
        c, k = counter, key
        for _ in range(10):
            p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = ((q >> 32) ^ c[1] ^ k[0], q % 2**32, (p >> 32) ^ c[3] ^ k[1], p % 2**32)
            k = ((k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32)
        return c

    @staticmethod
    def derive(parent, label, kind):
        words = Stream.philox((label % 2**32, label >> 32, kind, 0), (parent % 2**32, parent >> 32))
        return words[0] | words[1] << 32

    @classmethod
    def seeded(cls, seed):
        return cls(cls.derive(0, seed, 1))

    def named(self, name):
        label = 0xCBF29CE484222325  # FNV-1a
        for byte in name.encode():
            label = (label ^ byte) * 0x100000001B3 % 2**64
        return Stream(self.derive(self.key, label, 2))

    def numbered(self, index):
        return Stream(self.derive(self.key, index, 3))

    def bits(self):
        if not self.words:
            self.words = list(self.philox((self.block % 2**32, self.block >> 32, 0, 0),
                                          (self.key % 2**32, self.key >> 32)))
            self.block += 1
        return self.words.pop(0)

    def below(self, n):
        while True:
            product = self.bits() * n
            if product % 2**32 >= 2**32 % n:
                return product >> 32


def shuffled(count, epoch):
    stream = Stream.seeded(SEED).named("shuffle").numbered(epoch)
    order = list(range(count))
    for i in range(count, 1, -1):
        j = stream.below(i)
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


# --- Networks

class Numbers:
    """Knuth's and Lewis' linear congruential generator; its upper half as a number in [-1, 1)."""

    def __init__(self):
        self.state = 1

    def next(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return ((self.state >> 16) - 32768) / 32768


def set_first_weights(network):
    """Layer by layer, weight, then bias, in PyTorch's order. Linear and Conv2d: a number times the
    largest power of two that is at most 1/sqrt(fan_in); norms: 1 + number/4 and number/4."""
    numbers = Numbers()
    for layer in network.modules():
        if not isinstance(layer, (nn.Linear, nn.Conv2d, nn.BatchNorm2d, nn.LayerNorm)):
            continue
        norm, scale = isinstance(layer, (nn.BatchNorm2d, nn.LayerNorm)), 1.0
        while not norm and scale * scale * layer.weight[0].numel() > 1:
            scale /= 2
        for base, p in ((1.0, layer.weight), (0.0, layer.bias)):
            if p is None:
                continue
            values = [base + numbers.next() / 4 if norm else scale * numbers.next()
                      for _ in range(p.numel())]
            p.data = torch.tensor(values, dtype=torch.float64).view(p.shape)


class Residual(nn.Module):
    def __init__(self, *body):
        super().__init__()
        self.body = nn.Sequential(*body)

    def forward(self, x):
        return x + self.body(x)


def conv_bn(inputs, outputs, stride, bias, *act):
    conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=bias)
    return [conv, nn.BatchNorm2d(outputs), *(a() for a in act)]


def make_conv(outputs, act):
    widths = (1, 8, 16, 32, 16)
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in conv_bn(a, b, 2, True, act)]
    return nn.Sequential(*layers, *conv_bn(16, outputs, 2, True), nn.Flatten())


def make_resconv(outputs, act):
    widths, layers = (1, 8, 16, 32, 16), []
    for a, b in zip(widths, widths[1:]):
        layers += conv_bn(a, b, 2, False, act)
        layers.append(Residual(*conv_bn(b, b, 1, False, act), *conv_bn(b, b, 1, False, act)))
    return nn.Sequential(*layers, *conv_bn(16, outputs, 2, False), nn.Flatten())


def make_lenet(outputs, act):
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), act(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2), act(), nn.MaxPool2d(3),
        nn.Flatten(), nn.Linear(256, outputs))


NETWORKS = {
    "linear": lambda outputs, act: nn.Sequential(nn.Flatten(), nn.Linear(784, outputs)),
    "mlp:30": lambda outputs, act: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 30), act(), nn.Linear(30, outputs)),
    "net:flatten,linear24,ln,tanh,linear": lambda outputs, act: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 24), nn.LayerNorm(24), nn.Tanh(), nn.Linear(24, outputs)),
    "conv": make_conv,
    "resconv": make_resconv,
    "lenet": make_lenet,
}


def make_network(spec):
    outputs = 2 if spec["loss"] == "crossentropy" else 1
    network = NETWORKS[spec["model"]](outputs, ACTIVATIONS[spec["activation"]]).double()
    set_first_weights(network)
    return network


# --- Losses: outputs [n, outputs], classes [n]. One output says yes to class 0.

def mnist_loss(outputs, classes):
    p = outputs[:, 0].sigmoid()
    return torch.where(classes == 0, 1 - p, p).mean()


LOSSES = {
    "mnist": mnist_loss,
    "bce": lambda y, c: F.binary_cross_entropy_with_logits(y[:, 0], (c == 0).to(y)),
    "mse": lambda y, c: F.mse_loss(y[:, 0], (c == 0).to(y)),
    "l1": lambda y, c: F.l1_loss(y[:, 0], (c == 0).to(y)),
    "crossentropy": F.cross_entropy,
}


def answers(loss, outputs):
    if loss == "crossentropy":
        return outputs.argmax(1)
    return (outputs[:, 0] <= (0 if loss in ("mnist", "bce") else 0.5)).long()


# --- Optimizers

def make_optimizer(spec, network):
    """Weights of Linear and Conv2d decay, biases and norms do not: fastai's wd_bn_bias=False."""
    groups = [{"params": [p for p in network.parameters() if (p.dim() > 1) == decays],
               "weight_decay": spec["wd"] if decays else 0.0} for decays in (True, False)]
    lr, momentum = spec["lr"], spec["momentum"]
    if spec["optimizer"] == "sgd":
        return torch.optim.SGD(groups, lr=lr)
    if spec["optimizer"] == "rmsprop":
        return torch.optim.RMSprop(groups, lr=lr, alpha=spec["beta2"], eps=spec["eps"])
    if spec["optimizer"] == "adamw":
        return torch.optim.AdamW(groups, lr=lr, betas=(momentum, spec["beta2"]), eps=spec["eps"])
    nesterov = spec["optimizer"] == "nesterov"
    return torch.optim.SGD(groups, lr=lr, momentum=momentum, nesterov=nesterov)


def one_cycle(start, middle, end, position):
    """fastai's combined_cos with pct_start 0.25."""
    a, b, p = (start, middle, position / 0.25) if position < 0.25 else (
        middle, end, (position - 0.25) / 0.75)
    return a + (1 + math.cos(math.pi * (1 - p))) * (b - a) / 2


def set_rates(optimizer, lr, position):
    for group in optimizer.param_groups:
        group["lr"] = one_cycle(lr / 25, lr, lr / 1e5, position)
        group["betas"] = (one_cycle(0.95, 0.85, 0.95, position), group["betas"][1])


# --- Runs

SGD, MOMENTUM, ADAMW = "optimizer=sgd", "optimizer=momentum&momentum=0.9", (
    "optimizer=adamw&momentum=0.9&beta2=0.99&eps=1e-5&wd=0.01")
CYCLE = ADAMW + "&schedule=onecycle"
LINEAR, MLP = "model=linear&loss=mnist", "model=mlp:30&loss=bce"
CONV = "model=conv&loss=crossentropy&normalize=true"
RUNS = (
    f"{LINEAR}&{SGD}&lr=1",
    f"{LINEAR}&{MOMENTUM}&lr=0.1",
    f"{LINEAR}&{ADAMW}&lr=0.001",
    f"{LINEAR}&{CYCLE}&lr=0.01",
    f"{MLP}&{SGD}&lr=0.1",
    f"{MLP}&{MOMENTUM}&lr=0.01",
    f"{MLP}&{ADAMW}&lr=0.001",
    f"{MLP}&{CYCLE}&lr=0.01",
    "model=net:flatten,linear24,ln,tanh,linear&loss=l1&optimizer=rmsprop&beta2=0.9&lr=0.001",
    f"{CONV}&activation=gelu&{SGD}&lr=0.1",
    f"{CONV}&activation=gelu&{MOMENTUM}&lr=0.01",
    f"{CONV}&activation=gelu&{ADAMW}&lr=0.001",
    f"{CONV}&activation=gelu&{CYCLE}&lr=0.01",
    # Behind a batch norm every image's empty background is one number. When that crosses the kink of
    # a ReLU, hundreds of gradients jump at once, and rounding decides at which step: at lr 0.1
    # PyTorch's own floats and doubles differ by a thousandth after 60 steps.
    f"{CONV}&{SGD}&lr=0.01",
    f"{CONV}&{CYCLE}&lr=0.001",
    "model=lenet&activation=gelu&loss=mse&optimizer=nesterov&momentum=0.9&wd=0.01&lr=0.01",
    f"model=resconv&activation=gelu&loss=crossentropy&normalize=true&{CYCLE}&lr=0.01",
)


def parse(text):
    spec = {"lr": "0.1", "momentum": "0.9", "beta2": "0.99", "eps": "1e-5", "wd": "0",
            "activation": "relu"}
    spec.update(item.split("=") for item in text.split("&"))
    for name in ("lr", "momentum", "beta2", "eps", "wd"):
        spec[name] = as_float(float(spec[name]))
    return spec


def run(text, train, valid, batches):
    spec = parse(text)
    network = make_network(spec)
    optimizer, loss_of = make_optimizer(spec, network), LOSSES[spec["loss"]]
    images, test = train[0], valid[0]
    if spec.get("normalize") == "true":
        images, test = normalize(images, train[0]), normalize(test, train[0])
    losses = []
    for step, batch in enumerate(batches):
        if spec.get("schedule") == "onecycle":
            set_rates(optimizer, spec["lr"], step / STEPS)
        loss = loss_of(network(images[batch].double()), train[1][batch])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"run {text}&batch={BATCH}&epochs=1&seed={SEED}")
    print("losses", *("%.9g" % loss for loss in losses))
    if len(losses) < STEPS:
        return
    network.eval()
    with torch.no_grad():
        outputs = network(test.double())
    print("valid %.9g %d" % (loss_of(outputs, valid[1]).item(),
                             (answers(spec["loss"], outputs) == valid[1]).sum().item()))


if __name__ == "__main__":
    torch.set_num_threads(1)
    sets = read_set("train"), read_set("valid")
    order = torch.tensor(shuffled(len(sets[0][0]), 0))
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    for text in RUNS:
        run(text, *sets, order.split(BATCH)[:steps])
