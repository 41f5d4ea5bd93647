#!/usr/bin/python3
"""What fastai's lr_find would make of some curves of losses, in plain Python.

    tests/golden/torch/write.sh lr_sweep

The rules are read from fastai (callback/schedule.py, learner.py) and written down here a second time,
in double precision and with other words than in src/train/lr_sweep.cpp. A curve is

    curve <name> <count> <losses…>          as a model would give them, more than are needed
    taken <count>                           how many losses were taken in before the sweep ended
    exploded <0 or 1>
    range <first> <last>
    smooth <count> <numbers…>               those that were taken in
    valley, slide, minimum, steep <rate>    0: none
"""

import math

RATES = 100


def rate(n):
    return 1e-7 * (10 / 1e-7) ** (n / RATES)


class Noise:
    """Knuth's and Lewis' linear congruential generator, in [-1, 1)."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) / 2**15 - 1


def book(n, noise):
    """A plateau, a valley around 0.01 to 0.3, and the wall."""
    x = math.log10(rate(n))
    fall = 0.55 / (1 + math.exp(-2.5 * (x + 2.6)))
    wall = 0.0 if x < -0.6 else 6.0 * (x + 0.6) ** 2
    return 0.7 - fall + wall + 0.01 * noise.next()


def steady(n, noise):
    return 2.5 - 0.02 * n + 0.05 * noise.next()


def cliff(n, noise):
    return 0.9 - 0.002 * n if n < 60 else 40.0 * (n - 59)


def rough(n, noise):
    return 1.0 + 0.3 * math.sin(n / 4) + 0.3 * noise.next()


def climbing(n, noise):
    return 0.1 + 0.001 * n


def early_end(n, noise):
    return 0.5 if n < 8 else 1000.0


def nan_late(n, noise):
    return 0.8 - 0.004 * n if n < 70 else math.nan


def nan_early(n, noise):
    return 0.7 if n < 3 else math.nan


def nan_at_last(n, noise):
    return 0.8 - 0.004 * n if n < 98 else math.nan


def infinite(n, noise):
    return 0.8 - 0.004 * n if n < 50 else math.inf


def one_dip(n, noise):
    """After the places that are skipped only the second loss is below the first."""
    return 0.4 if n < 11 else 0.39 if n == 11 else 0.5 + 0.01 * n


CURVES = [book, steady, cliff, rough, climbing, early_end, nan_late, nan_early, nan_at_last, infinite,
          one_dip]


def smooth_until_end(losses):
    """fastai goes on through NaNs until all rates had their turn; nothing comes of it."""
    mean, smooth = 0.0, []
    for count, loss in enumerate(losses[:RATES], start=1):
        mean = mean * 0.98 + loss * 0.02
        smooth.append(mean / (1 - 0.98**count))
        best = min(s for s in smooth if not math.isnan(s))
        if smooth[-1] > 4 * best:
            break
    return smooth


def valley(lrs, y):
    ending, longest, end = [], 1, 0
    for i, loss in enumerate(y):
        ending.append(1 + max((ending[j] for j in range(i) if y[j] > loss), default=0))
        if ending[i] > longest:
            longest, end = ending[i], i
    if longest == 1:
        return 0.0
    place = end - longest + int(longest / 3) + int(longest / 6)
    return lrs[max(place, 0)]


def slide(lrs, y):
    n, width = len(y), 15
    if n <= width:
        return 0.0
    inner = [(y[i + 1] - y[i - 1]) / 2 for i in range(1, n - 1)]
    slopes = [y[1] - y[0]] + inner + [y[-1] - y[-2]]
    answer = n - 1 - width
    for left in range(n - 1 - width, -1, -1):
        if abs(slopes[left + width] - slopes[left]) <= 0.005:
            break
        answer = left
    return lrs[answer]


def minimum(lrs, y):
    return lrs[y.index(min(y))] / 10 if y else 0.0


def steep(lrs, y):
    falls = [(b - a) / math.log(q / p) for a, b, p, q in zip(y, y[1:], lrs, lrs[1:])]
    if not falls or min(falls) >= 0:
        return 0.0
    return lrs[falls.index(min(falls))]


def words(numbers):
    return " ".join(f"{x:.7g}" for x in numbers)


def main():
    for number, curve in enumerate(CURVES):
        noise = Noise(number)
        losses = [float(f"{curve(n, noise):.6g}") for n in range(RATES + 5)]
        smooth = smooth_until_end(losses)
        nan = next((i for i, s in enumerate(smooth) if math.isnan(s)), None)
        taken = len(smooth) if nan is None else nan + 1
        end = len(smooth) - 5 if nan is None else min(nan, len(smooth) - 5)
        exploded = nan is not None or smooth[-1] > 4 * min(smooth)
        first, last = (10, end) if end > 10 else (0, 0)
        lrs, y = [rate(n) for n in range(first, last)], smooth[first:last]
        print(f"curve {curve.__name__} {len(losses)} {words(losses)}")
        print(f"taken {taken}\nexploded {int(exploded)}\nrange {first} {last}")
        print(f"smooth {taken} {words(smooth[:taken])}")
        for rule in (valley, slide, minimum, steep):
            print(f"{rule.__name__} {rule(lrs, y):.7g}")


main()
