"""One full training step of a small MLP in PyTorch on one CPU thread: forward, mse, backward, Adam.

The workloads are in train-workloads.json, which our own bench reads too: `sizes` lists inputs, hidden layers and
outputs; the activation follows every hidden layer, the output is linear; mse is the mean over batch and outputs;
Adam has torch's defaults (betas 0.9 and 0.999, eps 1e-8) and the given learning rate. f32, one fixed batch.

Plain eager code, with each of Adam's implementations (one loop per tensor, foreach, fused). They run in turns of a
fraction of the time each, so that noise from the machine meets all alike. The first row of a workload is the
fastest eager one by median; `tried` has the medians of all. `--compile` adds a row with forward and loss under
torch.compile and fused Adam.

usage: torch_train_step.py [--seconds PER_VARIANT] [--only NAME]... [--compile]
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported
os.environ["MKL_NUM_THREADS"] = "1"
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import numpy
import torch
from torch import nn

ADAM = {"loop": {"foreach": False, "fused": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
ACTIVATION = {"tanh": nn.Tanh, "relu": nn.ReLU}
ROUNDS = 10
WARMUP_STEPS = 30


def make_network(sizes, activation):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(ACTIVATION[activation]())
    return nn.Sequential(*layers)


def make_step(workload, adam, compiled=False):
    """The training step as users write it, returning its loss; every variant starts from the same weights."""
    torch.manual_seed(1)
    inputs, outputs = workload["sizes"][0], workload["sizes"][-1]
    x = torch.randn(workload["batch"], inputs)
    y = torch.randn(workload["batch"], outputs)
    network = make_network(workload["sizes"], workload["activation"])
    optimizer = torch.optim.Adam(network.parameters(), lr=workload["learningRate"], **ADAM[adam])
    mse = nn.MSELoss()
    forward = torch.compile(lambda: mse(network(x), y)) if compiled else lambda: mse(network(x), y)

    def step():
        optimizer.zero_grad()
        loss = forward()
        loss.backward()
        optimizer.step()
        return loss

    return step


def time_in_turns(steps, seconds):
    """Milliseconds of every step, per variant, measured in ROUNDS turns after a warm-up."""
    times = {name: [] for name in steps}
    for step in steps.values():
        for _ in range(WARMUP_STEPS):
            step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            turn_ends = time.perf_counter() + seconds / ROUNDS
            while (start := time.perf_counter()) < turn_ends:
                step()
                times[name].append((time.perf_counter() - start) * 1e3)
    return times


def row(workload, mode, adam, times):
    return {
        "workload": workload["name"],
        "mode": mode,
        "adam": adam,
        "medianMs": statistics.median(times),
        "minMs": min(times),
        "repeats": len(times),
    }


def rows_of(workload, seconds, with_compiled):
    if workload["loss"] != "mse":
        raise SystemExit(f"{workload['name']}: got loss {workload['loss']!r}, expected 'mse'")
    steps = {adam: make_step(workload, adam) for adam in ADAM}
    if with_compiled:
        steps["compiled"] = make_step(workload, "fused", compiled=True)
    first_losses = [step().item() for step in steps.values()]
    if max(first_losses) - min(first_losses) > 1e-5:
        raise SystemExit(f"{workload['name']}: variants of one network start at different losses: {first_losses}")

    times = time_in_turns(steps, seconds)
    tried = {adam: statistics.median(times[adam]) for adam in ADAM}
    fastest = min(tried, key=tried.get)
    rows = [{**row(workload, "eager", fastest, times[fastest]), "tried": tried}]
    if with_compiled:
        rows.append(row(workload, "compiled", "fused", times["compiled"]))
    return rows


def main():
    parser = argparse.ArgumentParser(description="Time full training steps in PyTorch on one CPU thread.")
    parser.add_argument("--seconds", type=float, default=2.0, help="per variant and workload (default 2)")
    parser.add_argument("--only", action="append", metavar="NAME", help="this workload; may be repeated")
    parser.add_argument("--compile", action="store_true", help="add a torch.compile row (needs a C++ compiler)")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    workloads = json.loads((Path(__file__).parent / "train-workloads.json").read_text())
    names = [w["name"] for w in workloads]
    unknown = [name for name in args.only or [] if name not in names]
    if unknown:
        raise SystemExit(f"--only: got {unknown[0]!r}, expected one of {names}")

    rows = []
    for workload in workloads:
        if not args.only or workload["name"] in args.only:
            rows += rows_of(workload, args.seconds, args.compile)
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}
    print(json.dumps({"versions": versions, "threads": torch.get_num_threads(), "rows": rows}))


main()
