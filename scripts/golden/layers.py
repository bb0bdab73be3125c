"""
layers.json: every layer that is no convolution or pooling, in a network: outputs, loss, gradients, ten steps, the running
statistics and the answers after them; curves of networks with batch normalization and residual connections.
"""
import math

import torch
from torch import nn

from .networks import ACTIVATIONS, batches, described, descend, link, loss_of, tensor

TASK, LOSS, CLASSES = "multi-class", "cross-entropy", 3
LEARNING_RATE, MOMENTUM = 0.05, 0.9
# Gentle: once a network knows its few rows by heart, the loss is so small that float32 shows in it.
CURVE_RATE = 0.01
ROWS = (5, 4)


def norm(made, config, *sizes):
    return made(*sizes, eps=config.get("eps", 1e-5), affine=config.get("affine", True))


def batch_norm(config, shape):
    made = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
    settings = {"eps": config.get("eps", 1e-5), "affine": config.get("affine", True)}
    return made(shape[0], momentum=config.get("momentum", 0.1), **settings)


def layer_norm(config, shape):
    over = shape if config.get("over") == "row" else shape[-1:]
    return nn.LayerNorm(over, eps=config.get("eps", 1e-5), elementwise_affine=config.get("affine", True))


# Modules with parameters: by the layer's settings and the shape of a row of its input.
MODULES = {
    "dense": lambda config, shape: nn.Linear(shape[0], config["units"]),
    "conv2d": lambda config, shape: nn.Conv2d(shape[0], config["outChannels"], config["kernelSize"], padding="same"),
    "embedding": lambda config, shape: nn.Embedding(config["numEmbeddings"], config["embeddingDim"]),
    "batch-norm": batch_norm,
    "layer-norm": layer_norm,
    "group-norm": lambda config, shape: norm(nn.GroupNorm, config, config["numGroups"], shape[0]),
}


def reshaped(config, x):
    sizes = [config.get("size1", -1), config.get("size2", 0), config.get("size3", 0)]
    return x.reshape(len(x), *[size for size in sizes if size != 0])


PLAIN = {
    "activation": lambda config, x: activated(config, x),
    "flatten": lambda config, x: x.flatten(1),
    "reshape": reshaped,
    "permute": lambda config, x: x.transpose(1, 2),
    "select": lambda config, x: x.narrow(1, config["from"], config["count"]),
    "add": lambda config, *xs: sum(xs),
    "multiply": lambda config, *xs: math.prod(xs),
    "concat": lambda config, *xs: torch.cat(xs, config.get("axis", 0) + 1),
    "global-avg-pool": lambda config, x: x.mean((2, 3)),
}


def activated(config, x):
    name = config.get("activation", "relu")
    return torch.softmax(x, -1) if name == "softmax" else ACTIVATIONS[name]()(x)


class Network(nn.Module):
    """Layers are made, under the studio's names, when the first rows come through."""

    def __init__(self, shape, layers):
        super().__init__()
        self.shape, self.layers = shape, layers
        self.eval()
        self(torch.zeros(2, math.prod(shape)))
        self.train()
        for value in self.parameters():
            # Scales of 1 and shifts of 0 would hide what is wrong with them.
            value.data += 0.1 * torch.randn(value.shape)

    def forward(self, rows):
        return self.passed(rows)[0][self.layers[-1][0]]

    def passed(self, rows):
        """What each layer puts out ("input": the rows), and what the layers with an activation apply it to."""
        sums = {}  # z of a = f(z)
        values = {"input": rows.reshape(-1, *self.shape)}
        for name, kind, inputs, config in self.layers:
            given = [values[each] for each in inputs]
            if kind in PLAIN:
                if kind == "activation":
                    sums[name] = given[0]
                values[name] = PLAIN[kind](config, *given)
                continue
            if not hasattr(self, name):
                self.add_module(name, MODULES[kind](config, list(given[0].shape[1:])).train(self.training))
            y = getattr(self, name)(given[0].long() if kind == "embedding" else given[0])
            if kind in ("dense", "conv2d"):
                sums[name] = y
                y = activated(config, y)
            values[name] = y
        return values, sums

    def kept(self):
        """Parameters, then buffers, but for PyTorch's own count of batches."""
        both = [*self.named_parameters(), *self.named_buffers()]
        return [{"name": name, **tensor(value)} for name, value in both if not name.endswith("num_batches_tracked")]


