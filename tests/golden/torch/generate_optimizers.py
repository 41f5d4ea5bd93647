"""What PyTorch's optimizers and schedules do, written for tests/nn to compare ours with.

    tests/golden/torch/write.sh optimizers

Written with PyTorch 1.13. Everything is computed in double precision from numbers that are
floats, so that the file is the same from every version. One line each:

    case <label> <kind> <beta2> <eps> <lr> <momentum> <weight decay> <clip> <varying> <frozen>
    norms <L2 norm of the change of all weights, of each of the 100 steps>
    weights <steps made> <all 28 weights>
    schedule <kind> <lr> <step, from 0> <of how many> <lr of the step> <momentum of the step>

The problem: three parameters of 20, 5 and 3 numbers, one behind the other, and the loss
    sum_i (a_i/2 · d_i² + c_i·d_i·d_(i+1)),  d = w - t,
whose gradient is a_i·d_i + c_i·d_(i+1) + c_(i-1)·d_(i-1). None of its elements begins near 0: where
RMSprop and Adam have seen no gradient yet, they make steps of full size from rounding errors. Only
the first parameter decays. `varying`: rates
change with the step, see below; `frozen`: the third has no gradient in steps 20 to 39.
"""

import math
import struct
import sys
import warnings

try:
    import torch
except ImportError:
    print("PyTorch is not installed", file=sys.stderr)
    sys.exit(3)

SIZES = (20, 5, 3)
STEPS = 100
SHOWN = (1, 2, 3, 10, 40, 100)
LR = 0.1  # of the schedules


def as_float(x):
    """The nearest float, as a double."""
    return struct.unpack("f", struct.pack("f", x))[0]


def text(numbers):
    return " ".join("%.9g" % as_float(x) for x in numbers)


# label: kind, beta2, eps, lr, momentum, weight decay, clip, varying, frozen
CASES = {
    "sgd": ("sgd", 0.99, 1e-5, 0.125, 0.9, 0, 0, 0, 0),
    "sgd_everything": ("sgd", 0.99, 1e-5, 0.125, 0.9, 0.01, 0.5, 1, 1),
    "momentum": ("momentum", 0.99, 1e-5, 0.03125, 0.9, 0, 0, 0, 0),
    "momentum_everything": ("momentum", 0.99, 1e-5, 0.03125, 0.9, 0.01, 0.5, 1, 1),
    "nesterov": ("nesterov", 0.99, 1e-5, 0.03125, 0.9, 0, 0, 0, 0),
    "nesterov_everything": ("nesterov", 0.99, 1e-5, 0.03125, 0.9, 0.01, 0.5, 1, 1),
    "rmsprop": ("rmsprop", 0.99, 1e-8, 0.00390625, 0.9, 0, 0, 0, 0),
    "rmsprop_everything": ("rmsprop", 0.9, 1e-5, 0.00390625, 0.9, 0.01, 0.5, 1, 1),
    "adam": ("adam", 0.999, 1e-8, 0.015625, 0.9, 0, 0, 0, 0),
    "adam_everything": ("adam", 0.99, 1e-5, 0.015625, 0.9, 0.01, 0.5, 1, 1),
    "adamw": ("adamw", 0.999, 1e-8, 0.015625, 0.9, 0.01, 0, 0, 0),
    "adamw_everything": ("adamw", 0.99, 1e-5, 0.015625, 0.9, 0.25, 0.5, 1, 1),
}


def rates(lr, momentum, varying, step):
    """Of a step, from 0. All numbers are floats exactly."""
    if not varying:
        return lr, momentum
    return lr * (1 - step / 128), 0.9375 - step % 8 / 64


def make_optimizer(kind, groups, beta2, eps, lr, momentum):
    if kind == "sgd":
        return torch.optim.SGD(groups, lr=lr)
    if kind == "momentum":
        return torch.optim.SGD(groups, lr=lr, momentum=momentum)
    if kind == "nesterov":
        return torch.optim.SGD(groups, lr=lr, momentum=momentum, nesterov=True)
    if kind == "rmsprop":
        return torch.optim.RMSprop(groups, lr=lr, alpha=beta2, eps=eps)
    name = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    return name(groups, lr=lr, betas=(momentum, beta2), eps=eps)


