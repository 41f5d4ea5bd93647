"""The article's run in PyTorch: ten digits, three epochs, AdamW on one cycle up to 0.1, batches of 128, images padded to
34 by 34 and cropped to 28 by 28 at a place of their own, pixels normalized, a test after every epoch. Prints the
seconds of it all and the accuracies, once for each order of the axes. Called by pytorch.sh."""
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

from pytorch import read_idx

EPOCHS, BATCH, PAD, SIDE = 3, 128, 3, 28
MEAN, DEVIATION = 0.1307, 0.3081


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]


def build():
    layers = block(1, 8) + block(8, 16) + block(16, 32) + block(32, 16) + block(16, 10)[:2]
    model = nn.Sequential(*layers, nn.Flatten())
    assert sum(p.numel() for p in model.parameters()) == 12126
    return model


def floats(images, order):
    x = images.float().sub_(255 * MEAN).div_(255 * DEVIATION).unsqueeze(1)
    return x.contiguous(memory_format=order)


def crops(padded, places):
    count, places_along = len(places), 2 * PAD + 1
    down, right = torch.randint(places_along, (count,)), torch.randint(places_along, (count,))
    windows = padded.index_select(0, places).unfold(1, SIDE, 1).unfold(2, SIDE, 1)
    return windows[torch.arange(count), down, right]


def accuracy(model, images, labels, order):
    model.eval()
    with torch.no_grad():
        right = sum((model(floats(images[k:k + 500], order)).argmax(1) == labels[k:k + 500]).sum().item()
                    for k in range(0, len(images), 500))
    return right / len(images)


def run(train, valid, order):
    (images, labels), model = train, build().to(memory_format=order)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01, foreach=True)
    batches = -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=EPOCHS * batches)
    padded, accuracies, start = F.pad(images, [PAD] * 4), [], time.time()
    for _ in range(EPOCHS):
        model.train()
        for places in torch.randperm(len(images)).split(BATCH):
            loss = F.cross_entropy(model(floats(crops(padded, places), order)), labels.index_select(0, places))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
        accuracies.append(accuracy(model, *valid, order))
    return time.time() - start, accuracies


torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.set_flush_denormal(True)
torch.manual_seed(1)
sets = []
for name in ("train", "valid"):
    pixels, digits = read_idx(name, list(range(10)))
    sets.append((pixels.view(-1, SIDE, SIDE), digits.long()))
for name, order in (("channels last", torch.channels_last), ("contiguous", torch.contiguous_format)):
    seconds, accuracies = run(*sets, order)
    print(f"{torch.__version__} {name}: {seconds:.1f} s, accuracy {accuracies}", flush=True)
