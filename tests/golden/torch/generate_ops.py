#!/usr/bin/python3
"""Asks PyTorch for the values and gradients of every operation of src/autograd/ops.

    /usr/bin/python3 tests/golden/torch/generate_ops.py > tests/golden/torch/ops.txt

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


def elementwise():
    unary("neg", torch.neg)
    unary("square", torch.square)
    unary("exp", torch.exp)
    unary("log", torch.log, "positive")
    unary("abs", torch.abs)
    unary("relu", F.relu)
    unary("sigmoid", torch.sigmoid)
    unary("tanh", torch.tanh)
    unary("gelu", F.gelu)
    unary("leaky_relu", F.leaky_relu, options={"slope": 0.01})
    unary("leaky_relu", lambda x: F.leaky_relu(x, 0.25), options={"slope": 0.25}, shapes=[(9,)])
    for exponent in [-2, 0, 1, 2, 3]:
        unary("pow", lambda x: torch.pow(x, exponent), "not_zero", {"exponent": exponent},
              [(), (3, 5)])
    binary("add", torch.add)
    binary("sub", torch.sub)
    binary("mul", torch.mul)
    binary("div", torch.div, "not_zero")
    for c, a, b in [((6,), (6,), (6,)), ((3, 5), (5,), (3, 1)), ((4, 1), (), (3, 1, 5))]:
        case("where", lambda c, a, b: torch.where(c != 0, a, b), [(c, "bit"), (a, "any"), (b, "any")])


def shapes():
    for shape in SHAPES:
        case("sum", torch.sum, [(shape, "any")])
        case("mean", torch.mean, [(shape, "any")])
        for axis in range(len(shape)):
            case("sum", lambda x: torch.sum(x, axis), [(shape, "any")], {"axis": axis})
            case("mean", lambda x: torch.mean(x, axis), [(shape, "any")], {"axis": axis})
    case("reshape", lambda x: x.reshape(3, 2, 2), [((4, 3), "any")],
         {"extent0": 3, "extent1": 2, "extent2": 2})
    for shape in [(3, 5), (2, 3), (2, 2, 3, 2)]:
        # Images are flattened as PyTorch has them: planes, rows, columns.
        case("flatten", lambda x: torch.flatten(x if x.dim() < 4 else x.permute(0, 3, 1, 2), 1),
             [(shape, "any")])
    for shape in [(1, 1), (3, 5), (4, 1)]:
        case("transpose", torch.t, [(shape, "any")])


def products():
    for n, k, m in [(1, 1, 1), (3, 4, 2), (2, 17, 1), (5, 3, 9), (4, 20, 5)]:
        case("matmul", torch.matmul, [((n, k), "any"), ((k, m), "any")])
        case("linear", lambda x, w, b: F.linear(x, w.t(), b),
             [((n, k), "any"), ((k, m), "any"), ((m,), "any")])


def losses():
    def of_probabilities(p, t):  # fastai's book, chapter 4; PyTorch has no loss of that name
        return torch.where(t == 1, 1 - p, p).mean()

    for shape in [(1,), (6,), (17, 1)]:
        of_bits = lambda draw: [(shape, draw), (shape, "bit")]
        case("mnist_loss", lambda x, t: of_probabilities(torch.sigmoid(x), t), of_bits("any"))
        case("mnist_loss_of_probabilities", of_probabilities, of_bits("probability"))
        case("bce_with_logits", F.binary_cross_entropy_with_logits, of_bits("any"))
        case("bce_with_logits", F.binary_cross_entropy_with_logits, [(shape, "any"), (shape, "any")])
        case("mse", F.mse_loss, [(shape, "any"), (shape, "any")])
        case("l1_loss", F.l1_loss, [(shape, "any"), (shape, "any")])
    for n, classes in [(1, 1), (1, 10), (3, 4), (17, 10), (5, 35)]:
        right = [(i * i + 2) % classes for i in range(n)]
        case("softmax_cross_entropy", lambda x, t: F.cross_entropy(x, t.long()),
             [((n, classes), "any"), ((n,), right)])
    unary("softmax", lambda x: F.softmax(x, -1))
    unary("log_softmax", lambda x: F.log_softmax(x, -1))


def channels_second(x):
    return x if x.dim() == 2 else x.permute(0, 3, 1, 2)


def channels_last(x):
    return x if x.dim() == 2 else x.permute(0, 2, 3, 1)


def norms():
    for shape in [(3, 1), (5, 3), (17, 4), (2, 3, 2, 5), (3, 1, 1, 9)]:
        c = shape[-1]
        inputs = [(shape, "any"), ((c,), "any"), ((c,), "any")]
        running = [[0.25 * i - 1 for i in range(c)], [0.5 + 0.25 * i for i in range(c)]]
        for training in [1, 0]:
            def function(x, gamma, beta, mean, var):
                return channels_last(F.batch_norm(channels_second(x), mean, var, gamma, beta,
                                                  bool(training), 0.1, 1e-5))
            case("batch_norm", function, inputs, {"training": training}, running)
    case("batch_norm", lambda x, g, b, m, v: F.batch_norm(x, m, v, g, b, True, 0.5, 0.125),
         [((4, 2), "any"), ((2,), "any"), ((2,), "any")],
         {"training": 1, "momentum": 0.5, "eps": 0.125}, [[1.0, 2.0], [3.0, 4.0]])
    for shape in [(4,), (3, 5), (2, 17), (2, 3, 2, 4)]:
        c = shape[-1]
        case("layer_norm", lambda x, g, b: F.layer_norm(x, (c,), g, b, 1e-5),
             [(shape, "any"), ((c,), "any"), ((c,), "any")])


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


def dropouts():
    """The mask is our generator's; PyTorch's own could not be told which to use."""
    for shape, p, seed in [((9,), 0.5, 1), ((3, 17), 0.25, 2), ((2, 3, 2, 5), 0.0, 3)]:
        def function(x):
            kept = [float(u >= p) for u in uniforms(seed, x.numel())]
            return x * torch.tensor(kept, dtype=torch.float64).reshape(shape) / (1 - p)
        case("dropout", function, [(shape, "any")], {"p": p, "seed": seed})


def images():
    def conv2d(x, w, b, stride, padding):
        y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1).contiguous(), b, stride,
                     padding)
        return y.permute(0, 2, 3, 1)

    for n, h, w, c_in, c_out, kernel, stride, padding in [
            (1, 1, 1, 1, 1, 1, 1, 0), (2, 5, 4, 3, 2, 3, 1, 1), (1, 7, 6, 2, 5, 3, 2, 1),
            (2, 4, 4, 1, 8, 3, 2, 1), (1, 6, 6, 4, 1, 5, 1, 0), (1, 5, 5, 1, 3, 5, 2, 2),
            (2, 3, 5, 5, 4, 1, 2, 0)]:
        case("conv2d", lambda x, k, b: conv2d(x, k, b, stride, padding),
             [((n, h, w, c_in), "any"), ((kernel, kernel, c_in, c_out), "any"), ((c_out,), "any")],
             {"stride": stride, "padding": padding})
    case("conv2d", lambda x, k: conv2d(x, k, None, 2, 1), [((2, 5, 6, 3), "any"), ((3, 3, 3, 4), "any")],
         {"stride": 2, "padding": 1})
    for shape, kernel, stride, padding in [((2, 4, 6, 3), 2, 2, 0), ((1, 5, 5, 1), 3, 2, 1),
                                           ((1, 5, 4, 4), 3, 1, 0), ((2, 1, 1, 5), 1, 1, 0),
                                           ((1, 7, 7, 2), 2, 3, 1)]:
        options = {"kernel": kernel, "stride": stride, "padding": padding}
        case("max_pool2d", lambda x: F.max_pool2d(x.permute(0, 3, 1, 2), kernel, stride, padding)
             .permute(0, 2, 3, 1), [(shape, "any")], options)
        case("avg_pool2d", lambda x: F.avg_pool2d(x.permute(0, 3, 1, 2), kernel, stride, padding)
             .permute(0, 2, 3, 1), [(shape, "any")], options)


elementwise()
shapes()
products()
losses()
norms()
dropouts()
images()
