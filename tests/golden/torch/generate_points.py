#!/usr/bin/python3
"""Fits points with PyTorch, as experiments with data=curve and data=line do, and writes every loss.

    tests/golden/torch/write.sh points

Points and first weights begin as floats of a generator that the test has too; everything after that is
in double precision, so the text does not depend on the version of PyTorch (1.13 was used). Exit code 3:
there is no PyTorch here. The text is

    points <the speeds at the times 0 … 19>
    run <spec>
    losses <of each of 100 steps, before it>
    norms <of the gradient that each step reads>
    final <a, b and c, or b and c, after the last step>
"""

import sys

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

from generate_trajectories import Numbers, as_float, set_first_weights

STEPS, COUNT = 100, 20
LOSSES = {"mse": F.mse_loss, "l1": F.l1_loss}

RUNS = (
    "data=curve&normalize=false&lr=0.00001",  # the numbers of the book
    "data=curve&lr=0.1",
    "data=curve&loss=l1&lr=0.5",
    "data=curve&optimizer=momentum&momentum=0.9&lr=0.02",
    "data=curve&optimizer=adam&momentum=0.9&beta2=0.99&eps=1e-5&lr=0.5",
    "data=line&lr=0.1",
    "data=line&normalize=false&lr=0.003",
    "data=curve&fault=nozero&lr=0.01",
    "data=line&fault=nozero&normalize=false&lr=0.0001",
    "data=curve&fault=uphill&lr=0.001",
    "data=curve&fault=nobias&lr=0.1",
)


def speeds():
    noise = Numbers()
    return [as_float(0.75 * (t - 9.5)**2 + 1 + 4 * noise.next()) for t in range(COUNT)]


def features(spec):
    t = torch.arange(COUNT, dtype=torch.float64)
    x = torch.stack([t * t, t] if spec["data"] == "curve" else [t], 1)
    if spec["normalize"] == "false":
        return x
    mean = torch.tensor([as_float(v) for v in x.mean(0).tolist()], dtype=torch.float64)
    deviation = x.std(0, unbiased=False).tolist()
    return (x - mean) / torch.tensor([as_float(v) for v in deviation], dtype=torch.float64)


def make_optimizer(spec, parameters):
    lr, momentum = spec["lr"], spec["momentum"]
    if spec["optimizer"] == "adam":
        return torch.optim.Adam(parameters, lr=lr, betas=(momentum, spec["beta2"]), eps=spec["eps"])
    return torch.optim.SGD(parameters, lr=lr, maximize=spec["fault"] == "uphill",
                           momentum=momentum if spec["optimizer"] == "momentum" else 0)


def parse(text):
    spec = {"normalize": "true", "loss": "mse", "optimizer": "sgd", "momentum": "0.9",
            "beta2": "0.99", "eps": "1e-5", "fault": "none"}
    spec.update(item.split("=") for item in text.split("&"))
    for name in ("lr", "momentum", "beta2", "eps"):
        spec[name] = as_float(float(spec[name]))
    return spec


def run(text, targets):
    spec = parse(text)
    x = features(spec)
    network = nn.Sequential(nn.Linear(x.shape[1], 1, bias=spec["fault"] != "nobias")).double()
    set_first_weights(network)
    parameters = list(network.parameters())
    optimizer, losses, norms = make_optimizer(spec, parameters), [], []
    for _ in range(STEPS):
        loss = LOSSES[spec["loss"]](network(x)[:, 0], targets)
        if spec["fault"] != "nozero":
            optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.cat([p.grad.flatten() for p in parameters]).norm().item())
        optimizer.step()
    final = torch.cat([p.data.flatten() for p in parameters]).tolist()
    print("run", text)
    for word, numbers in (("losses", losses), ("norms", norms), ("final", final)):
        print(word, *("%.9g" % number for number in numbers))


if __name__ == "__main__":
    torch.set_num_threads(1)
    values = speeds()
    print("points", *("%.9g" % value for value in values))
    for text in RUNS:
        run(text, torch.tensor(values, dtype=torch.float64))
