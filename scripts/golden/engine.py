"""engine.json: losses and activations in networks: outputs, losses, gradients, ten steps; a curve of 200 steps."""
import torch

from .networks import batches, descend, described, link, loss_of, network, tensor, tensors

FEATURES, HIDDEN, ROWS = 3, 4, (5, 4)
LEARNING_RATE, MOMENTUM = 0.1, 0.9
FIRST = ("relu", "tanh", "sigmoid", "identity")
MORE = ("leaky-relu", "elu", "selu", "gelu", "silu", "softplus", "softmax")
PROBLEMS = [
    ("regression", "squared", 1, 1, FIRST),
    ("binary", "squared", 2, 1, FIRST),
    ("multi-class", "squared", 3, 3, FIRST),
    ("binary", "log", 2, 1, FIRST),
    ("binary", "cross-entropy", 2, 2, FIRST),
    ("multi-class", "cross-entropy", 3, 3, FIRST),
]
MORE_PROBLEMS = [
    ("multi-class", "cross-entropy", 3, 3, MORE),
    ("regression", "absolute", 1, 1, ("tanh",)),
    ("regression", "huber", 1, 1, ("tanh",)),
    ("binary", "hinge", 2, 1, ("tanh",)),
    ("multi-class", "hinge", 3, 3, ("tanh",)),
    ("multi-label", "log", 3, 3, ("tanh",)),
    ("multi-label", "squared", 3, 3, ("tanh",)),
]


def sgd(layers):
    return torch.optim.SGD(layers.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)


def problem(task, loss, classes, units, activations):
    data = batches(task, classes, ROWS, FEATURES)
    start, _ = network("identity", [FEATURES, HIDDEN, units])
    results = []
    for activation in activations:
        layers, forward = network(activation, [FEATURES, HIDDEN, units])
        layers.load_state_dict(start.state_dict())
        logits = forward(data[0]["features"])
        value = loss_of(task, loss, logits, data[0]["targets"])
        value.backward()
        gradients = [{"name": n, **tensor(p.grad)} for n, p in layers.named_parameters()]
        result = {"activation": activation, "outputs": tensor(link(task, loss, logits)), "loss": value.item()}
        descend(sgd(layers), forward, task, loss, data, 10)
        results.append({**result, "gradients": gradients, "after": tensors(layers)})
    return {**described(task, loss, classes, units, data), "parameters": tensors(start), "results": results}


def curve():
    task, loss, classes, units = "multi-class", "cross-entropy", 3, 3
    data = batches(task, classes, (8, 6), 4)
    layers, forward = network("tanh", [4, 6, 5, units])
    start = tensors(layers)
    losses = descend(sgd(layers), forward, task, loss, data, 200)
    made = {**described(task, loss, classes, units, data), "parameters": start}
    return {**made, "activation": "tanh", "losses": losses}


def make():
    torch.manual_seed(20240229)
    first = [problem(*entry) for entry in PROBLEMS]
    long = curve()
    return {
        "optimizer": {"learningRate": LEARNING_RATE, "momentum": MOMENTUM},
        "problems": first + [problem(*entry) for entry in MORE_PROBLEMS],
        "curve": long,
    }
