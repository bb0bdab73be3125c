"""schedules.json: the learning rate of every step, by PyTorch's schedulers."""
import math

import torch
from torch.optim import lr_scheduler

RATE = 0.1
CASES = [
    ("constant", {}, 5, 4),
    ("step", {"dropEvery": 3, "dropFactor": 0.3}, 4, 10),
    ("step", {"dropEvery": 1, "dropFactor": 0.9}, 1, 30),
    ("exponential", {"epochDecay": 0.9}, 7, 12),
    ("cosine", {}, 5, 20),
    ("cosine", {"warmUpEpochs": 3, "finalShare": 0.05}, 5, 20),
    ("cosine", {"warmUpEpochs": 0.5, "finalShare": 0.2}, 9, 4),
    ("one-cycle", {}, 5, 20),
    ("one-cycle", {"risingShare": 0.45, "startDivisor": 10, "endDivisor": 100}, 3, 11),
    ("plateau", {"plateauPatience": 2, "plateauFactor": 0.5}, 2, 60),
    ("plateau", {"plateauPatience": 0, "plateauFactor": 0.5, "plateauThreshold": 0.05, "plateauCooldown": 3, "leastShare": 0.1}, 2, 60),
]


def plateau(optimizer, config):
    return lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=config.get("plateauFactor", 0.3),
        patience=config.get("plateauPatience", 10),
        threshold=config.get("plateauThreshold", 1e-4),
        cooldown=config.get("plateauCooldown", 0),
        min_lr=config.get("leastShare", 0) * optimizer.param_groups[0]["lr"],
        eps=0,
    )


def by_epoch(kind, config, optimizer):
    """A scheduler that is stepped once an epoch, or None."""
    if kind == "step":
        return lr_scheduler.StepLR(optimizer, config["dropEvery"], config["dropFactor"])
    if kind == "exponential":
        return lr_scheduler.ExponentialLR(optimizer, config["epochDecay"])
    return None


def by_step(kind, config, optimizer, per_epoch, epochs):
    """A scheduler that is stepped once a step, or None."""
    rate = optimizer.param_groups[0]["lr"]
    steps = per_epoch * epochs
    if kind == "cosine":
        # Half up, as JavaScript's Math.round.
        warm_up = math.floor(config.get("warmUpEpochs", 0) * per_epoch + 0.5)
        final = rate * config.get("finalShare", 0)
        if warm_up == 0:
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps, eta_min=final)
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warm_up + 1), total_iters=warm_up)
        fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - warm_up, eta_min=final)
        return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warm_up])
    if kind == "one-cycle":
        return lr_scheduler.OneCycleLR(
            optimizer,
            max_lr=rate,
            total_steps=steps,
            pct_start=config.get("risingShare", 0.3),
            div_factor=config.get("startDivisor", 25),
            final_div_factor=config.get("endDivisor", 1e4),
            cycle_momentum=False,
        )
    return None


class Scheduler:
    """What a run steps: the one of the schedule, at the ends of steps and epochs."""

    def __init__(self, kind, config, optimizer, per_epoch, epochs):
        self.each_step = by_step(kind, config, optimizer, per_epoch, epochs)
        self.each_epoch = by_epoch(kind, config, optimizer)
        self.plateau = plateau(optimizer, config) if kind == "plateau" else None
        self.left = per_epoch * epochs

    def step_ended(self):
        self.left -= 1
        # One cycle refuses a step more than it was made for.
        if self.each_step is not None and self.left > 0:
            self.each_step.step()

    def epoch_ended(self, loss):
        if self.each_epoch is not None:
            self.each_epoch.step()
        if self.plateau is not None:
            self.plateau.step(loss)


def rates(kind, config, per_epoch, epochs):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = Scheduler(kind, config, optimizer, per_epoch, epochs)
    # Falls fast, then flat, then in steps with a rise between: every branch of the plateau.
    losses = [round(1 / (1 + epoch) + 0.2 * (epoch // 15 % 2), 3) for epoch in range(epochs)]
    made = []
    for epoch in range(epochs):
        for _ in range(per_epoch):
            made.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step_ended()
        scheduler.epoch_ended(losses[epoch])
    return {"schedule": kind, "config": config, "stepsPerEpoch": per_epoch, "losses": losses, "rates": made}


def make():
    return {"learningRate": RATE, "results": [rates(*case) for case in CASES]}