def trajectory(label):
    kind, *numbers, varying, frozen = CASES[label]
    beta2, eps, lr, momentum, decay, clip = (as_float(x) for x in numbers)
    count = sum(SIZES)
    index = torch.arange(count)
    first = ((5 * index) % 11 - 5).double() / 4
    a = 0.5 + (index % 8).double() / 4
    c = (1 + index[1:] % 3).double() / 16
    t = ((7 * index) % 13 - 2).double() / 8
    parameters = [p.clone().requires_grad_() for p in torch.split(first, SIZES)]
    groups = [
        {"params": parameters[:1], "weight_decay": decay},
        {"params": parameters[1:], "weight_decay": 0.0},
    ]
    optimizer = make_optimizer(kind, groups, beta2, eps, lr, momentum)
    print("case", label, kind, text((beta2, eps, lr, momentum, decay, clip)), varying, frozen)
    norms, shown = [], []
    for step in range(STEPS):
        now_lr, now_momentum = rates(lr, momentum, varying, step)
        for group in optimizer.param_groups:
            group["lr"] = now_lr
            if kind in ("momentum", "nesterov"):
                group["momentum"] = now_momentum
            if kind in ("adam", "adamw"):
                group["betas"] = (now_momentum, beta2)
        d = torch.cat(parameters) - t
        loss = (a / 2 * d * d).sum() + (c * d[:-1] * d[1:]).sum()
        for p in parameters:
            p.grad = None
        loss.backward()
        if frozen and 20 <= step < 40:
            parameters[2].grad = None
        if clip > 0:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        before = torch.cat(parameters).detach().clone()
        optimizer.step()
        after = torch.cat(parameters).detach()
        norms.append((after - before).norm().item())
        if step + 1 in SHOWN:
            shown.append((step + 1, after.clone().tolist()))
    print("norms", text(norms))
    for step, weights in shown:
        print("weights", step, text(weights))


def torch_schedule(make, total):
    """The learning rates that a scheduler of PyTorch gives to each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=as_float(LR))
    scheduler = make(optimizer)
    for _ in range(total):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        scheduler.step()


def annealed(start, end, position):
    """Half a cosine, as fastai's SchedCos."""
    return start + (1 + math.cos(math.pi * (1 - position))) * (end - start) / 2


def one_cycle(start, middle, end, position):
    """fastai's combined_cos with pct_start 0.25."""
    if position < 0.25:
        return annealed(start, middle, position / 0.25)
    return annealed(middle, end, (position - 0.25) / 0.75)


def schedules(total, every):
    """`total` is a multiple of 30, so that a third and a tenth are whole numbers of steps."""
    lr, warm, scheduler = as_float(LR), total // 10, torch.optim.lr_scheduler
    curves = {
        "constant": torch_schedule(
            lambda o: scheduler.ConstantLR(o, factor=1.0, total_iters=1), total),
        "step": torch_schedule(lambda o: scheduler.StepLR(o, total // 3, gamma=0.1), total),
        "cosine": torch_schedule(lambda o: scheduler.CosineAnnealingLR(o, T_max=total), total),
        "warmup": torch_schedule(
            lambda o: scheduler.LinearLR(o, start_factor=1 / warm, total_iters=warm - 1), total),
        "onecycle": (one_cycle(lr / 25, lr, lr / 1e5, i / total) for i in range(total)),
    }
    for kind, curve in curves.items():
        for step, value in enumerate(curve):
            momentum = 0.9
            if kind == "onecycle":
                momentum = one_cycle(0.95, 0.85, 0.95, step / total)
            if step % every == 0 or step == total - 1:
                print("schedule", kind, text((lr,)), step, total, text((value, momentum)))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for label in CASES:
        trajectory(label)
    schedules(30, 1)
    schedules(600, 37)
