"""One training run of CleanRL or Stable-Baselines3 on CartPole-v1 or Pendulum-v1: its speed and the learning curve.

CleanRL is its own code as it is on PyPI: its module runs as the main program, in an empty folder, and what it prints is
read: `episodic_return` at `global_step`, and its own steps per second. Stable-Baselines3 is called as its users do.
Both get CleanRL's settings of the task (TASKS below); a system's network is its own where it cannot be set.

Prints one line of JSON. `curve` has, for each of 40 equal parts of the run, the mean return of the episodes that ended in
it, null where none did.

usage: control.py cleanrl|sb3 ppo-cartpole|dqn-cartpole|sac-pendulum [--seed N] [--steps N] [--threads N]
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

# The total steps, CleanRL's module with what differs from its defaults, and the same for Stable-Baselines3.
TASKS = {
    "ppo-cartpole": (500_000, "ppo", {}, "CartPole-v1"),
    "dqn-cartpole": (500_000, "dqn", {}, "CartPole-v1"),
    "sac-pendulum": (
        30_000,
        "sac_continuous_action",
        {"env-id": "Pendulum-v1", "policy-lr": 1e-3, "batch-size": 64, "learning-starts": 1000, "buffer-size": 30_000},
        "Pendulum-v1",
    ),
}
BINS = 40

# CleanRL 1.2.0's SAC hands gym 0.23's spaces to Stable-Baselines3's replay buffer, which now expects gymnasium's:
# the same classes under another name. The buffer is told so; nothing else is touched.
# Imports come first so that processor time is that of training.
CLEANRL = """
import runpy, sys, time, gym, gymnasium, torch
from stable_baselines3.common import buffers, preprocessing
from torch.utils.tensorboard import SummaryWriter
module = sys.argv[1]
if module == "sac_continuous_action":
    preprocessing.spaces = buffers.spaces = gym.spaces
sys.argv = sys.argv[1:]
before = time.process_time()
runpy.run_module("cleanrl." + module, run_name="__main__", alter_sys=True)
print("PROCESSOR:", time.process_time() - before)
"""


def run_cleanrl(task, seed, steps):
    total, module, settings, _ = TASKS[task]
    settings = {"seed": seed, "total-timesteps": steps or total, "cuda": False, **settings}
    flags = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", CLEANRL, module, *flags], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"cleanrl.{module} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    episodes = [
        (int(step), float(value))
        for step, value in re.findall(r"global_step=(\d+), episodic_return=\[?(-?[\d.]+)", done.stdout)
    ]
    speeds = re.findall(r"SPS: (\d+)", done.stdout)
    processor = float(re.search(r"PROCESSOR: ([\d.]+)", done.stdout).group(1))
    return episodes, float(speeds[-1]), (steps or total) / processor, settings


def run_sb3(task, seed, steps):
    import torch
    from stable_baselines3 import DQN, PPO, SAC
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    total, _, _, env_id = TASKS[task]
    steps = steps or total
    algorithm, num_envs, settings, network = {
        "ppo-cartpole": (
            PPO,
            4,
            # vf_coef: CleanRL halves the squared error, Stable-Baselines3 does not
            {"n_steps": 128, "batch_size": 128, "n_epochs": 4, "gamma": 0.99, "gae_lambda": 0.95, "clip_range": 0.2,
             "clip_range_vf": 0.2, "ent_coef": 0.01, "vf_coef": 0.25, "max_grad_norm": 0.5, "learning_rate": "2.5e-4 to 0"},
            [64, 64],
        ),
        "dqn-cartpole": (
            DQN,
            1,
            {"learning_rate": 2.5e-4, "buffer_size": 10_000, "learning_starts": 10_000, "batch_size": 128, "tau": 1.0,
             "gamma": 0.99, "train_freq": 10, "gradient_steps": 1, "target_update_interval": 500,
             "exploration_fraction": 0.5, "exploration_final_eps": 0.05},
            [120, 84],
        ),
        "sac-pendulum": (
            SAC,
            1,
            {"learning_rate": 1e-3, "buffer_size": 30_000, "learning_starts": 1000, "batch_size": 64, "tau": 0.005,
             "gamma": 0.99, "train_freq": 1, "gradient_steps": 1},
            [64, 64],  # CleanRL's 256x256 cannot be set
        ),
    }[task]  # fmt: skip

    class Episodes(BaseCallback):
        def __init__(self):
            super().__init__()
            self.ended = []

        def _on_step(self):
            for info in self.locals["infos"]:
                if "episode" in info:
                    self.ended.append((self.num_timesteps, info["episode"]["r"]))
            return True

    given = dict(settings)
    if task == "ppo-cartpole":
        given["learning_rate"] = lambda left: 2.5e-4 * left
    env = make_vec_env(env_id, n_envs=num_envs, seed=seed)
    model = algorithm("MlpPolicy", env, seed=seed, device="cpu", policy_kwargs={"net_arch": network}, **given)
    episodes = Episodes()
    start, processor = time.perf_counter(), time.process_time()
    model.learn(steps, callback=episodes)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    done = model.num_timesteps
    return episodes.ended, done / seconds, done / processor, {**settings, "num_envs": num_envs, "network": network}


def binned(episodes, steps):
    bins = [[] for _ in range(BINS)]
    for step, value in episodes:
        bins[min(BINS - 1, step * BINS // steps)].append(value)
    return [round(sum(b) / len(b), 3) if b else None for b in bins]


def main():
    parser = argparse.ArgumentParser(description="Train with CleanRL or Stable-Baselines3 on a control task.")
    parser.add_argument("system", choices=["cleanrl", "sb3"])
    parser.add_argument("task", choices=list(TASKS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=None, help="fewer than the task's own, to measure speed")
    parser.add_argument("--threads", type=int, default=1, help="torch's; 0 leaves torch its own choice")
    args = parser.parse_args()
    threads = args.threads or os.cpu_count()
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)

    run = {"cleanrl": run_cleanrl, "sb3": run_sb3}[args.system]
    episodes, speed, per_processor_second, settings = run(args.task, args.seed, args.steps)
    packages = ["torch", "numpy", "gymnasium"]
    packages += ["cleanrl", "gym"] if args.system == "cleanrl" else ["stable-baselines3"]
    steps = args.steps or TASKS[args.task][0]
    print(
        json.dumps(
            {
                "system": args.system,
                "task": args.task,
                "seed": args.seed,
                "threads": threads,
                "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
                "settings": settings,
                "steps": steps,
                "stepsPerSecond": round(speed),
                "stepsPerProcessorSecond": round(per_processor_second),
                "curve": binned(episodes, steps),
            }
        )
    )


main()
