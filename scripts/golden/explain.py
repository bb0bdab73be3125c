"""
explain.json: one step of training with everything between its input and its new weights: z and a of each layer, the gradients
of both, those of the parameters, and what the optimizer remembers and makes of them.

The step is the fourth, so that velocity and moments are no longer 0. Dense networks take it with one row, networks with batch
normalization and convolution with several.
"""
import math

import torch

from .layers import Network, dense
from .networks import batches, described, descend, link, loss_of, tensor
from .optimizers import made

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "softplus")
LOSSES = [("regression", "squared", 2, 2), ("binary", "log", 2, 1), ("multi-class", "cross-entropy", 3, 3)]
OPTIMIZERS = [("sgd", {"learningRate": 0.1, "momentum": 0.9}), ("adam", {"learningRate": 0.05})]
# What PyTorch calls what they remember, by the studio's names.
SLOTS = {"sgd": {"velocity": "momentum_buffer"}, "adam": {"mean": "exp_avg", "meanSquare": "exp_avg_sq"}}
FEATURES = 3
STEPS_BEFORE, ROWS_BEFORE = 3, 4


def dense_layers(activation, units):
    first, second = dense("dense1", 5, "input", activation), dense("dense2", 4, "dense1", activation)
    return [first, second, dense("output", units, "dense2")]


NORMALIZED = [
    dense("dense1", 5, "input", "tanh"),
    ("norm", "batch-norm", ["dense1"], {}),
    ("act", "activation", ["norm"], {"activation": "gelu"}),
    dense("output", 3, "act"),
]
CONVOLUTION = [
    ("conv", "conv2d", ["input"], {"outChannels": 2, "kernelSize": 3, "activation": "tanh"}),
    ("flat", "flatten", ["conv"], {}),
    dense("output", 3, "flat"),
]


def explained(shape, layers, task, loss, classes, units, optimizer, rows):
    kind, config = optimizer
    network = Network(shape, layers)
    before, data = (batches(task, classes, (n,), math.prod(shape)) for n in (ROWS_BEFORE, rows))
    descent = made(kind, config, network.parameters())
    descend(descent, network, task, loss, before, STEPS_BEFORE)
    held = network.kept()
    remembered = states(network, descent, kind)

    descent.zero_grad()
    features = data[0]["features"].requires_grad_()
    values, sums = network.passed(features)
    for value in (*values.values(), *sums.values()):
        value.retain_grad()
    answers = values[layers[-1][0]]
    error = loss_of(task, loss, answers, data[0]["targets"])
    error.backward()
    descent.step()

    # The network answers by the link of its loss.
    said = {**values, layers[-1][0]: link(task, loss, answers)}
    plain = [{"name": name, "type": kind, "inputs": inputs, "config": config} for name, kind, inputs, config in layers]
    return {
        "inputShape": shape,
        "layers": plain,
        **described(task, loss, classes, units, data),
        "parameters": held,
        "optimizer": {"type": kind, "config": config},
        "step": STEPS_BEFORE + 1,
        "value": error.item(),
        "inputGradient": tensor(features.grad),
        "passed": [
            {
                "layer": name,
                "z": tensor(sums[name]) if name in sums else None,
                "a": tensor(said[name]),
                "gradient": tensor(values[name].grad),
                "delta": tensor(sums[name].grad) if name in sums else None,
            }
            for name, *_ in layers
        ],
        "gradients": [{"name": name, **tensor(each.grad)} for name, each in network.named_parameters()],
        "remembered": remembered,
        "remembers": states(network, descent, kind),
        "after": network.kept(),
    }


def states(network, descent, kind):
    return [
        {"parameter": name, "slot": slot, "data": tensor(descent.state[each][peer])["data"]}
        for name, each in network.named_parameters()
        for slot, peer in SLOTS[kind].items()
    ]


def make():
    torch.manual_seed(20240305)
    adam = OPTIMIZERS[1]
    steps = [
        explained([FEATURES], dense_layers(activation, entry[-1]), *entry, optimizer, 1)
        for entry in LOSSES
        for activation in ACTIVATIONS
        for optimizer in OPTIMIZERS
    ]
    for shape, layers in (([FEATURES], NORMALIZED), ([1, 4, 4], CONVOLUTION)):
        steps.append(explained(shape, layers, *LOSSES[-1], adam, ROWS_BEFORE))
    return {"steps": steps}
