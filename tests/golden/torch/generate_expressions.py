#!/usr/bin/python3
"""Asks PyTorch for the values and gradients of lines that the page can draw as a graph.

    tests/golden/torch/write.sh expressions

Everything is computed in double precision and written with nine digits; the exit code is 3 where
PyTorch is not installed. What has numbers alone and a name is an input. The gradient is of the last
part of a line. A line is

    line <text>
    name <name> <count> <values…> <count> <gradients…>     of each name, in the order of the text
    result <count> <values…>                               of the last part

A name that the last part does not depend on has 0 gradients.
"""

import re
import sys

try:
    import torch
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

LINES = """
x = 3; y = x**2
x = 8; y = x*x
x = [3, 4, 10]; y = sum(x**2)
x = 3; y = x
x = 2; y = x + x + x
x = -2; y = x*x*x
x = 1.5; y = x*x*x*x - 3*x
x = 4; y = 1/x
x = 4; y = x/(1 + x)
x = 2; y = x**3 / x
x = 2; y = x**-2
x = 0; y = x**2
x = -3; y = x**0 + x
x = 2; y = -x**2
x = 2; y = (-x)**2
x = 2; y = -(-x)
x = 3; y = 2 - x - 1
x = 3; y = 12 / x / 2
x = 0.5; y = exp(x)
x = -1.25; y = exp(-x**2)
x = 2.5; y = log(x)
x = 2; y = log(x**2 + 1)
x = 3; y = exp(0.5*log(x))
x = 0.7; y = tanh(x)
x = 0.7; y = 1 - tanh(x)**2
x = -1.5; y = sigmoid(x)
x = 0.3; y = sigmoid(x)*(1 - sigmoid(x))
x = 2; y = relu(x)
x = -2; y = relu(x)
x = 0; y = relu(x)
x = 2; y = x.relu() + (-x).relu()
a = 2; b = 3; c = a*b; d = c + a; e = d*d
a = 2; b = -3; c = 10; e = a*b; d = e + c; f = -2; L = d*f
a = 3; b = a*2; c = a*3; d = b*c
a = 3; b = a*a; c = b + b; d = c*b
a = 1.5; b = exp(a); c = log(b); d = c*b + a
a = -4; b = 2; c = a + b; d = a*b + b**3; e = c + c + 1; f = e + relu(b + a); g = f**2 / 2
x = 1; y = 2; unused = x*y; z = x + 3*y
x = 2; twice = x; y = twice*x
x1 = 2; x2 = 0; w1 = -3; w2 = 1; b = 6.88137358; n = x1*w1 + x2*w2 + b; o = tanh(n)
x1 = 2; x2 = 0; w1 = -3; w2 = 1; b = 6.88137358; n = x1*w1 + x2*w2 + b; e = exp(2*n); o = (e - 1)/(e + 1)
x = 1; w = 0.5; b = 0.25; p = sigmoid(w*x + b); loss = -log(p)
x = [1, 2, 3]; y = mean(x)
x = [1, 2, 3]; y = mean(x*x)
x = [1, -2, 3]; y = sum(relu(x))
x = [1, -2, 3]; w = [0.5, 0.25, -1]; b = 0.125; y = tanh(sum(w*x) + b)
x = [3, 4, 10]; s = 2; y = sum(s*x + x/s - s)
x = [3, 4, 10]; y = sum(2/x)
x = [0.5, 1, 2]; y = sum(x*exp(-x)) + mean(log(x))
x = [1, 2, 3, 4]; m = mean(x); v = mean((x - m)**2)
x = [1, 2, 3]; e = exp(x); y = sum(e*e) / sum(e)
x = [1, 2, 3]; t = [1.5, 2.5, 2]; w = 0.75; b = 0.5; e = w*x + b - t; loss = mean(e**2)
x = [0, 1, 2]; y = [3, 2.5, 6]; a = 1; b = -1; c = 2; mse = mean((a*x**2 + b*x + c - y)**2)
x = [5]; y = sum(x*[1, 2, 3])
x = [2, 3]; y = sum(x)*sum(x)
x = [0.1, -0.2]; y = sum(x.sigmoid()*x.tanh()); z = y*y + y
k = 2*3 + 1; y = k**2
x = [1, 2*2, 3**2]; y = sum(x)*(1/3)
x = .5; y = 1e-1*x + 2.5e1
x = 2
y = x**2**3
x = 3; x**2 + 1
""".strip().split("\n")
# Two of the lines above belong together: a line break also ends a part.
LINES = [line for line in "\n".join(LINES).replace("x = 2\ny", "x = 2\\ny").split("\n")]

NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)")


def function(name):
    return lambda value: getattr(torch, name)(torch.as_tensor(value, dtype=torch.float64))


def words(tensor):
    numbers = [] if tensor is None else tensor.flatten().tolist()
    return " ".join([str(len(numbers))] + [f"{x:.9g}" for x in numbers])


def main():
    functions = {f: function(f) for f in "relu tanh sigmoid exp log sum mean".split()}
    for line in LINES:
        known, last = {}, None
        for part in line.replace("\\n", ";").split(";"):
            named = NAMED.fullmatch(part)
            name, code = (named[1], named[2]) if named else (None, part)
            code = re.sub(r"\[[^\]]*\]", lambda v: f"torch.tensor({v[0]}, dtype=torch.float64)", code)
            last = eval(code.strip(), {"torch": torch, **functions}, known)
            if name is None:
                continue
            if not any(re.search(rf"\b{other}\b", code) for other in known):
                last = torch.as_tensor(last, dtype=torch.float64).clone().requires_grad_()
            last.retain_grad()
            known[name] = last
        last.backward()
        print(f"line {line}")
        for name, value in known.items():
            print(f"name {name} {words(value.detach())} {words(value.grad)}")
        print(f"result {words(last.detach())}")


main()
