"""targets.json: several values or labels at once, and rows that count differently: whole runs, the rows as they stand."""
import torch

from .networks import link, loss_of, network, tensor, tensors
from .optimizers import made

FEATURES, ROWS, VALIDATION, BATCH, EPOCHS = 4, 28, 11, 12, 20
SGD = ("sgd", {"learningRate": 0.05, "momentum": 0.9})
ADAM = ("adam", {"learningRate": 0.01})
# Task, loss, answers, units, settings of the loss, class weights, whether rows have weights, optimizer.
CASES = [
    ("regression", "squared", 3, 3, {}, None, False, SGD),
    ("regression", "huber", 3, 3, {"delta": 0.7}, None, False, SGD),
    ("regression", "absolute", 2, 2, {}, None, False, ADAM),
    ("multi-label", "log", 4, 4, {"labelSmoothing": 0.1}, None, False, ADAM),
    ("multi-label", "squared", 3, 3, {}, None, False, SGD),
    ("multi-label", "log", 3, 3, {}, None, True, ADAM),
    ("regression", "squared", 1, 1, {}, None, True, SGD),
    ("regression", "squared", 3, 3, {}, None, True, SGD),
    ("regression", "huber", 2, 2, {"delta": 0.7}, None, True, SGD),
    ("binary", "log", 2, 1, {}, None, True, SGD),
    ("binary", "log", 2, 1, {"labelSmoothing": 0.1}, [0.5, 2.0], True, ADAM),
    ("binary", "squared", 2, 1, {}, [0.5, 2.0], True, SGD),
    ("multi-class", "cross-entropy", 3, 3, {}, None, True, SGD),
    ("multi-class", "cross-entropy", 3, 3, {"labelSmoothing": 0.1}, [0.5, 2.0, 1.25], True, ADAM),
    ("multi-class", "hinge", 3, 3, {}, [0.5, 2.0, 1.25], True, ADAM),
]


def weighted(task, loss, logits, targets, config, classes, rows):
    """The mean over rows of each row's weight times its loss, whose parts PyTorch gives without a mean."""
    classes = None if classes is None else torch.tensor(classes, dtype=torch.float64)
    # [N, 1]: both factors of a row.
    both = rows if classes is None else rows * classes[targets.long()]
    smoothing = config.get("labelSmoothing", 0.0)
    if loss == "cross-entropy":
        index = targets[:, 0].long()
        each = torch.nn.CrossEntropyLoss(weight=classes, label_smoothing=smoothing, reduction="none")(logits, index)
        # With class weights, PyTorch's own mean is over those of the rows.
        return (rows[:, 0] * each).sum() / (len(each) if classes is None else classes[index].sum())
    if loss == "log":
        return torch.nn.BCEWithLogitsLoss(weight=both)(logits, targets * (1 - smoothing) + smoothing / 2)
    if loss == "hinge":
        each = torch.nn.MultiMarginLoss(weight=classes, reduction="none")(logits, targets[:, 0].long())
        return (rows[:, 0] * each).mean()
    if loss == "huber":
        return (both * torch.nn.HuberLoss(delta=config["delta"], reduction="none")(logits, targets)).mean()
    return (both * torch.nn.MSELoss(reduction="none")(link(task, loss, logits), targets)).mean()


def samples(rows, task, answers, has_weights, spread):
    features = torch.randn(rows, FEATURES).float().double()
    signal = features @ spread + 0.3 * torch.randn(rows, answers)
    if task == "regression":
        targets = signal.float().double()
    elif task == "multi-label":
        targets = (signal > 0).double()
    else:
        targets = signal.argmax(1, keepdim=True).double()
    # Some rows do not count at all.
    weights = (torch.rand(rows, 1) * 2 * (torch.rand(rows, 1) > 0.1)).float().double()
    return {"features": features, "targets": targets, **({"weights": weights} if has_weights else {})}


def run(task, loss, answers, units, config, classes, has_weights, optimizer):
    spread = torch.randn(FEATURES, answers)
    training, validation = (samples(rows, task, answers, has_weights, spread) for rows in (ROWS, VALIDATION))
    layers, forward = network("tanh", [FEATURES, 6, 4, units])
    with torch.no_grad():
        for parameter in layers.parameters():
            parameter.copy_(parameter.float().double())
    start = tensors(layers)

    def of(rows):
        logits = forward(rows["features"])
        if has_weights:
            return weighted(task, loss, logits, rows["targets"], config, classes, rows["weights"])
        return loss_of(task, loss, logits, rows["targets"], config, classes)

    steps = [{name: each[at : at + BATCH] for name, each in training.items()} for at in range(0, ROWS, BATCH)]
    of(steps[0]).backward()
    gradients = [{"name": name, **tensor(p.grad)} for name, p in layers.named_parameters()]
    moved = made(*optimizer, layers.parameters())
    losses, ends = [], []
    for _ in range(EPOCHS):
        for batch in steps:
            moved.zero_grad()
            value = of(batch)
            value.backward()
            moved.step()
            losses.append(value.item())
        with torch.no_grad():
            ends.append(of(validation).item())
    rows = [{name: tensor(each) for name, each in some.items()} for some in (training, validation)]
    problem = {"task": task, "loss": loss, "answers": answers, "config": config, "classWeights": classes}
    optimizer = {"type": optimizer[0], "config": optimizer[1]}
    settings = {**problem, "optimizer": optimizer, "training": rows[0], "validation": rows[1], "parameters": start}
    return {**settings, "gradients": gradients, "losses": losses, "validationLosses": ends}


def make():
    torch.manual_seed(20240305)
    return {"batchSize": BATCH, "epochs": EPOCHS, "runs": [run(*case) for case in CASES]}