def dense(name, units, source, activation="identity"):
    return (name, "dense", [source], {"units": units, "activation": activation})


def embedded(entries, size):
    return {"numEmbeddings": entries, "embeddingDim": size, "unknownEntry": True}


def between(size, shape, kind, config):
    """A layer behind another one, so that the gradient by its input matters too."""
    sizes = {f"size{i + 1}": n for i, n in enumerate(shape)}
    first = dense("first", math.prod(shape), "input", "tanh")
    last = [("flat", "flatten", ["layer"], {}), dense("output", CLASSES, "flat")]
    return [size], [first, ("shaped", "reshape", ["first"], sizes), ("layer", kind, ["shaped"], config), *last]


def merging(kind, units=(4, 4), config={}):
    ways = [dense("left", units[0], "input", "tanh"), dense("right", units[1], "input", "sigmoid")]
    return [3], [*ways, ("layer", kind, ["left", "right", "left"], config), dense("output", CLASSES, "layer")]


NETWORKS = [
    between(3, [4], "batch-norm", {}),
    between(3, [3, 4], "batch-norm", {"momentum": 0.3, "eps": 0.01}),
    between(3, [2, 3, 2], "batch-norm", {}),
    between(3, [3, 2, 2], "batch-norm", {"affine": False}),
    between(3, [5], "layer-norm", {}),
    between(3, [3, 4], "layer-norm", {"eps": 0.01}),
    between(3, [2, 3, 2], "layer-norm", {"over": "row"}),
    between(3, [2, 3], "layer-norm", {"affine": False}),
    between(3, [6], "group-norm", {"numGroups": 2}),
    between(3, [4, 3], "group-norm", {"numGroups": 2, "eps": 0.01}),
    between(3, [4, 2, 2], "group-norm", {"numGroups": 4}),
    between(3, [4], "activation", {"activation": "gelu"}),
    between(3, [2, 3], "activation", {"activation": "softmax"}),
    merging("add"),
    merging("multiply"),
    merging("concat", (4, 2)),
    between(3, [2, 3], "permute", {}),
    (
        [2, 3],
        [
            ("words", "embedding", ["input"], {"numEmbeddings": 5, "embeddingDim": 4}),
            ("joined", "concat", ["words", "words"], {"axis": 2}),
            ("flat", "flatten", ["joined"], {}),
            dense("output", CLASSES, "flat"),
        ],
    ),
    between(6, [3, 2], "select", {"from": 1, "count": 2}),
    # A table of numbers and two columns of categories, as the studio puts layers before a network of its own.
    (
        [4],
        [
            ("numbers", "select", ["input"], {"from": 0, "count": 1}),
            ("select_city", "select", ["input"], {"from": 1, "count": 1}),
            ("embed_city", "embedding", ["select_city"], embedded(5, 3)),
            ("flat_city", "flatten", ["embed_city"], {}),
            ("numbers_2", "select", ["input"], {"from": 2, "count": 1}),
            ("select_kind", "select", ["input"], {"from": 3, "count": 1}),
            ("embed_kind", "embedding", ["select_kind"], embedded(3, 2)),
            ("flat_kind", "flatten", ["embed_kind"], {}),
            ("features", "concat", ["numbers", "flat_city", "numbers_2", "flat_kind"], {}),
            dense("hidden", 4, "features", "tanh"),
            dense("output", CLASSES, "hidden"),
        ],
    ),
]

