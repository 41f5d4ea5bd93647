"""One workload in PyTorch, in every mode that could be its fastest: pytorch.py W1…W5 (README.md).

The modes take turns, window by window, so that a noisy machine is noisy for all of them.
"""
import json
import os
import sys
import time
from dataclasses import dataclass, field

import numpy
import torch
from torch import nn
from torch.nn import functional as F

VERSION = tuple(int(part) for part in torch.__version__.split(".")[:2])
HERE = os.path.dirname(os.path.abspath(__file__))


def read_idx(name, digits):
    """The images [n, 784] and labels [n] of these digits, uint8 as they stand in the files."""
    folder = os.environ["BENCH_DATA"]
    if len(digits) == 10:
        folder = os.path.join(folder, "digits")
    images = numpy.fromfile(os.path.join(folder, name + "-images.idx3-ubyte"), numpy.uint8)
    labels = numpy.fromfile(os.path.join(folder, name + "-labels.idx1-ubyte"), numpy.uint8)
    images, labels = images[16:].reshape(-1, 784), labels[8:]
    chosen = numpy.isin(labels, digits)
    return torch.from_numpy(images[chosen]), torch.from_numpy(labels[chosen])


class Dot(nn.Linear):
    """nn.Linear(n, 1) with one output per image, [n], instead of a column of them."""

    def __init__(self, inputs):
        super().__init__(inputs, 1)
        self.weight = nn.Parameter(self.weight.detach().squeeze(0))

    def forward(self, x):
        return torch.addmv(self.bias, x, self.weight)


def make_model(name, vector=False):
    if name == "linear":
        return Dot(784) if vector else nn.Linear(784, 1)
    if name == "mlp30":
        return nn.Sequential(nn.Linear(784, 30), nn.ReLU(inplace=True), nn.Linear(30, 1))
    if name == "mlp128":
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(inplace=True), nn.Linear(128, 10))
    if name == "lenet":
        return nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3),
            nn.Flatten(), nn.Linear(256, 10))
    channels = [1, 8, 16, 32, 16, 10]
    layers = []
    for c_in, c_out in zip(channels, channels[1:]):
        layers += [nn.Conv2d(c_in, c_out, 3, stride=2, padding=1), nn.BatchNorm2d(c_out),
                   nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1], nn.Flatten())


@dataclass
class Mode:
    """How a workload is run; the defaults are the plain way."""
    gather: str = "index_select"  # "x[i]" says the same and takes 17 times as long
    floats: bool = False  # all images are converted once, before the clock runs
    channels_last: bool = False
    onednn: bool = True
    traced: bool = False  # by TorchScript: the graph of model and loss without Python
    vector: bool = False  # the weights of a single output are a vector, not a matrix
    optimizer: str = "loop"  # over the parameters; or "foreach", "fused", "handwritten"
    name: str = field(init=False)

    def __post_init__(self):
        self.name = ", ".join(
            [f"{torch.__version__.split('+')[0]} {'traced' if self.traced else 'eager'}"]
            + ["channels last"] * self.channels_last + ["no oneDNN"] * (not self.onednn)
            + ["matrix times vector"] * self.vector
            + [f"{self.optimizer} SGD"] * (self.optimizer != "loop")
            + [self.gather] * (self.gather != "index_select")
            + ["images converted once"] * self.floats)


def modes_of(workload):
    """One dimension after the other, from the plain mode; then what is likely to add up."""
    fused = "fused" if VERSION >= (2, 4) else "foreach"
    modes = [Mode(), Mode(gather="x[i]"), Mode(floats=True), Mode(optimizer=fused)]
    if workload["model"] in ("conv", "lenet"):
        return modes + [
            Mode(traced=True, optimizer=fused), Mode(onednn=False), Mode(channels_last=True),
            Mode(channels_last=True, onednn=False), Mode(channels_last=True, optimizer=fused),
            Mode(channels_last=True, traced=True, optimizer=fused),
            Mode(channels_last=True, optimizer=fused, floats=True)]
    if workload["model"] == "linear":
        modes += [Mode(vector=True, optimizer="handwritten"),
                  Mode(vector=True, traced=True, optimizer="handwritten")]
    return modes + [
        Mode(optimizer="handwritten"), Mode(traced=True),
        Mode(traced=True, optimizer="handwritten"),
        Mode(traced=True, optimizer="handwritten", floats=True)]


class HandwrittenSgd:
    """What torch.optim.SGD does without momentum, and nothing around it."""

    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    @torch.no_grad()
    def step(self):
        for parameter in self.parameters:
            parameter.add_(parameter.grad, alpha=-self.lr)

    def zero_grad(self, set_to_none):
        assert set_to_none
        for parameter in self.parameters:
            parameter.grad = None


