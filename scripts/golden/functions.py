"""functions.json: each activation and its derivative at points near and far, and erf."""
import math

import torch

from .networks import ACTIVATIONS

POINTS = [-40, -20.5, -8, -5, -3, -1.7, -1, -0.5, -0.1, -1e-3, -1e-9, 0, 1e-9, 1e-3, 0.1, 0.5, 1, 1.7, 3, 5, 8, 20.5, 40]
ERF = [-7, -6, -3.999, -1e-300, 0, 1e-20, 1e-8, 1e-3, 5.5, 6, 6.1] + [i / 10 for i in range(1, 60, 2)] + [4.001, 2.0000001]


def activation(name):
    # One row for all points: softmax then sees them as its units.
    z = torch.tensor([POINTS], dtype=torch.float64, requires_grad=True)
    weights = torch.tensor([[math.cos(i) for i in range(len(POINTS))]], dtype=torch.float64)
    y = ACTIVATIONS[name]()(z)
    (y * weights).sum().backward()
    return {"activation": name, "values": y[0].tolist(), "gradient": z.grad[0].tolist()}


def make():
    return {
        "points": POINTS,
        "activations": [activation(name) for name in ACTIVATIONS],
        "erf": [[x, math.erf(x)] for x in ERF],
    }