CURVES = [
    (
        "dense layers with batch normalization and residual connections",
        [4],
        [
            dense("stem", 8, "input"),
            ("bn1", "batch-norm", ["stem"], {}),
            ("act1", "activation", ["bn1"], {"activation": "silu"}),
            dense("inner", 8, "act1"),
            ("bn2", "batch-norm", ["inner"], {}),
            ("sum", "add", ["bn2", "stem"], {}),
            ("act2", "activation", ["sum"], {"activation": "silu"}),
            dense("output", CLASSES, "act2"),
        ],
    ),
    (
        "a residual CNN with batch normalization",
        [1, 6, 6],
        [
            ("conv1", "conv2d", ["input"], {"outChannels": 4, "kernelSize": 3, "activation": "identity"}),
            ("bn1", "batch-norm", ["conv1"], {}),
            ("act1", "activation", ["bn1"], {"activation": "silu"}),
            ("conv2", "conv2d", ["act1"], {"outChannels": 4, "kernelSize": 3, "activation": "identity"}),
            ("bn2", "batch-norm", ["conv2"], {}),
            ("sum", "add", ["bn2", "act1"], {}),
            ("act2", "activation", ["sum"], {"activation": "silu"}),
            ("pool", "global-avg-pool", ["act2"], {}),
            dense("output", CLASSES, "pool"),
        ],
    ),
    (
        "embeddings with layer and group normalization",
        [5],
        [
            ("words", "embedding", ["input"], {"numEmbeddings": 7, "embeddingDim": 6}),
            ("ln", "layer-norm", ["words"], {}),
            ("gn", "group-norm", ["ln"], {"numGroups": 5}),
            ("flat", "flatten", ["gn"], {}),
            dense("hidden", 6, "flat", "tanh"),
            dense("output", CLASSES, "hidden"),
        ],
    ),
    (
        "steps of numbers with a column of categories",
        [2, 5],
        [
            ("numbers", "select", ["input"], {"from": 0, "count": 1}),
            ("select_day", "select", ["input"], {"from": 1, "count": 1}),
            ("flat_day", "flatten", ["select_day"], {}),
            ("embed_day", "embedding", ["flat_day"], embedded(4, 3)),
            ("turn_day", "permute", ["embed_day"], {}),
            ("features", "concat", ["numbers", "turn_day"], {}),
            ("flat", "flatten", ["features"], {}),
            dense("hidden", 6, "flat", "tanh"),
            dense("output", CLASSES, "hidden"),
        ],
    ),
]


def sgd(network, rate):
    return torch.optim.SGD(network.parameters(), lr=rate, momentum=MOMENTUM)


def columns(name, shape, layers):
    """The numbers of a row that a layer passes on."""
    if name == "input":
        return range(math.prod(shape))
    kind, inputs, config = next((kind, inputs, config) for each, kind, inputs, config in layers if each == name)
    if kind not in ("select", "flatten"):
        return []
    got = columns(inputs[0], shape, layers)
    each = len(got) // shape[0]
    return got[config["from"] * each : (config["from"] + config["count"]) * each] if kind == "select" else got


def problem(shape, layers, rows):
    data = batches(TASK, CLASSES, rows, math.prod(shape))
    for _, kind, inputs, config in layers:
        if kind == "embedding":
            for batch in data:
                indices = batch["features"][:, columns(inputs[0], shape, layers)]
                drawn = torch.randint(0, config["numEmbeddings"], indices.shape).double()
                batch["features"][:, columns(inputs[0], shape, layers)] = drawn
    network = Network(shape, layers)
    plain = [{"name": name, "type": kind, "inputs": inputs, "config": config} for name, kind, inputs, config in layers]
    made = {"inputShape": shape, "layers": plain, **described(TASK, LOSS, CLASSES, CLASSES, data)}
    made["parameters"] = network.kept()
    return data, network, made


def one(shape, layers):
    data, network, made = problem(shape, layers, ROWS)
    # The first pass would move the running statistics: they are put back.
    state = {name: value.clone() for name, value in network.state_dict().items()}
    logits = network(data[0]["features"])
    value = loss_of(TASK, LOSS, logits, data[0]["targets"])
    value.backward()
    made["outputs"], made["value"] = tensor(link(TASK, LOSS, logits)), value.item()
    made["gradients"] = [{"name": name, **tensor(each.grad)} for name, each in network.named_parameters()]
    # What the studio saves has no count of batches, and loads all the same.
    plain = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    network.load_state_dict(dict(plain), strict=True)
    descend(sgd(network, LEARNING_RATE), network, TASK, LOSS, data, 10)
    network.eval()
    made["answers"] = tensor(link(TASK, LOSS, network(data[0]["features"])))
    return {**made, "after": network.kept()}


def curve(title, shape, layers):
    data, network, made = problem(shape, layers, (16, 12))
    losses = descend(sgd(network, CURVE_RATE), network, TASK, LOSS, data, 200)
    return {"title": title, **made, "learningRate": CURVE_RATE, "losses": losses}


def make():
    torch.manual_seed(20240303)
    problems = [one(*entry) for entry in NETWORKS]
    # A seed of their own, so that one more network above leaves them as they are.
    torch.manual_seed(20240304)
    curves = [curve(*entry) for entry in CURVES]
    return {"optimizer": {"learningRate": LEARNING_RATE, "momentum": MOMENTUM}, "problems": problems, "curves": curves}