class Run:
    """A model in training, ready to be timed in pieces."""

    def __init__(self, workload, mode, data):
        torch.manual_seed(1)
        self.mode, self.batch, self.losskind = mode, data["batch"], workload["loss"]
        self.images, self.targets = data["floats" if mode.floats else "images"], data["targets"]
        if mode.vector:
            self.targets = self.targets.squeeze(1)
        self.valid, self.answers = data["valid"], data["answers"]
        self.conv = workload["model"] in ("conv", "lenet")
        self.format = torch.channels_last if mode.channels_last else torch.contiguous_format
        self.model = make_model(workload["model"], mode.vector).to(memory_format=self.format)
        self.optimizer = self.make_optimizer(workload)
        self.forward = self.loss
        if mode.traced:
            self.forward = TracedLoss(self)
        self.order = iter(())

    def make_optimizer(self, workload):
        how, parameters = self.mode.optimizer, self.model.parameters()
        if how == "handwritten":
            assert workload["momentum"] == 0
            return HandwrittenSgd(parameters, workload["lr"])
        options = {} if how == "loop" else {how: True}
        if how == "loop" and VERSION >= (2, 0):
            options["foreach"] = False
        return torch.optim.SGD(parameters, lr=workload["lr"], momentum=workload["momentum"],
                               **options)

    def loss(self, x, y):
        outputs = self.model(x)
        if self.losskind == "crossentropy":
            return F.cross_entropy(outputs, y)
        # where(y == 1, 1 - p, p).mean(), since y is 0 or 1, with fewer operations
        return F.l1_loss(outputs.sigmoid(), y)

    def shape(self, x):
        return x.view(-1, 1, 28, 28).contiguous(memory_format=self.format) if self.conv else x

    def step(self):
        chosen = next(self.order, None)
        if chosen is None:
            self.order = iter(torch.randperm(len(self.images)).split(self.batch))
            chosen = next(self.order)
        if self.mode.gather == "index_select":
            x, y = self.images.index_select(0, chosen), self.targets.index_select(0, chosen)
        else:
            x, y = self.images[chosen], self.targets[chosen]
        if not self.mode.floats:
            x = x.float().mul_(1 / 255)
        self.forward(self.shape(x), y).backward()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return len(chosen)

    def train(self, seconds):
        """Images per second, by the wall clock."""
        with torch.backends.mkldnn.flags(enabled=self.mode.onednn):
            images, start = 0, time.perf_counter()
            while True:
                images += self.step()
                passed = time.perf_counter() - start
                if passed >= seconds:
                    return images / passed

    def accuracy(self):
        self.model.eval()
        with torch.no_grad():
            outputs = self.model(self.shape(self.valid))
        self.model.train()
        answers = outputs.argmax(1) if self.losskind == "crossentropy" else outputs.flatten() > 0
        return (answers == self.answers).float().mean().item()


class TracedLoss:
    """TorchScript's graph of model and loss; a module's, so that parameters stay parameters."""

    def __init__(self, run):
        class Loss(nn.Module):
            def __init__(self):
                super().__init__()
                self.model = run.model

            def forward(self, x, y):
                return run.loss(x, y)

        x = run.shape(run.valid[:run.batch])
        y = run.targets[:run.batch]
        self.graph = torch.jit.trace(Loss(), (x, y), check_trace=False)

    def __call__(self, x, y):
        return self.graph(x, y)


def load(workload):
    images, labels = read_idx("train", workload["digits"])
    valid, valid_labels = read_idx("valid", workload["digits"])
    data = {"images": images, "floats": images.float().div_(255), "valid": valid.float().div_(255),
            "batch": int(os.environ.get("BENCH_BATCH", workload["batch"]))}
    if workload["loss"] == "crossentropy":
        data["targets"], data["answers"] = labels.long(), valid_labels.long()
    else:
        first = workload["digits"][0]
        data["targets"] = (labels == first).float().unsqueeze(1)
        data["answers"] = valid_labels == first
    return data


def main(name):
    with open(os.path.join(HERE, "workloads.json"), encoding="utf-8") as file:
        workload = json.load(file)[name]
    threads = int(os.environ.get("BENCH_THREADS", 1))
    seconds = float(os.environ.get("BENCH_SECONDS", 0.6))
    windows = int(os.environ.get("BENCH_WINDOWS", 5))
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    data = load(workload)
    runs = []
    for mode in modes_of(workload):
        try:
            run = Run(workload, mode, data)
            run.train(seconds)  # the first steps allocate, trace and compile
            runs.append((run, []))
        except RuntimeError as error:
            print(f"PyTorch {mode.name}: {error}", file=sys.stderr)
    for _ in range(windows):
        for run, rates in runs:
            rates.append(round(run.train(seconds), 1))
    for run, rates in runs:
        print("RESULT", json.dumps(
            {"workload": name, "peer": "pytorch", "config": run.mode.name, "threads": threads,
             "batch": data["batch"], "ips": rates, "acc": round(run.accuracy(), 4)},
            separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
