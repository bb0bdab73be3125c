"""Small networks with given weights, and what PyTorch makes of them."""
import torch

ACTIVATIONS = {
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "identity": torch.nn.Identity,
    "leaky-relu": torch.nn.LeakyReLU,
    "elu": torch.nn.ELU,
    "selu": torch.nn.SELU,
    "gelu": torch.nn.GELU,
    "silu": torch.nn.SiLU,
    # PyTorch takes z itself for log(1 + e^z) above its threshold of 20, which is 2e-9 off: here it is exact.
    "softplus": lambda: torch.nn.Softplus(threshold=500),
    "softmax": lambda: torch.nn.Softmax(dim=1),
}


def link(task, loss, logits):
    if task == "regression":
        return logits
    if task == "multi-label" or logits.shape[1] == 1:
        return torch.sigmoid(logits)
    return torch.softmax(logits, 1)


def loss_of(task, loss, logits, targets, config=None, weights=None):
    """targets [N, T]: values or labels; [N, 1]: class index. config: the loss's settings; weights: of the classes."""
    config = config or {}
    smoothing = config.get("labelSmoothing", 0.0)
    weights = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    ofRow = None if weights is None else weights[targets.long()]
    if loss == "cross-entropy":
        return torch.nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(logits, targets[:, 0].long())
    if loss == "log":
        wanted = targets * (1 - smoothing) + smoothing / 2
        return torch.nn.BCEWithLogitsLoss(weight=ofRow)(logits, wanted)
    if loss == "absolute":
        return torch.nn.L1Loss()(logits, targets)
    if loss == "huber":
        delta = config.get("delta", 1.0)
        huber = torch.nn.HuberLoss(delta=delta)(logits, targets)
        if delta == 1.0:
            assert torch.equal(huber, torch.nn.SmoothL1Loss(beta=1.0)(logits, targets))
        return huber
    if loss == "hinge":
        if task == "multi-class":
            return torch.nn.MultiMarginLoss(weight=weights)(logits, targets[:, 0].long())
        # PyTorch has none for one score of two classes: the definition.
        short = torch.clamp(1 - (2 * targets - 1) * logits, min=0)
        return (short if ofRow is None else ofRow * short).mean()
    if task == "multi-class":
        targets = torch.nn.functional.one_hot(targets[:, 0].long(), logits.shape[1]).double()
    if ofRow is None:
        return torch.nn.MSELoss()(link(task, loss, logits), targets)
    return (ofRow * (link(task, loss, logits) - targets) ** 2).mean()


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


def batches(task, classes, rows, features):
    """classes: K of them, or T values or labels."""
    made = []
    for n in rows:
        if task == "regression":
            targets = torch.randn(n, classes)
        elif task == "multi-label":
            targets = torch.randint(0, 2, (n, classes)).double()
        else:
            targets = torch.randint(0, classes, (n, 1)).double()
        made.append({"features": torch.randn(n, features), "targets": targets})
    return made


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "data": value.flatten().tolist()}


def tensors(layers):
    return [{"name": name, **tensor(value)} for name, value in layers.named_parameters()]


def described(task, loss, classes, units, data):
    plain = [{key: tensor(value) for key, value in batch.items()} for batch in data]
    return {"task": task, "loss": loss, "classes": classes, "units": units, "batches": plain}


def descend(optimizer, forward, task, loss, data, steps, config=None, weights=None, penalty=None, clip=None):
    """
    Steps over the batches in turn; the loss of each step, without the penalty.

    penalty(): is added to the loss that is differentiated. clip(): changes the gradients before the step.
    """
    losses = []
    for step in range(steps):
        batch = data[step % len(data)]
        optimizer.zero_grad()
        value = loss_of(task, loss, forward(batch["features"]), batch["targets"], config, weights)
        (value if penalty is None else value + penalty()).backward()
        if clip is not None:
            clip()
        optimizer.step()
        losses.append(value.item())
    return losses
