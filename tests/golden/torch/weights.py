#!/usr/bin/python3
"""Models that pass between PyTorch and us as safetensors, weights and running statistics under torch's names.

  weights.py --write    weights.safetensors beside this file: a small model of every kind of layer, as torch
                        saves it, with some images and what torch answers to them
  weights.py FILE       loads a file of ours into torch.nn.Sequential, strictly, asks it about the images in the
                        file and compares with our answers; prints the largest difference

Both files say in their metadata what the layers are, in the words of src/nn/network_spec.hpp ("layers"), and hold
the images as check.images [n, 784] and the answers as check.outputs. Exit code 77: there is no PyTorch here.
"""

import pathlib
import re
import struct
import sys

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(77)

import json

from generate_activations import ACTIVATIONS
from safetensors import of_torch, safetensors

LAYERS = ("conv4k3s2p1,bn,relu,res(conv4k3p1b0,bn,gelu),avgpool2,conv8k3p1b0,leakyrelu,maxpool3s2p1,flatten,"
          "linear12,ln,tanh,dropout0.3,linear6b0,sigmoid,linear")
# Activations that are not among them stand before the last layer.
NEW = "".join(f"linear6,{word}," for word in ACTIVATIONS if word not in re.split("[(),]", LAYERS))
LAYERS = LAYERS[:LAYERS.rindex("linear")] + NEW + "linear"
OUTPUTS = 10


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


def split_layers(text):
    """At the commas that are in no parentheses."""
    parts, depth = [""], 0
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def build(text, shape):
    """The layers for images of a shape [c, h, w], or [features], and the shape that comes out."""
    layers = []
    for word in split_layers(text):
        if word.startswith("res("):
            layers.append(Residual(build(word[4:-1], shape)[0]))
        else:
            layers.append(layer(word, shape))
        with torch.no_grad():
            shape = list(layers[-1].eval()(torch.zeros([1, *shape])).shape[1:])
    return nn.Sequential(*layers), shape


def layer(word, shape):
    name, options = re.fullmatch(r"(conv|linear|[a-z]+?)((?:[ksbp]?[0-9.]+)*)", word).groups()
    number = {key: float(value) for key, value in re.findall(r"([a-z]?)([0-9.]+)", options)}
    whole = lambda key, usual: int(number.get(key, usual))
    if name == "conv":
        return nn.Conv2d(shape[0], whole("", OUTPUTS), whole("k", 1), whole("s", 1), whole("p", 0),
                         bias=whole("b", 1) == 1)
    if name == "linear":
        return nn.Linear(shape[0], whole("", OUTPUTS), bias=whole("b", 1) == 1)
    if name in ("maxpool", "avgpool"):
        kind = nn.MaxPool2d if name == "maxpool" else nn.AvgPool2d
        return kind(whole("", 2), whole("s", whole("", 2)), whole("p", 0))
    if name == "bn":
        return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
    if name == "ln":
        return nn.LayerNorm(shape[0])
    if name == "flatten":
        return nn.Flatten()
    if name == "dropout":
        return nn.Dropout(number[""])
    return ACTIVATIONS[name]()


def read(path):
    """Metadata and tensors of a file of F32."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = torch.tensor(struct.unpack(f"<{(end - begin) // 4}f", body[begin:end]))
        tensors[name] = values.reshape(entry["shape"])
    return header["__metadata__"], tensors


def uniform(count):
    """The same numbers in -1..1 on every machine and in every version."""
    numbers, state = [], 12345
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        numbers.append((state >> 8) / 2**23 - 1)
    return torch.tensor(numbers)


def write():
    model, shape = build(LAYERS, [1, 28, 28])
    assert shape == [OUTPUTS]
    numbers = uniform(100000)
    used = 0
    for name, value in model.state_dict().items():
        if value.dtype == torch.int64:
            value.fill_(17)
            continue
        fresh = numbers[used:used + value.numel()].reshape(value.shape)
        used += value.numel()
        value.copy_(fresh.abs() + 0.5 if name.endswith("running_var") else fresh)
    images = numbers[used:used + 3 * 784].abs().reshape(3, 784)
    with torch.no_grad():
        # In double precision, so that every version gives these digits.
        outputs = model.double().eval()(images.double().reshape(-1, 1, 28, 28)).float()
    model.float()
    tensors = {name: of_torch(value) for name, value in model.state_dict().items()}
    tensors["check.images"] = of_torch(images)
    tensors["check.outputs"] = of_torch(outputs)
    metadata = {"format": "pt", "layers": LAYERS}
    pathlib.Path(__file__).with_name("weights.safetensors").write_bytes(safetensors(tensors, metadata))


def check(path):
    global OUTPUTS
    metadata, tensors = read(path)
    images, ours = tensors.pop("check.images"), tensors.pop("check.outputs")
    OUTPUTS = ours.shape[1]
    model, _ = build(metadata["layers"], [1, 28, 28])
    model.load_state_dict(tensors, strict=True)
    with torch.no_grad():
        theirs = model.eval()(images.reshape(-1, 1, 28, 28))
    worst = ((theirs - ours).abs().max() / theirs.abs().max()).item()
    print(f"largest difference {worst:.2g} of the largest output")
    return worst <= 2e-6


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        sys.exit(0 if check(sys.argv[1]) else 1)
