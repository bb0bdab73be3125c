"""Times PyTorch's training step (CPU) for bench/index.ts.

Usage: /usr/bin/python3 bench/peers/torch_steps.py THREADS
Reads one workload a line from stdin, as JSON {"name", "sizes", "batchSize", "optimizer", "steps"}, and answers each
with the microseconds per step of one timing: forward, backward, update on resident data, the loss read every 50 steps.

A peer is compared at its best: with a C allocator that keeps its pages (without that, every step of a big network maps
and unmaps its gradients anew), and `set_to_none`. Needs Debian's python3-torch and libopenblas0.
"""
import json
import os
import sys
import time

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
BEST = {
    'OMP_NUM_THREADS': str(threads),
    'OPENBLAS_NUM_THREADS': str(threads),
    'MALLOC_MMAP_THRESHOLD_': str(2**32),
    'MALLOC_TRIM_THRESHOLD_': str(2**34),
}
if any(os.environ.get(key) != value for key, value in BEST.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **BEST})

import torch  # noqa: E402  (after the environment is set)
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(0)

BATCHES = 8
STEPS_PER_READ = 50


class Steps:
    def __init__(self, workload):
        sizes, batch = workload['sizes'], workload['batchSize']
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        self.net = nn.Sequential(*layers)
        kind = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam}[workload['optimizer']]
        self.optimizer = kind(self.net.parameters(), lr=1e-4)
        self.loss = nn.CrossEntropyLoss()
        self.data = [
            (torch.randn(batch, sizes[0]), torch.randint(0, sizes[-1], (batch,))) for _ in range(BATCHES)
        ]
        self.run(max(3, workload['steps'] // 20))

    def run(self, steps):
        start = time.perf_counter()
        for step in range(steps):
            x, y = self.data[step % BATCHES]
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.net(x), y)
            loss.backward()
            self.optimizer.step()
            if step % STEPS_PER_READ == STEPS_PER_READ - 1:
                loss.item()
        return (time.perf_counter() - start) / steps


known = {}
print(json.dumps({'peer': 'PyTorch', 'version': torch.__version__, 'threads': threads}), flush=True)
for line in sys.stdin:
    workload = json.loads(line)
    name = workload['name']
    if name not in known:
        known[name] = Steps(workload)
    print(json.dumps({'workload': name, 'microsecondsPerStep': known[name].run(workload['steps']) * 1e6}), flush=True)
