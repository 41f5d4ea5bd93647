#!/usr/bin/python3
"""Asks PyTorch for the values and gradients of every op of src/autograd/ops.hpp. The cases are those
of tests/autograd/*_op_cases.cpp, which say in Python what to ask.

    tests/golden/torch/write.sh ops

The text does not depend on the version of PyTorch (written with 1.13): the inputs come from the
integers below, everything is computed in double precision and written with seven digits, and a number
that is only rounding error beside the largest of its tensor is written as 0. The exit code is 3 where
PyTorch is not installed. Tensors are in our layout, images [n, h, w, c] and kernels [kh, kw, in, out];
what PyTorch wants otherwise is permuted here. A case is

    case <operation>
    option <name> <number>            any number of them
    input <rank> <extents…> <numbers…>     constant: the same, but without a gradient
    buffer <rank> <extents…> <numbers…>    batch_norm's running mean and variance, before …
    after <rank> <extents…> <numbers…>     … and behind the operation
    output, upstream, and for every input a grad, in the same form
"""

import math
import os
import re
import sys
import zlib

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

torch.set_num_threads(1)


class Numbers:
    """Knuth's and Lewis' linear congruential generator, x -> 1664525·x + 1013904223 modulo 2^32, of
    which the upper bits are used. All numbers are sixteenths, so they are exact as floats and in the
    text, and ties and kinks are met."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n

    def any(self):  # [-3, 3]
        return (self.below(97) - 48) / 16

    def not_zero(self):
        value = (self.below(96) - 48) / 16
        return value if value < 0 else value + 1 / 16

    def positive(self):  # (0, 3]
        return (self.below(48) + 1) / 16

    def probability(self):  # (0, 1)
        return (self.below(15) + 1) / 16

    def bit(self):
        return float(self.below(2))


def tensor(shape, draw):
    values = [draw() for _ in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def seven_digits(value, largest):
    if abs(value) <= 1e-12 * largest:
        return "0"
    return "%.7g" % value


def print_tensor(kind, t):
    values = t.detach().reshape(-1).tolist()
    largest = max([abs(v) for v in values], default=0)
    numbers = [seven_digits(v, largest) for v in values]
    print(" ".join([kind, str(t.dim())] + [str(e) for e in t.shape] + numbers))


case_counts = {}  # of every operation


def case(op, function, inputs, options={}, buffers=[]):
    """`inputs` are pairs of a shape and what draws its numbers: a name of Numbers, or a list of values
    for a constant. `function` takes one tensor each, then one for each buffer (a list), which it may
    change."""
    # A seed of its own, so that a new case leaves the others as they were.
    case_counts[op] = case_counts.get(op, 0) + 1
    numbers = Numbers(zlib.crc32(op.encode()) + case_counts[op])
    tensors = []
    print("case", op)
    for name, value in options.items():
        print("option", name, value)
    for shape, draw in inputs:
        constant = not isinstance(draw, str) or draw == "bit"
        if isinstance(draw, str):
            t = tensor(shape, getattr(numbers, draw))
        else:
            t = torch.tensor([float(v) for v in draw], dtype=torch.float64).reshape(shape)
        print_tensor("constant" if constant else "input", t)
        tensors.append(t if constant else t.requires_grad_())
    kept = [torch.tensor(values, dtype=torch.float64) for values in buffers]
    for t in kept:
        print_tensor("buffer", t)
    y = function(*tensors, *kept)
    for t in kept:
        print_tensor("after", t)
    upstream = tensor(y.shape, numbers.any)
    y.backward(upstream)
    print_tensor("output", y)
    print_tensor("upstream", upstream)
    for t in tensors:
        if t.requires_grad:
            print_tensor("grad", torch.zeros_like(t) if t.grad is None else t.grad)
    print()


# Whole vectors of four, tails, both; a scalar; every rank.
SHAPES = [(), (1,), (5,), (3, 17), (2, 3, 2, 5)]


def unary(op, function, draw="any", options={}, shapes=SHAPES):
    for shape in shapes:
        case(op, function, [(shape, draw)], options)


def binary(op, function, draw_b="any"):
    for a, b in [((), ()), ((7,), (7,)), ((4, 5), (5,)), ((4, 1), (3, 1, 5)), ((2, 3, 2, 5), (3, 1, 5)),
                 ((6,), ())]:
        case(op, function, [(a, "any"), (b, draw_b)])


def channels_second(x):
    return x if x.dim() == 2 else x.permute(0, 3, 1, 2)


def channels_last(x):
    return x if x.dim() == 2 else x.permute(0, 2, 3, 1)


def philox(counter, key):
    """Salmon et al. 2011, the source of base/rng.cpp, written again."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 % 2**32, (p0 >> 32) ^ c[3] ^ k[1], p0 % 2**32]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def uniforms(seed, count):
    """The first numbers of Rng(seed)."""
    key = philox([seed, 0, 1, 0], [0, 0])[:2]
    words = [word for block in range((count + 3) // 4) for word in philox([block, 0, 0, 0], key)]
    return [(word >> 8) / 2**24 for word in words[:count]]


def cases_of(file):
    """The Python of a file of cases, every R"py(...)py" in it."""
    with open(file, encoding="utf-8") as f:
        return re.findall(r'R"py\((.*?)\)py"', f.read(), re.DOTALL)


folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "autograd")
for family in ["elementwise", "shape", "loss", "layer"]:
    for python in cases_of(os.path.join(folder, family + "_op_cases.cpp")):
        exec(python, globals())
