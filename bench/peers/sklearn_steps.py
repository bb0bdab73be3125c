"""Times scikit-learn's training step: MLPClassifier on resident data.

Usage: /usr/bin/python3 bench/peers/sklearn_steps.py THREADS (see serve.py; bench/peers.ts sets the environment)
Needs Debian's python3-sklearn and libopenblas0. Its best way to take steps is `fit` over whole epochs of consecutive
batches: `partial_fit` checks its input anew at each call. It computes the loss at every step, wanted or not.
"""
import math
import time
import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from serve import BATCHES, Unsupported, serve

warnings.simplefilter('ignore', ConvergenceWarning)


class SklearnSteps:
    def __init__(self, workload):
        if 'convolution' in workload:
            raise Unsupported('has no convolution')
        features, *hidden, classes = workload['sizes']
        self.differs = 'two classes as one logistic output' if classes == 2 else None
        batch = workload['batchSize']
        rng = np.random.default_rng(0)
        self.x = rng.standard_normal((batch * BATCHES, features), dtype=np.float32)
        self.y = np.arange(batch * BATCHES) % classes
        self.net = MLPClassifier(
            hidden, activation='relu', solver=workload['optimizer'], alpha=0, batch_size=batch, learning_rate_init=1e-4,
            momentum=0, nesterovs_momentum=False, shuffle=False, warm_start=True, tol=0, n_iter_no_change=2**31,
            random_state=0)

    def run(self, steps):
        epochs = math.ceil(steps / BATCHES)
        self.net.max_iter = epochs
        start = time.perf_counter()
        self.net.fit(self.x, self.y)
        return (time.perf_counter() - start) / (epochs * BATCHES)


serve('scikit-learn', sklearn.__version__, SklearnSteps)
