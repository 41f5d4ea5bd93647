#!/usr/bin/python3
"""Asks PyTorch what happens at infinities, NaNs and other corners.

    tests/golden/torch/write.sh corners

Everything is computed in single precision, where the corners are, and written with seven digits;
the exit code is 3 where PyTorch is not installed. The lines are

    unary <op> / x <count> <numbers…> / y … / open … / grad …    grad: of x, for the gradient `open` of y
    bce <x> <target> <loss> <d loss / d x>
    batch_norm <training: 0 or 1> / y … / dx … / dgamma … / dbeta …     eps 0; see main()
    twice <op> <1 if a second backward is allowed>
    momentum <nesterov: 0 or 1> / rates <count> <momentum of each step…> / weights <count> …
"""

import math
import sys

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

INF, NAN = math.inf, math.nan


def line(name, tensor):
    numbers = tensor.detach().reshape(-1).tolist()
    print(name, len(numbers), " ".join("%.7g" % (x + 0.0) for x in numbers))  # -0 is 0


def unary(name, f):
    x = torch.tensor([-2.0, 0.0, 0.5, NAN, INF, -INF] * 3, requires_grad=True)
    upstream = torch.tensor([1.0] * 6 + [INF] * 6 + [NAN] * 6)
    y = f(x)
    y.backward(upstream)
    print("unary", name)
    line("x", x)
    line("y", y)
    line("open", upstream)
    line("grad", x.grad)


def bce(x, target):
    v = torch.tensor([x], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(v, torch.tensor([target]))
    loss.backward()
    print("bce %.9g %.9g %.7g %.7g" % (x, target, loss.item(), v.grad.item()))


def batch_norm(training):
    """The first channel is constant: 3, as is its running mean; its running variance is 0."""
    x = torch.tensor([[3.0, 1.0], [3.0, 2.0], [3.0, 4.0]], requires_grad=True)
    gamma = torch.tensor([2.0, 2.0], requires_grad=True)
    beta = torch.tensor([0.5, 0.5], requires_grad=True)
    mean, variance = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 1.0])
    y = F.batch_norm(x, mean, variance, gamma, beta, training, 0.1, 0.0)
    y.backward(torch.tensor([[1.0, 1.0], [2.0, 2.5], [4.0, 4.0]]))
    print("batch_norm", int(training))
    for name, tensor in ("y", y), ("dx", x.grad), ("dgamma", gamma.grad), ("dbeta", beta.grad):
        line(name, tensor)


def twice(name, f):
    a = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    b = torch.tensor([[1.0, 3.0], [2.0, 1.0]], requires_grad=True)
    y = f(a, b)
    loss = y if y.dim() == 0 else y.sum()
    loss.backward()
    try:
        loss.backward()
        print("twice", name, 1)
    except RuntimeError:
        print("twice", name, 0)


def momentum(nesterov):
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.125, momentum=0.0)
    rates = [0.0, 0.0, 0.875, 0.875, 0.0, 0.0, 0.875, 0.5]
    weights = []
    for rate in rates:
        for group in optimizer.param_groups:
            group["momentum"], group["nesterov"] = rate, nesterov
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        weights.append(w.item())
    print("momentum", int(nesterov))
    line("rates", torch.tensor(rates))
    line("weights", torch.tensor(weights))


def main():
    unary("relu", F.relu)
    unary("leaky_relu", F.leaky_relu)
    unary("abs", torch.abs)
    unary("square", torch.square)
    unary("exp", torch.exp)
    unary("log", torch.log)
    unary("sigmoid", torch.sigmoid)
    unary("tanh", torch.tanh)
    unary("gelu", F.gelu)
    for target in 0.0, 0.25, 1.0 - 2.0**-23, 1.0:
        for x in INF, NAN, 100.0, 15.5, -15.5, -100.0, -INF:
            bce(x, target)
    batch_norm(True)
    batch_norm(False)
    # mean over an axis is left out: it is refused by PyTorch 1.13 and allowed by later versions.
    for name, f in {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "neg": lambda a, b: -a,
        "mul": lambda a, b: a * b,
        "mul_number": lambda a, b: a * 2.0,
        "add_number": lambda a, b: a + 2.0,
        "div": lambda a, b: a / b,
        "sum": lambda a, b: a.sum(),
        "sum_axis": lambda a, b: a.sum(1),
        "mean": lambda a, b: a.mean(),
        "reshape": lambda a, b: a.reshape(4),
        "flatten": lambda a, b: a.reshape(1, 2, 2).flatten(1),
        "transpose": lambda a, b: a.t(),
        "relu": lambda a, b: F.relu(a),
        "where": lambda a, b: torch.where(a > 2, a, b),
        "matmul": lambda a, b: a @ b,
        "softmax": lambda a, b: F.softmax(a, 1),
        "mse": lambda a, b: F.mse_loss(a, b),
    }.items():
        twice(name, f)
    momentum(False)
    momentum(True)


main()
