"""Weights between a run folder and PyTorch, in both directions.

    weights.py <weights.safetensors> <rows.json> <state.safetensors>

Loads the run's weights into the module below with `load_state_dict(strict=True)`, after a plain read of the file, and
answers the rows. Then writes the state dict of a module with weights of its own, counters of batches included, and
answers the rows with those. Prints {"run": probabilities, "own": probabilities}.
"""
import json
import struct
import sys

import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 3, 3, padding="same")
        self.norm = torch.nn.BatchNorm2d(3)
        self.dense = torch.nn.Linear(48, 5)
        self.output = torch.nn.Linear(5, 3)

    def forward(self, rows):
        image = self.norm(torch.relu(self.conv(rows.reshape(-1, 1, 4, 4))))
        return self.output(torch.tanh(self.dense(image.flatten(1))))


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", entry
        start, end = entry["data_offsets"]
        values = struct.unpack(f"<{(end - start) // 4}f", data[8 + length + start : 8 + length + end])
        state[name] = torch.tensor(values).reshape(entry["shape"])
    return state


def write(path, state):
    header, body = {}, b""
    for name, tensor in state.items():
        values = tensor.flatten().tolist()
        kind, code = ("I64", "q") if tensor.dtype == torch.int64 else ("F32", "f")
        packed = struct.pack(f"<{len(values)}{code}", *values)
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(packed)]}
        body += packed
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)


def answers(net, rows):
    net.eval()
    with torch.no_grad():
        return torch.softmax(net(rows), dim=1).tolist()


weights, rows_file, state_file = sys.argv[1:]
rows = torch.tensor(json.load(open(rows_file)))
net = Net()
net.load_state_dict(read(weights), strict=True)
torch.manual_seed(7)
own = Net()
own.train()(rows)
write(state_file, own.state_dict())
print(json.dumps({"run": answers(net, rows), "own": answers(own, rows)}))
