"""convolution.json: every convolution and pooling in a network: outputs, loss, gradients, ten steps; a small CNN's curve."""
import math

import torch
from torch import nn

from .networks import ACTIVATIONS, batches, described, descend, link, loss_of, tensor, tensors

TASK, LOSS, CLASSES = "multi-class", "cross-entropy", 3
LEARNING_RATE, MOMENTUM = 0.05, 0.9
# Gentle: once a network knows its few rows by heart, the loss is so small that float32 shows in it.
CURVE_RATE = 0.02
ROWS = (5, 4)


def pads(total):
    """Before and after, one more after where the total is odd."""
    return (total // 2, total - total // 2)


def convolution(rank, channels, config, sizes):
    """PyTorch's layer for the studio's settings. It refuses strides with padding='same': there zeros are added first."""
    kernel = [config.get("kernelHeight", 0), config.get("kernelWidth", 0)][:rank] if rank == 2 else [0]
    kernel = [each or config.get("kernelSize", 3) for each in kernel]
    stride, dilation = config.get("stride", 1), config.get("dilation", 1)
    kind, padding = config.get("padding", "same"), 0
    before = []
    if kind == "same" and stride == 1:
        padding = "same"
    elif kind == "same":
        totals = [max(0, (-(-n // stride) - 1) * stride + (k - 1) * dilation + 1 - n) for n, k in zip(sizes, kernel)]
        amounts = [each for total in reversed(totals) for each in pads(total)]
        before = [nn.ConstantPad1d(amounts, 0.0) if rank == 1 else nn.ConstantPad2d(amounts, 0.0)]
    elif kind == "explicit":
        padding = config["paddingSize"]
    settings = {"stride": stride, "dilation": dilation}
    settings |= {"groups": config.get("groups", 1), "bias": config.get("bias", True)}
    made = (nn.Conv1d, nn.Conv2d)[rank - 1](channels, config["outChannels"], kernel, padding=padding, **settings)
    return before, made, [ACTIVATIONS[config.get("activation", "relu")]()]


def pooling(made):
    return lambda config: made(
        config.get("kernelSize", 2), stride=config.get("stride", 0) or None, padding=config.get("padding", 0)
    )


POOLS = {
    "max-pool1d": pooling(nn.MaxPool1d),
    "max-pool2d": pooling(nn.MaxPool2d),
    "avg-pool1d": pooling(nn.AvgPool1d),
    "avg-pool2d": pooling(nn.AvgPool2d),
    "flatten": lambda config: nn.Flatten(),
}
GLOBAL_POOLS = {
    "global-avg-pool": (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d),
    "global-max-pool": (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d),
}


def network(shape, layers):
    """Modules that hold parameters are named as the studio's layers; the forward pass goes through all of them."""
    named, order = nn.ModuleDict(), []
    for name, kind, config in layers:
        probe = nn.Sequential(*order)(torch.zeros(1, *shape))
        channels, sizes = probe.shape[1], list(probe.shape[2:])
        if kind in ("conv1d", "conv2d"):
            before, named[name], after = convolution(len(sizes), channels, config, sizes)
            order += [*before, named[name], *after]
        elif kind == "dense":
            named[name] = nn.Linear(channels, config["units"])
            order += [named[name], ACTIVATIONS[config["activation"]]()]
        elif kind in GLOBAL_POOLS:
            order += [GLOBAL_POOLS[kind][len(sizes) - 1](1), nn.Flatten()]
        else:
            order.append(POOLS[kind](config))
    return named, nn.Sequential(*order)


OUTPUT = [("flat", "flatten", {}), ("output", "dense", {"units": CLASSES, "activation": "identity"})]
FIRST = {rank: ("first", f"conv{rank}d", {"outChannels": 3, "activation": "tanh"}) for rank in (1, 2)}


def conv(shape, config):
    kind = f"conv{len(shape) - 1}d"
    # Behind another layer, so that the gradient by its input matters too.
    return shape, [FIRST[len(shape) - 1], ("layer", kind, {"activation": "tanh", **config}), *OUTPUT]


def pool(kind, shape, config):
    return shape, [FIRST[len(shape) - 1], ("layer", kind, config), *OUTPUT]


NETWORKS = [
    conv([2, 5, 4], {"outChannels": 4, "kernelSize": 3, "activation": "relu"}),
    conv([1, 6, 5], {"outChannels": 3, "kernelSize": 4}),
    conv([2, 6, 7], {"outChannels": 3, "kernelSize": 3, "stride": 2, "padding": "valid"}),
    conv([2, 7, 6], {"outChannels": 2, "kernelSize": 3, "stride": 2, "padding": "same"}),
    conv([1, 8, 7], {"outChannels": 2, "kernelSize": 4, "stride": 3, "padding": "same"}),
    conv(
        [2, 6, 5],
        {"outChannels": 3, "kernelHeight": 2, "kernelWidth": 3, "dilation": 2, "padding": "explicit", "paddingSize": 1},
    ),
    conv([2, 5, 5], {"outChannels": 6, "kernelSize": 2, "groups": 3}),
    conv([2, 5, 5], {"outChannels": 3, "kernelSize": 3, "groups": 3, "bias": False, "activation": "sigmoid"}),
    conv([2, 4, 4], {"outChannels": 5, "kernelSize": 1, "padding": "valid", "activation": "gelu"}),
    conv([2, 9], {"outChannels": 4, "kernelSize": 3, "activation": "relu"}),
    conv([1, 8], {"outChannels": 2, "kernelSize": 4, "stride": 2, "padding": "same"}),
    conv([2, 9], {"outChannels": 3, "kernelSize": 2, "dilation": 3, "padding": "valid", "bias": False}),
    conv([2, 7], {"outChannels": 6, "kernelSize": 3, "groups": 3, "padding": "explicit", "paddingSize": 2, "stride": 2}),
    pool("max-pool2d", [1, 6, 5], {}),
    pool("max-pool2d", [1, 6, 7], {"kernelSize": 3, "stride": 2, "padding": 1}),
    pool("avg-pool2d", [1, 6, 5], {}),
    pool("avg-pool2d", [1, 6, 7], {"kernelSize": 3, "stride": 2, "padding": 1}),
    pool("max-pool1d", [2, 7], {}),
    pool("max-pool1d", [2, 9], {"kernelSize": 4, "stride": 1, "padding": 2}),
    pool("avg-pool1d", [2, 7], {}),
    pool("avg-pool1d", [2, 9], {"kernelSize": 3, "stride": 2, "padding": 1}),
    pool("global-avg-pool", [1, 4, 5], {}),
    pool("global-avg-pool", [2, 6], {}),
    pool("global-max-pool", [1, 4, 5], {}),
    pool("global-max-pool", [2, 6], {}),
]

CNN = (
    [1, 8, 8],
    [
        ("conv1", "conv2d", {"outChannels": 4, "kernelSize": 3, "activation": "relu"}),
        ("pool1", "max-pool2d", {}),
        ("conv2", "conv2d", {"outChannels": 6, "kernelSize": 3, "activation": "relu"}),
        ("pool2", "avg-pool2d", {}),
        ("flat", "flatten", {}),
        ("dense1", "dense", {"units": 8, "activation": "relu"}),
        ("output", "dense", {"units": CLASSES, "activation": "identity"}),
    ],
)


def sgd(layers, rate=LEARNING_RATE):
    return torch.optim.SGD(layers.parameters(), lr=rate, momentum=MOMENTUM)


def problem(shape, layers, rows):
    data = batches(TASK, CLASSES, rows, math.prod(shape))
    named, forward = network(shape, layers)
    # Rows are lists of numbers to the studio.
    through = lambda features: forward(features.reshape(-1, *shape))
    plain = [{"name": name, "type": kind, "config": config} for name, kind, config in layers]
    made = {"inputShape": shape, "layers": plain, **described(TASK, LOSS, CLASSES, CLASSES, data)}
    made["parameters"] = tensors(named)
    return data, named, through, made


def one(shape, layers):
    data, named, forward, made = problem(shape, layers, ROWS)
    logits = forward(data[0]["features"])
    value = loss_of(TASK, LOSS, logits, data[0]["targets"])
    value.backward()
    made["outputs"], made["value"] = tensor(link(TASK, LOSS, logits)), value.item()
    made["gradients"] = [{"name": name, **tensor(each.grad)} for name, each in named.named_parameters()]
    descend(sgd(named), forward, TASK, LOSS, data, 10)
    return {**made, "after": tensors(named)}


def curve():
    data, named, forward, made = problem(*CNN, (16, 12))
    losses = descend(sgd(named, CURVE_RATE), forward, TASK, LOSS, data, 200)
    return {"title": "a small CNN", **made, "learningRate": CURVE_RATE, "losses": losses}


def make():
    torch.manual_seed(20240302)
    problems = [one(*entry) for entry in NETWORKS]
    return {"optimizer": {"learningRate": LEARNING_RATE, "momentum": MOMENTUM}, "problems": problems, "curves": [curve()]}
