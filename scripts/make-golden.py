#!/usr/bin/env python3
"""Golden values of the engine from PyTorch, in float64: tests/golden/engine.json.

    apt-get install -y python3-torch libopenblas0
    /usr/bin/python3 scripts/make-golden.py

For every loss and task, and every activation: a network 3 -> 4 -> K with given weights and two batches of
unequal size. On the first batch the outputs, the loss and every gradient; then the parameters after ten SGD
steps with momentum over the two batches in turn. Last, the losses of 200 steps of a deeper network.
The same script gives the same numbers: nothing is drawn but from a fixed seed.
"""
import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20240229)

FEATURES, HIDDEN, ROWS = 3, 4, (5, 4)
LEARNING_RATE, MOMENTUM = 0.1, 0.9
PROBLEMS = [
    ("regression", "squared", 1, 1),
    ("binary", "squared", 2, 1),
    ("multi-class", "squared", 3, 3),
    ("binary", "log", 2, 1),
    ("binary", "cross-entropy", 2, 2),
    ("multi-class", "cross-entropy", 3, 3),
]
ACTIVATIONS = {
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "identity": torch.nn.Identity,
}
OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "engine.json"


def link(task, loss, logits):
    if task == "regression":
        return logits
    return torch.sigmoid(logits) if logits.shape[1] == 1 else torch.softmax(logits, 1)


def loss_of(task, loss, logits, targets):
    """targets [N, 1]: value or class index."""
    if loss == "cross-entropy":
        return torch.nn.CrossEntropyLoss()(logits, targets[:, 0].long())
    if loss == "log":
        return torch.nn.BCEWithLogitsLoss()(logits, targets)
    if task == "multi-class":
        targets = torch.nn.functional.one_hot(targets[:, 0].long(), logits.shape[1]).double()
    return torch.nn.MSELoss()(link(task, loss, logits), targets)


def network(activation, sizes):
    """Dense layers named as the studio names them: dense1, dense2, ..., output."""
    layers = torch.nn.ModuleDict()
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layers[f"dense{i + 1}" if i < len(sizes) - 2 else "output"] = torch.nn.Linear(inputs, outputs)

    def forward(x):
        for name, layer in layers.items():
            x = layer(x)
            if name != "output":
                x = ACTIVATIONS[activation]()(x)
        return x

    return layers, forward


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "data": value.flatten().tolist()}


def tensors(layers):
    return [{"name": name, **tensor(value)} for name, value in layers.named_parameters()]


def batches(task, classes, rows, features):
    made = []
    for n in rows:
        targets = torch.randn(n, 1) if task == "regression" else torch.randint(0, classes, (n, 1)).double()
        made.append({"features": torch.randn(n, features), "targets": targets})
    return made


def problem(task, loss, classes, units):
    data = batches(task, classes, ROWS, FEATURES)
    start, _ = network("identity", [FEATURES, HIDDEN, units])
    results = []
    for activation in ACTIVATIONS:
        layers, forward = network(activation, [FEATURES, HIDDEN, units])
        layers.load_state_dict(start.state_dict())
        logits = forward(data[0]["features"])
        value = loss_of(task, loss, logits, data[0]["targets"])
        value.backward()
        gradients = [{"name": n, **tensor(p.grad)} for n, p in layers.named_parameters()]
        result = {"activation": activation, "outputs": tensor(link(task, loss, logits)), "loss": value.item()}
        descend(layers, forward, task, loss, data, 10)
        results.append({**result, "gradients": gradients, "after": tensors(layers)})
    return {**described(task, loss, classes, units, data), "parameters": tensors(start), "results": results}


def curve():
    task, loss, classes, units = "multi-class", "cross-entropy", 3, 3
    data = batches(task, classes, (8, 6), 4)
    layers, forward = network("tanh", [4, 6, 5, units])
    start = tensors(layers)
    losses = descend(layers, forward, task, loss, data, 200)
    made = {**described(task, loss, classes, units, data), "parameters": start}
    return {**made, "activation": "tanh", "losses": losses}


def described(task, loss, classes, units, data):
    plain = [{key: tensor(value) for key, value in batch.items()} for batch in data]
    return {"task": task, "loss": loss, "classes": classes, "units": units, "batches": plain}


def descend(layers, forward, task, loss, data, steps):
    optimizer = torch.optim.SGD(layers.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses = []
    for step in range(steps):
        batch = data[step % len(data)]
        optimizer.zero_grad()
        value = loss_of(task, loss, forward(batch["features"]), batch["targets"])
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


golden = {
    "source": f"PyTorch {torch.__version__}, float64, scripts/make-golden.py",
    "optimizer": {"learningRate": LEARNING_RATE, "momentum": MOMENTUM},
    "problems": [problem(*entry) for entry in PROBLEMS],
    "curve": curve(),
}
OUT.parent.mkdir(parents=True, exist_ok=True)
with OUT.open("w") as file:
    # One line an entry: small, and a difference still shows where it is.
    text = json.dumps(golden, indent=None, separators=(",", ":"))
    file.write(text.replace('{"task"', '\n{"task"').replace('{"activation"', '\n{"activation"') + "\n")
print(f"{OUT.name}: {len(golden['problems'])} problems, {OUT.stat().st_size} bytes")
