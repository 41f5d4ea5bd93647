#!/usr/bin/python3
"""Asks PyTorch for the second derivatives, the gradients of single images and the slopes of pixels.

    tests/golden/torch/write.sh numerics

Everything is computed in double precision, with the Hessian in full, and written with seven digits;
the exit code is 3 where PyTorch is not installed. Eight images, weights and a vector v come from the
integers of one generator, in this order, for every model anew: the bytes of the images; then for
every weight and every bias in torch's order a number in sixteenths, which is divided by 4 (gammas
are 1 more); then v, as long as all parameters together, in sixteenths. A model is

    model <layers> <loss>
    loss <number>
    product <count> <H·v…>           all parameters in torch's order, weight before bias
    eigenvalue <number>              the one that is largest in magnitude
    norms <count> <numbers…>         of the gradients of the images' own losses
    saliency <count> <numbers…>      of the third image as it is tested: d loss / d pixel, each 16th
"""

import sys

try:
    import torch
    import torch.nn as nn
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

IMAGES, SIDE = 8, 28


class Numbers:
    """Knuth's and Lewis' linear congruential generator, of which the upper bits are used."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n

    def sixteenths(self, count):
        return torch.tensor([(self.below(97) - 48) / 16 for _ in range(count)])


def bce(y, t):
    return nn.functional.binary_cross_entropy_with_logits(y.flatten(), t)


def crossentropy(y, t):
    return nn.functional.cross_entropy(y, 1 - t.long())  # the 3s are class 0


MODELS = [
    ("avgpool7,flatten,linear5,tanh,linear", bce,
     lambda: nn.Sequential(nn.AvgPool2d(7), nn.Flatten(), nn.Linear(16, 5), nn.Tanh(), nn.Linear(5, 1))),
    ("conv3k7s7,bn,tanh,flatten,linear", crossentropy,
     lambda: nn.Sequential(nn.Conv2d(1, 3, 7, 7), nn.BatchNorm2d(3), nn.Tanh(), nn.Flatten(),
                           nn.Linear(48, 2))),
    ("conv3k4s4,relu,maxpool2,flatten,linear4,leakyrelu,linear", crossentropy,
     lambda: nn.Sequential(nn.Conv2d(1, 3, 4, 4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                           nn.Linear(27, 4), nn.LeakyReLU(), nn.Linear(4, 2))),
]


def words(numbers):
    numbers = [float(x) for x in numbers]
    rounding = 1e-12 * max(abs(x) for x in numbers)  # not worth a digit
    return " ".join(f"{x if abs(x) > rounding else 0:.7g}" for x in numbers)


def main():
    for text, loss_of, build in MODELS:
        numbers = Numbers(1)
        pixels = torch.tensor([numbers.below(256) / 255 for _ in range(IMAGES * SIDE * SIDE)])
        x = pixels.reshape(IMAGES, 1, SIDE, SIDE)
        t = torch.tensor([1.0] * (IMAGES // 2) + [0.0] * (IMAGES // 2))  # 3s, then 7s
        model = build()
        gammas = [m.weight for m in model if isinstance(m, nn.BatchNorm2d)]
        for p in model.parameters():
            values = numbers.sixteenths(p.numel()).reshape(p.shape) / 4
            p.data = values + 1 if any(p is g for g in gammas) else values
        parameters = list(model.parameters())
        v = numbers.sixteenths(sum(p.numel() for p in parameters))
        norm = next((m for m in model if isinstance(m, nn.BatchNorm2d)), None)
        if norm is not None:
            norm.momentum = 0.0  # nothing moves the running statistics here

        def flat(gradients):
            return torch.cat([g.reshape(-1) for g in gradients])

        loss = loss_of(model(x), t)
        gradient = flat(torch.autograd.grad(loss, parameters, create_graph=True))
        hessian = torch.stack(
            [flat(torch.autograd.grad(g, parameters, retain_graph=True)) for g in gradient])
        eigenvalues = torch.linalg.eigvalsh((hessian + hessian.T) / 2)
        largest = eigenvalues[eigenvalues.abs().argmax()]
        outputs = model(x)
        norms = [flat(torch.autograd.grad(loss_of(outputs[i:i + 1], t[i:i + 1]), parameters,
                                          retain_graph=True)).norm() for i in range(IMAGES)]
        model.eval()
        image = x[2:3].clone().requires_grad_()
        (slopes,) = torch.autograd.grad(loss_of(model(image), t[2:3]), image)
        print(f"model {text} {loss_of.__name__}\nloss {float(loss):.7g}")
        print(f"product {len(v)} {words(hessian @ v)}\neigenvalue {float(largest):.7g}")
        print(f"norms {IMAGES} {words(norms)}")
        print(f"saliency {SIDE * SIDE // 16} {words(slopes.flatten()[::16])}")


main()
