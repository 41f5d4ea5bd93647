#!/usr/bin/python3
"""Multiplies the Hessian of a batch's loss with vectors, by PyTorch's double backward.

    tests/golden/torch/write.sh hessians

takes a minute; with the word `products` behind it, seconds, and there are no lines `largest`. The
networks, initial weights, data and losses are those of generate_trajectories.py, in double precision; the
batch is the first one of the first epoch. Exit code 3: there is no PyTorch here. For every network:

    hessian <spec>
    products <|Hv|> <v·Hv> <u·Hv>
    largest <the eigenvalue of H with the largest magnitude>

u and v are numbers of the generator of the initial weights, in the order of the weights, first u, then v,
with the states 2 and 3.
"""

import sys

from generate_trajectories import (ACTIVATIONS, LOSSES, NETWORKS, Numbers, Residual, normalize,
                                   parse, read_set, set_first_weights, shuffled)

import torch
from torch import nn


class ChannelNorm(nn.LayerNorm):
    """Over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def make_mixed(outputs, act):
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, 2, 1), ChannelNorm(4), nn.GELU(),
        Residual(nn.Conv2d(4, 4, 3, 1, 1), nn.BatchNorm2d(4), nn.Tanh()),
        nn.Flatten(), nn.Linear(784, outputs))


NETWORKS["net:conv4k3s2p1,gelu,conv4k3s2p1,relu,maxpool3s2p1,flatten,linear"] = (
    lambda outputs, act: nn.Sequential(
        nn.Conv2d(1, 4, 3, 2, 1), nn.GELU(), nn.Conv2d(4, 4, 3, 2, 1), nn.ReLU(),
        nn.MaxPool2d(3, 2, 1), nn.Flatten(), nn.Linear(64, outputs)))
NETWORKS["net:avgpool4,flatten,linear9,sigmoid,linear9,leakyrelu,linear"] = (
    lambda outputs, act: nn.Sequential(
        nn.AvgPool2d(4), nn.Flatten(), nn.Linear(49, 9), nn.Sigmoid(), nn.Linear(9, 9),
        nn.LeakyReLU(), nn.Linear(9, outputs)))
NETWORKS["net:conv4k3s2p1,ln,gelu,res(conv4k3p1,bn,tanh),flatten,linear"] = make_mixed

SPECS = (
    "model=linear&loss=mse",
    "model=linear&loss=l1",
    "model=linear&loss=mnist",
    "model=mlp:30&loss=bce",
    "model=mlp:30&loss=l1&activation=tanh",
    "model=lenet&loss=crossentropy",
    "model=lenet&loss=mnist&activation=gelu",
    "model=net:conv4k3s2p1,gelu,conv4k3s2p1,relu,maxpool3s2p1,flatten,linear&loss=bce",
    "model=net:avgpool4,flatten,linear9,sigmoid,linear9,leakyrelu,linear&loss=mse",
    "model=net:flatten,linear24,ln,tanh,linear&loss=bce",
    "model=net:conv4k3s2p1,ln,gelu,res(conv4k3p1,bn,tanh),flatten,linear&loss=crossentropy",
    "model=conv&loss=crossentropy&normalize=true",
    "model=conv&loss=bce&activation=gelu",
    "model=resconv&loss=mse&activation=tanh&normalize=true",
)
BATCH, LANCZOS = 48, 60


def numbers_like(parameters, state):
    numbers = Numbers()
    numbers.state = state
    return [torch.tensor([numbers.next() for _ in range(p.numel())], dtype=torch.float64).view(p.shape)
            for p in parameters]


def dot(a, b):
    return sum((x * y).sum() for x, y in zip(a, b)).item()


def largest(product, v):
    """The eigenvalue with the largest magnitude, by Lanczos' method; every vector is made orthogonal to
    all before it."""
    basis, matrix = [], torch.zeros(LANCZOS, LANCZOS, dtype=torch.float64)
    for i in range(LANCZOS):
        length = dot(v, v) ** 0.5
        if length < 1e-12:
            break
        basis.append([x / length for x in v])
        v = product(basis[-1])
        for _ in range(2):
            for j, q in enumerate(basis):
                along = dot(q, v)
                matrix[j, i] += along
                v = [x - along * y for x, y in zip(v, q)]
    n = len(basis)
    values = torch.linalg.eigvalsh(matrix[:n, :n], UPLO="U")
    return max(values.tolist(), key=abs)


def run(text, images, classes):
    spec = parse(text)
    outputs = 2 if spec["loss"] == "crossentropy" else 1
    network = NETWORKS[spec["model"]](outputs, ACTIVATIONS[spec["activation"]]).double()
    set_first_weights(network)
    parameters = list(network.parameters())
    loss = LOSSES[spec["loss"]](network(images), classes)
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)

    def product(v):
        slope = sum((g * x).sum() for g, x in zip(gradients, v))
        if not slope.requires_grad:
            return [torch.zeros_like(p) for p in parameters]
        found = torch.autograd.grad(slope, parameters, retain_graph=True, allow_unused=True)
        return [torch.zeros_like(p) if f is None else f for f, p in zip(found, parameters)]

    u, v = numbers_like(parameters, 2), numbers_like(parameters, 3)
    hv = product(v)
    print("hessian", text)
    print("products %.9g %.9g %.9g" % (dot(hv, hv) ** 0.5, dot(v, hv), dot(u, hv)))
    if sys.argv[1:] != ["products"]:
        print("largest %.6g" % largest(product, v))


if __name__ == "__main__":
    torch.set_num_threads(1)
    pixels, classes = read_set("train")
    batch = torch.tensor(shuffled(len(pixels), 0)[:BATCH])
    for text in SPECS:
        normalized = "normalize=true" in text
        images = normalize(pixels, pixels)[batch] if normalized else pixels[batch]
        run(text, images.double(), classes[batch])
