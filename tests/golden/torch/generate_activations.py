"""Asks PyTorch for the values and slopes of every activation of src/nn/choices/activations.hpp.

    tests/golden/torch/write.sh activations

A new activation is one line of ACTIVATIONS. The other generators take their activations from here.
Everything is computed in double precision and written with nine digits, so that the text does not
depend on the version of PyTorch. The exit code is 3 where PyTorch is not installed. A case is

    activation <word>
    x <numbers…>
    y <f(x)…>
    slope <f'(x)…>
"""

import sys

try:
    import torch
    from torch import nn
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(77 if sys.argv[0].endswith("weights.py") else 3)

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leakyrelu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
}


def text(numbers):
    return " ".join("%.9g" % number for number in numbers.tolist())


def main():
    for word, activation in ACTIVATIONS.items():
        # Around 0, at the kink itself, and far out.
        x = torch.cat([torch.arange(-33, 34) / 16, torch.tensor([-30.0, -8.0, 8.0, 30.0])]).double()
        x.requires_grad_()
        y = activation()(x)
        y.sum().backward()
        print("activation", word)
        print("x", text(x.detach()))
        print("y", text(y.detach()))
        print("slope", text(x.grad))


if __name__ == "__main__":
    main()
