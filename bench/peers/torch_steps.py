"""Times PyTorch's training step on the CPU: forward, backward, update on resident data, the loss read every 50 steps.

Usage: /usr/bin/python3 bench/peers/torch_steps.py THREADS (see serve.py; bench/peers.ts sets the environment)
Needs Debian's python3-torch and libopenblas0.
"""
import time

import torch
from torch import nn

from serve import BATCHES, STEPS_PER_READ, serve, threads_wanted

torch.set_num_threads(threads_wanted())
torch.manual_seed(0)


def dense(sizes):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return layers


def convolution(blocks):
    if blocks is None:
        return []
    layers, channels = [], blocks['image'][0]
    for filters in blocks['filters']:
        layers.append(nn.Conv2d(channels, filters, blocks['kernel'], padding=blocks['kernel'] // 2))
        layers += [nn.ReLU(), nn.MaxPool2d(blocks['pool'])]
        channels = filters
    return [*layers, nn.Flatten()]


class TorchSteps:
    def __init__(self, workload):
        sizes, batch, blocks = workload['sizes'], workload['batchSize'], workload.get('convolution')
        self.net = nn.Sequential(*convolution(blocks), *dense(sizes))
        shape = blocks['image'] if blocks else [sizes[0]]
        kind = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam}[workload['optimizer']]
        self.optimizer = kind(self.net.parameters(), lr=1e-4)
        self.loss = nn.CrossEntropyLoss()
        self.data = [
            (torch.randn(batch, *shape), torch.randint(0, sizes[-1], (batch,))) for _ in range(BATCHES)
        ]

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


serve('PyTorch', torch.__version__, TorchSteps)
