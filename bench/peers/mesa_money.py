"""The Boltzmann wealth model in Mesa: everyone starts with 1 and hands 1 to a random agent, in shuffled order.

Rules and shape follow Mesa's first tutorial (https://mesa.readthedocs.io/latest/tutorials/0_first_model.html):
no grid, no data collection, `shuffle_do("exchange")`. As there, the draw may hit the giver, which changes nothing.

One line differs. The tutorial draws with `random.choice(self.model.agents)`, and indexing an AgentSet copies it to
a list first, so a step costs N². Here the model keeps that list, since nobody is born or dies; `--as-tutorial`
restores the original. Timed: the steps alone, after `warmup` steps of a second model of the same size.
`bestAgentStepsPerSecond` is that of the fastest step: the one to quote against when the machine is shared.

usage: mesa_money.py AGENTS STEPS SEED [--as-tutorial] [--warmup STEPS]
"""

import argparse
import gc
import json
import platform
import time

import mesa


class MoneyAgent(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.wealth = 1

    def exchange(self):
        if self.wealth > 0:
            other = self.random.choice(self.model.everyone)
            other.wealth += 1
            self.wealth -= 1


class MoneyModel(mesa.Model):
    def __init__(self, n, rng, as_tutorial):
        super().__init__(rng=rng)
        MoneyAgent.create_agents(self, n)
        self.everyone = self.agents if as_tutorial else list(self.agents)

    def step(self):
        self.agents.shuffle_do("exchange")


def gini(values):
    # G = 2 Σ i·x_i / (n Σ x) − (n + 1)/n     x sorted, i from 1; no n/(n−1) correction
    x = sorted(values)
    n = len(x)
    return 2 * sum(i * v for i, v in enumerate(x, 1)) / (n * sum(x)) - (n + 1) / n


def main():
    parser = argparse.ArgumentParser(description="Time the Boltzmann wealth model in Mesa.")
    parser.add_argument("agents", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--as-tutorial", action="store_true", help="draw from the AgentSet itself: N² per step")
    parser.add_argument("--warmup", type=int, default=2, help="untimed steps of another model (default 2)")
    args = parser.parse_args()

    warm = MoneyModel(args.agents, args.seed + 1, args.as_tutorial)
    for _ in range(args.warmup):
        warm.step()
    del warm
    gc.collect()

    start = time.perf_counter()
    model = MoneyModel(args.agents, args.seed, args.as_tutorial)
    constructed = time.perf_counter()
    ends = [constructed]
    for _ in range(args.steps):
        model.step()
        ends.append(time.perf_counter())
    seconds = ends[-1] - constructed
    fastest_step = min(end - begin for begin, end in zip(ends, ends[1:]))

    wealth = [agent.wealth for agent in model.agents]
    if sum(wealth) != args.agents:
        raise SystemExit(f"money is not conserved: {sum(wealth)} in the end, expected {args.agents}")
    result = {
        "version": mesa.__version__,
        "python": platform.python_version(),
        "variant": "as tutorial" if args.as_tutorial else "agent list kept",
        "agents": args.agents,
        "steps": args.steps,
        "seed": args.seed,
        "constructionSeconds": constructed - start,
        "seconds": seconds,
        "agentStepsPerSecond": args.agents * args.steps / seconds,
        "bestAgentStepsPerSecond": args.agents / fastest_step,
        "gini": gini(wealth),
    }
    print(json.dumps(result))


main()
