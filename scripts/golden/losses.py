"""losses.json: losses under settings of their own and class weights: loss, gradients, the parameters after ten steps."""
import torch

from .networks import batches, descend, described, loss_of, network, tensors, tensor

FEATURES, HIDDEN, ROWS = 3, 4, (7, 4)
LEARNING_RATE, MOMENTUM = 0.1, 0.9
TWO, THREE = [0.25, 3.0], [0.5, 2.0, 1.25]
CASES = [
    ("regression", "huber", 1, 1, [({"delta": 0.3}, None), ({"delta": 2.5}, None)]),
    ("binary", "log", 2, 1, [({"labelSmoothing": 0.2}, None), ({}, TWO), ({"labelSmoothing": 0.1}, TWO)]),
    ("binary", "cross-entropy", 2, 2, [({"labelSmoothing": 0.2}, None), ({}, TWO), ({"labelSmoothing": 0.1}, TWO)]),
    ("multi-class", "cross-entropy", 3, 3, [({"labelSmoothing": 0.2}, None), ({}, THREE), ({"labelSmoothing": 0.1}, THREE)]),
    ("binary", "hinge", 2, 1, [({}, TWO)]),
    ("multi-class", "hinge", 3, 3, [({}, THREE)]),
    ("binary", "squared", 2, 1, [({}, TWO)]),
    ("multi-class", "squared", 3, 3, [({}, THREE)]),
    ("multi-label", "log", 3, 3, [({"labelSmoothing": 0.2}, None)]),
]


def problem(task, loss, classes, units, settings):
    data = batches(task, classes, ROWS, FEATURES)
    sizes = [FEATURES, HIDDEN, units]
    start, _ = network("tanh", sizes)
    results = []
    for config, weights in settings:
        layers, forward = network("tanh", sizes)
        layers.load_state_dict(start.state_dict())
        value = loss_of(task, loss, forward(data[0]["features"]), data[0]["targets"], config, weights)
        value.backward()
        gradients = [{"name": n, **tensor(p.grad)} for n, p in layers.named_parameters()]
        optimizer = torch.optim.SGD(layers.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
        descend(optimizer, forward, task, loss, data, 10, config, weights)
        result = {"config": config, "classWeights": weights, "loss": value.item()}
        results.append({**result, "gradients": gradients, "after": tensors(layers)})
    return {**described(task, loss, classes, units, data), "parameters": tensors(start), "results": results}


def make():
    torch.manual_seed(20240302)
    optimizer = {"learningRate": LEARNING_RATE, "momentum": MOMENTUM}
    return {"optimizer": optimizer, "problems": [problem(*case) for case in CASES]}
