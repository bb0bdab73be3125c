"""curves.json: whole runs of 200 steps, the rows as they stand: the loss of every step and the end of every epoch."""
import torch

from .networks import loss_of, network, tensor, tensors
from .optimizers import made
from .regularization import regularizer
from .schedules import Scheduler

FEATURES, CLASSES, ROWS, VALIDATION, BATCH, EPOCHS = 5, 3, 60, 25, 16, 50
SGD = ("sgd", {"learningRate": 0.1, "momentum": 0.9})
RUNS = [
    SGD,
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.001}),
    ("adam", {"learningRate": 0.01}),
    ("adamw", {"learningRate": 0.01}),
    ("rmsprop", {"learningRate": 0.003}),
    ("adagrad", {"learningRate": 0.05}),
    # Its steps go by signs: at larger ones a rounding decides where a sign turns.
    ("lion", {"learningRate": 0.001}),
    (*SGD, ("step", {"dropEvery": 10, "dropFactor": 0.5})),
    (*SGD, ("exponential", {"epochDecay": 0.95})),
    (*SGD, ("cosine", {"warmUpEpochs": 5, "finalShare": 0.01})),
    (*SGD, ("one-cycle", {})),
    (*SGD, ("plateau", {"plateauPatience": 1, "plateauFactor": 0.3})),
    ("adam", {"learningRate": 0.02}, ("cosine", {"warmUpEpochs": 2})),
    (*SGD, ("constant", {}), {"l1": 0.001, "l2": 0.01, "clipNorm": 0.5, "clipValue": 0.3}),
]


def samples(rows, centres):
    targets = torch.arange(rows) % CLASSES
    features = centres[targets] + 1.2 * torch.randn(rows, FEATURES)
    return {"features": features.float().double(), "targets": targets.double()[:, None]}


def run(start, training, validation, kind, config, schedule=("constant", {}), regularization=None):
    layers, forward = network("tanh", [FEATURES, 9, 6, CLASSES])
    layers.load_state_dict(start.state_dict())
    optimizer = made(kind, config, layers.parameters())
    adjust = regularizer(layers, **(regularization or {}))
    per_epoch = -(-ROWS // BATCH)
    scheduler = Scheduler(*schedule, optimizer, per_epoch, EPOCHS) if schedule[0] != "constant" else None
    of = lambda rows: loss_of("multi-class", "cross-entropy", forward(rows["features"]), rows["targets"])
    losses, ends = [], []
    for _ in range(EPOCHS):
        for at in range(0, ROWS, BATCH):
            batch = {name: values[at : at + BATCH] for name, values in training.items()}
            optimizer.zero_grad()
            value = of(batch)
            (value + adjust["penalty"]()).backward()
            adjust["clip"]()
            optimizer.step()
            losses.append(value.item())
            if scheduler is not None:
                scheduler.step_ended()
        with torch.no_grad():
            ends.append(of(validation).item())
        if scheduler is not None:
            scheduler.epoch_ended(ends[-1])
    schedule = {"type": schedule[0], "config": schedule[1]}
    settings = {"optimizer": {"type": kind, "config": config}, "schedule": schedule}
    return {**settings, "regularization": regularization or {}, "losses": losses, "validationLosses": ends}


def make():
    torch.manual_seed(20240304)
    centres = torch.randn(CLASSES, FEATURES)
    training, validation = samples(ROWS, centres), samples(VALIDATION, centres)
    start, _ = network("tanh", [FEATURES, 9, 6, CLASSES])
    with torch.no_grad():
        for parameter in start.parameters():
            parameter.copy_(parameter.float().double())
    rows = [{name: tensor(values) for name, values in each.items()} for each in (training, validation)]
    problem = {"batchSize": BATCH, "epochs": EPOCHS, "training": rows[0], "validation": rows[1]}
    runs = [run(start, training, validation, *each) for each in RUNS]
    return {**problem, "parameters": tensors(start), "runs": runs}
