"""regularization.json: the parameters after ten steps with penalties on weights and bounded gradients."""
import torch

from .networks import batches, descend, described, network, tensors

SETTINGS = [
    {"l1": 0.05},
    {"l2": 0.1},
    {"clipValue": 0.02},
    {"clipNorm": 0.1},
    # Longer than every gradient: nothing changes.
    {"clipNorm": 100},
    {"l1": 0.02, "l2": 0.05, "clipValue": 0.03, "clipNorm": 0.08},
]
OPTIMIZERS = [("sgd", {"learningRate": 0.1, "momentum": 0.9}), ("adam", {"learningRate": 0.01})]


def made(kind, config, parameters):
    if kind == "adam":
        return torch.optim.Adam(parameters, lr=config["learningRate"])
    return torch.optim.SGD(parameters, lr=config["learningRate"], momentum=config["momentum"])


def regularizer(layers, l1=0, l2=0, clipValue=0, clipNorm=0):
    """penalty and clip for `descend`. Penalties are of weights, not of biases."""
    weights = [p for p in layers.parameters() if p.dim() > 1]

    def penalty():
        return sum(l1 * w.abs().sum() + 0.5 * l2 * (w**2).sum() for w in weights)

    def clip():
        if clipValue:
            torch.nn.utils.clip_grad_value_(layers.parameters(), clipValue)
        if clipNorm:
            torch.nn.utils.clip_grad_norm_(layers.parameters(), clipNorm)

    return {"penalty": penalty, "clip": clip}


def make():
    torch.manual_seed(20240303)
    task, loss, classes, units = "multi-class", "cross-entropy", 3, 3
    data = batches(task, classes, (5, 4), 3)
    start, _ = network("tanh", [3, 4, units])
    with torch.no_grad():
        # Weights that are exactly 0 have no sign.
        start["dense1"].weight[1, 2] = 0
    results = []
    for kind, config in OPTIMIZERS:
        for settings in SETTINGS:
            layers, forward = network("tanh", [3, 4, units])
            layers.load_state_dict(start.state_dict())
            optimizer = made(kind, config, layers.parameters())
            losses = descend(optimizer, forward, task, loss, data, 10, **regularizer(layers, **settings))
            result = {"regularization": settings, "optimizer": kind, "config": config, "losses": losses}
            results.append({**result, "after": tensors(layers)})
    problem = described(task, loss, classes, units, data)
    return {"activation": "tanh", **problem, "parameters": tensors(start), "results": results}
