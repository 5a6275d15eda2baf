"""Money exchange in mesa-frames: whole columns at a time, as its own example of the wealth model does it, on Polars.

Who has wealth gives 1 to somebody drawn from all, everybody at once. Timed: the steps, in processor time of all threads, without data collection; the fastest is
`bestAgentStepsPerSecond`. Threads are those that Polars takes; POLARS_MAX_THREADS says otherwise.

usage: mesa_frames_money.py AGENTS STEPS SEED
"""

import json
import sys
import time

import mesa_frames
import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF


class Givers(AgentSetPolars):
    def __init__(self, model, agents):
        super().__init__(model)
        self += pl.DataFrame({"unique_id": np.arange(agents), "wealth": np.ones(agents, dtype=np.int64)})

    def step(self):
        gives = pl.col("wealth") > 0
        self.select(gives)
        givers = len(self.active_agents)
        receivers = self.agents.sample(n=givers, with_replacement=True, seed=int(self.random.integers(2**31)))
        received = receivers.group_by("unique_id").len("received")
        wealth = pl.col("wealth") - gives.cast(pl.Int64) + pl.col("received").fill_null(0).cast(pl.Int64)
        self.agents = self.agents.join(received, on="unique_id", how="left").with_columns(wealth=wealth).drop("received")


def main():
    agents, steps, seed = (int(x) for x in sys.argv[1:4])
    model = ModelDF(seed=seed)
    givers = Givers(model, agents)
    model.agents += givers
    fastest = float("inf")
    for _ in range(steps):
        start = time.process_time()
        model.agents.do("step")
        fastest = min(fastest, time.process_time() - start)
    held = sum(int(s.agents["wealth"].sum()) for s in model.agents._agentsets)
    assert held == agents, f"{held} of {agents} are left"
    version = mesa_frames.__version__
    print(json.dumps({"version": version, "threads": pl.thread_pool_size(), "bestAgentStepsPerSecond": agents / fastest}))


if __name__ == "__main__":
    main()
