"""optimizers.json: the parameters after ten steps of each optimizer under several settings, by the studio's names."""
import numpy
import torch

from .networks import batches, descend, described, network, tensors

SETTINGS = [
    ("sgd", {"learningRate": 0.1, "momentum": 0}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("sgd", {"learningRate": 0.1, "momentum": 0, "weightDecay": 0.1}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.5, "dampening": 0.9, "weightDecay": 0.1}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.5, "nesterov": True, "weightDecay": 0.05}),
    ("adam", {"learningRate": 0.01}),
    ("adam", {"learningRate": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weightDecay": 0.1}),
    ("adam", {"learningRate": 0.01, "beta1": 0}),
    ("adamw", {"learningRate": 0.01}),
    ("adamw", {"learningRate": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weightDecay": 0.3}),
    ("adamw", {"learningRate": 0.01, "weightDecay": 0}),
    ("rmsprop", {"learningRate": 0.01}),
    ("rmsprop", {"learningRate": 0.01, "momentum": 0.9}),
    ("rmsprop", {"learningRate": 0.01, "centered": True}),
    ("rmsprop", {"learningRate": 0.02, "alpha": 0.9, "eps": 1e-3, "momentum": 0.5, "centered": True, "weightDecay": 0.1}),
    ("adagrad", {"learningRate": 0.1}),
    ("adagrad", {"learningRate": 0.1, "learningRateDecay": 0.1, "initialAccumulator": 0.5, "eps": 1e-3, "weightDecay": 0.1}),
    ("lion", {"learningRate": 0.01}),
    ("lion", {"learningRate": 0.01, "beta1": 0.5, "beta2": 0.8, "weightDecay": 0.3}),
]

NAMES = {
    "learningRate": "lr",
    "weightDecay": "weight_decay",
    "learningRateDecay": "lr_decay",
    "initialAccumulator": "initial_accumulator_value",
}
PEERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}


class Lion:
    """Algorithm 2 of "Symbolic Discovery of Optimization Algorithms" (Chen et al. 2023), in NumPy: PyTorch has none."""

    def __init__(self, parameters, learningRate, beta1=0.9, beta2=0.99, weightDecay=0.0):
        self.parameters = list(parameters)
        self.momenta = [numpy.zeros(tuple(p.shape)) for p in self.parameters]
        self.rate, self.beta1, self.beta2, self.decay = learningRate, beta1, beta2, weightDecay

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        for i, parameter in enumerate(self.parameters):
            theta, g, m = parameter.data.numpy(), parameter.grad.numpy(), self.momenta[i]
            update = numpy.sign(self.beta1 * m + (1 - self.beta1) * g)
            theta -= self.rate * (update + self.decay * theta)
            self.momenta[i] = self.beta2 * m + (1 - self.beta2) * g


def made(kind, config, parameters):
    if kind == "lion":
        return Lion(parameters, **config)
    settings = {NAMES.get(key, key): value for key, value in config.items()}
    if kind in ("adam", "adamw"):
        settings["betas"] = (settings.pop("beta1", 0.9), settings.pop("beta2", 0.999))
    return PEERS[kind](parameters, **settings)


def make():
    torch.manual_seed(20240301)
    task, loss, classes, units = "multi-class", "cross-entropy", 3, 3
    data = batches(task, classes, (5, 4), 3)
    start, _ = network("tanh", [3, 4, units])
    results = []
    for kind, config in SETTINGS:
        layers, forward = network("tanh", [3, 4, units])
        layers.load_state_dict(start.state_dict())
        descend(made(kind, config, layers.parameters()), forward, task, loss, data, 10)
        results.append({"optimizer": kind, "config": config, "after": tensors(layers)})
    problem = described(task, loss, classes, units, data)
    return {"activation": "tanh", **problem, "parameters": tensors(start), "results": results}
