#!/usr/bin/python3
"""Writes the golden safetensors files beside it, or with --check compares them with what it would write.

  plain.safetensors       F32 and metadata, as our writer must write them byte for byte
  types.safetensors       every type that we read, filled by PyTorch; the header in another order than the data
  types_f32.safetensors   the same tensors after PyTorch's .to(torch.float32)

The writer is json and struct, after the format's description alone. Exit code 77: there is no PyTorch here.
"""

import json
import pathlib
import struct
import sys

try:
    import torch
except ImportError:
    sys.exit(77)


def safetensors(tensors, metadata=None, header_order=None, **json_options):
    """tensors: name -> (dtype, shape, bytes), in the order of the data."""
    entries, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        begin, data = len(data), data + values
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, len(data)]}
    header = {"__metadata__": metadata} if metadata else {}
    header.update({name: entries[name] for name in header_order or entries})
    text = json.dumps(header, **json_options).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def of_torch(tensor):
    names = {torch.bool: "BOOL", torch.uint8: "U8", torch.int32: "I32", torch.int64: "I64",
             torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64"}
    plain = tensor.contiguous()
    if tensor.dtype == torch.bfloat16:  # numpy has none
        plain = plain.view(torch.int16)
    return names[tensor.dtype], tensor.shape, plain.numpy().tobytes()


def plain():
    f32 = lambda *values: struct.pack(f"<{len(values)}f", *values)
    bits = lambda *values: struct.pack(f"<{len(values)}I", *values)
    tensors = {
        "0.weight": ("F32", [2, 3], f32(1, -2.5, 0.1, 3e38, 1e-40, -0.0)),
        "0.bias": ("F32", [3], bits(0x7fc12345, 0xff800001, 0x7f800000)),
        "step size": ("F32", [], f32(0.03)),
        "none": ("F32", [0, 7], b""),
        'a"b\\c\n\t\x01 \u00fc \u2192 \U0001f5fb': ("F32", [1, 1], f32(-1)),
    }
    metadata = {"spec": "model=mlp:30&lr=0.1", "seed": "18446744073709551615", "note": 'line\n"two"'}
    return safetensors(tensors, metadata, separators=(",", ":"), ensure_ascii=False)


def types():
    torch.manual_seed(3)  # of uniform numbers only: normal ones have other bits on other processors
    random = lambda count: torch.rand(count, dtype=torch.float64) * 8 - 4
    inf, nan = float("inf"), float("nan")
    edges = torch.tensor([0.0, -0.0, inf, -inf, nan, 1 / 3, -2 / 3, 65504.0, 6e-8, 3e-5, 1e-3, 1024.5],
                         dtype=torch.float64)
    narrow = torch.tensor([1 + 2.0**-24, 1 + 3 * 2.0**-24, 2.0**-149, 2.0**-150, 3 * 2.0**-151, 1e-45, 1e-310,
                           2.0**-126 - 2.0**-150, 2.0**-126 - 2.0**-151, 3.4028235677973366e38,
                           3.4028235677973362e38, -1e300], dtype=torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    model[1].running_mean.copy_(torch.rand(2) - 0.5)
    model[1].num_batches_tracked += 5
    tensors = {
        "double": torch.cat([edges, narrow, random(40)]).reshape(4, 16),
        "integer": torch.tensor([0, -1, 2**24 + 1, -(2**24 + 3), 2**63 - 1, -(2**63), 2**40 + 2**16]),
        "int": torch.tensor([[7, -8], [2**31 - 1, -(2**31)]], dtype=torch.int32),
        "half": torch.cat([edges, random(52)]).to(torch.float16).reshape(2, 2, 16),
        "brain": torch.cat([edges, random(52)]).to(torch.bfloat16),
        "byte": torch.arange(256, dtype=torch.int64).to(torch.uint8),
        "truth": torch.tensor([True, False, True]),
        **model.state_dict(),
    }
    exact = {name: of_torch(tensor) for name, tensor in tensors.items()}
    floats = {name: of_torch(tensor.to(torch.float32)) for name, tensor in tensors.items()}
    metadata = {"format": "pt", "\u00fc\U0001f5fb": "\u2192"}
    return safetensors(exact, metadata, sorted(exact), indent=1), safetensors(floats, metadata)


def main():
    folder = pathlib.Path(__file__).resolve().parent
    types_file, floats_file = types()
    files = {"plain": plain(), "types": types_file, "types_f32": floats_file}
    different = []
    for file, content in files.items():
        path = folder / f"{file}.safetensors"
        if "--check" not in sys.argv:
            path.write_bytes(content)
        elif path.read_bytes() != content:
            different.append(path.name)
    if not different:
        return 0
    return (f"PyTorch {torch.__version__} writes these files with other bytes: {different}. If that is meant, "
            "write them again:\n  /usr/bin/python3 tests/golden/torch/safetensors.py")


if __name__ == "__main__":
    sys.exit(main())
