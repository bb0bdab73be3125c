#!/usr/bin/env python3
"""Golden values of the engine from PyTorch, NumPy and scikit-learn, in float64: tests/golden/*.json.

    apt-get install -y python3-torch python3-sklearn libopenblas0
    /usr/bin/python3 scripts/make-golden.py

engine.json       for every loss and task, and every activation: a network 3 -> 4 -> K with given weights and two
                  batches of unequal size. On the first batch the outputs, the loss and every gradient; then the
                  parameters after ten SGD steps with momentum over the two batches in turn. Last, the losses of 200
                  steps of a deeper network.
losses.json       the same for losses with settings of their own and class weights.
optimizers.json   the parameters after ten steps of every optimizer, under several settings.
regularization.json  the parameters after ten steps with penalties and bounded gradients.
schedules.json    the learning rate of every step under every schedule.
targets.json      whole runs with several values or labels, and with weighted rows: the gradients of the first step and
                  the losses of 60.
curves.json       the losses of 200 steps of whole runs: every optimizer, every schedule.
convolution.json  the same as engine.json for networks with each kind of convolution and pooling, and a small CNN.
layers.json       the same for every other layer, with the running statistics and the answers after ten steps; curves of
                  residual networks with batch normalization.
functions.json    every activation and its derivative at points near and far; erf.
metrics.json      metrics of given answers.
explain.json      one step with everything between its input and its new weights.
landscape.json    eigenvalues of matrices, principal planes of paths.
baselines.json    losses of linear and logistic regression on the samples.

The same script gives the same numbers: nothing is drawn but from a fixed seed.
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True

import torch

torch.set_default_dtype(torch.float64)

from golden import convolution, curves, engine, functions, layers, losses, metrics, optimizers, regularization, schedules
from golden import baselines, explain, landscape, targets

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
TORCH = f"PyTorch {torch.__version__}, float64"
FILES = [
    ("engine.json", TORCH, engine),
    ("optimizers.json", f"{TORCH}; Lion: NumPy", optimizers),
    ("losses.json", TORCH, losses),
    ("regularization.json", TORCH, regularization),
    ("schedules.json", TORCH, schedules),
    ("targets.json", TORCH, targets),
    ("curves.json", f"{TORCH}; Lion: NumPy", curves),
    ("convolution.json", TORCH, convolution),
    ("layers.json", TORCH, layers),
    ("functions.json", TORCH, functions),
    ("metrics.json", metrics.SOURCE, metrics),
    ("explain.json", TORCH, explain),
    ("landscape.json", landscape.SOURCE, landscape),
    ("baselines.json", baselines.SOURCE, baselines),
]
# How an entry starts, in one of the files.
STARTS = ['{"task"', '{"activation"', '{"optimizer":"', '{"optimizer":{"type"', '{"schedule":', '{"regularization"']
STARTS += ['{"matrix"', '{"snapshots"', '{"file"', '{"config"', '{"name":"t', '{"name":"s', '{"name":"v', '{"name":"l', '{"inputShape"']

OUT.mkdir(parents=True, exist_ok=True)
for name, source, module in FILES:
    golden = {"source": f"{source}, scripts/make-golden.py", **module.make()}
    # One line an entry: small, and a difference still shows where it is.
    text = json.dumps(golden, separators=(",", ":"))
    for start in STARTS:
        text = text.replace(start, "\n" + start)
    (OUT / name).write_text(text + "\n")
    print(f"{name}: {(OUT / name).stat().st_size} bytes")
