"""A bonding curve and a constant-product pool in radCAD, by the rules of bench/markets/curve.ts and pool.ts.

As somebody writes it who has read radCAD's documentation and wants speed: one process, no deep copies (the functions below change nothing they are given), no substeps kept; whole arrays at a time where the rules allow
it, and lists in a loop where traders trade one after another. Each trader's orders come from a generator of its own, x ← 1664525 x + 1013904223 mod 2³², so that both sides have the same. Timed: the run alone, processor time, best of
several.

usage: radcad_markets.py MARKET TRADERS STEPS ROUNDS [--deepcopy], MARKET one of curve, pool
"""

import argparse
import inspect
import json
import time
from importlib.metadata import version

import numpy as np
from radcad import Backend, Engine, Experiment, Model, Simulation

MULTIPLIER, INCREMENT = np.int32(1664525), np.int32(1013904223)


def stored(name):
    return lambda params, substep, history, state, signal: (name, signal[name])


# --- curve
def linear_curve(params, substep, history, state):
    m, b, fee, most = params["slope"], params["intercept"], params["fee"], params["order_max"]
    money, tokens, supply = state["money"], state["tokens"], state["supply"]
    random = state["random"] * MULTIPLIER + INCREMENT
    asked = most * random / 2**31
    filled = np.maximum(asked, -tokens)
    price = m * supply + b
    for _ in range(2):
        filled = np.minimum(filled, money / (price * (1 + fee)))
        price = m * (supply + filled.sum() / 2) + b
    paid = price * filled
    charged = fee * np.abs(paid)
    return {
        "random": random,
        "money": money - paid - charged,
        "tokens": tokens + filled,
        "supply": supply + filled.sum(),
        "reserve": state["reserve"] + paid.sum(),
        "treasury": state["treasury"] + charged.sum(),
    }


def curve(traders):
    params = {"slope": [0.5 / traders], "intercept": [1.0], "fee": [0.003], "order_max": [1.0]}
    supply = 100.0
    state = {
        "random": np.arange(1, traders + 1, dtype=np.int32) * np.int32(1_000_003),
        "money": np.full(traders, 100.0),
        "tokens": np.full(traders, supply / traders),
        "supply": supply,
        "reserve": 0.5 * params["slope"][0] * supply**2 + supply,
        "treasury": 0.0,
    }
    return params, state, linear_curve


# --- pool
def constant_product(params, substep, history, state):
    kept, most = 1 - params["fee"], params["order_max"]
    random, money, tokens = list(state["random"]), list(state["money"]), list(state["tokens"])
    x, y = state["pool_money"], state["pool_tokens"]
    traders = len(money)
    for k in range(traders):
        i = (state["timestep"] + k) % traders
        random[i] = (random[i] * 1664525 + 1013904223) & 0xFFFFFFFF
        order = most * (random[i] - 2**32 if random[i] >= 2**31 else random[i]) / 2**31
        if order > 0:
            paid = min(order, money[i])
            out = y * kept * paid / (x + kept * paid)
            x, y = x + paid, y - out
            money[i] -= paid
            tokens[i] += out
        else:
            given = min(-order, tokens[i])
            out = x * kept * given / (y + kept * given)
            x, y = x - out, y + given
            money[i] += out
            tokens[i] -= given
    return {"random": random, "money": money, "tokens": tokens, "pool_money": x, "pool_tokens": y}


def pool(traders):
    params = {"fee": [0.003], "order_max": [1.0]}
    state = {
        "random": [(i + 1) * 1_000_003 & 0xFFFFFFFF for i in range(traders)],
        "money": [100.0] * traders,
        "tokens": [100.0] * traders,
        "pool_money": 1000.0,
        "pool_tokens": 1000.0,
    }
    return params, state, constant_product


# --- run
def run(market, traders, steps, deepcopy):
    params, state, policy = market(traders)
    block = {"policies": {"trade": policy}, "variables": {name: stored(name) for name in state}}
    simulation = Simulation(Model(initial_state=state, state_update_blocks=[block], params=params), timesteps=steps, runs=1)
    experiment = Experiment([simulation])
    experiment.engine = Engine(backend=Backend.SINGLE_PROCESS, deepcopy=deepcopy, drop_substeps=True)
    start = time.process_time()
    result = experiment.run()
    return time.process_time() - start, result[-1]


def lines(*functions):
    """Of code, without blank ones and comments."""
    source = "".join(map(inspect.getsource, functions)).split("\n")
    return sum(1 for line in source if line.strip() and not line.strip().startswith("#"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("market", choices=["curve", "pool"])
    parser.add_argument("traders", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("rounds", type=int)
    parser.add_argument("--deepcopy", action="store_true")
    args = parser.parse_args()
    market, policy = {"curve": (curve, linear_curve), "pool": (pool, constant_product)}[args.market]
    times = [run(market, args.traders, args.steps, args.deepcopy) for _ in range(args.rounds)]
    last = times[-1][1]
    names = ["supply", "reserve", "treasury"] if args.market == "curve" else ["pool_money", "pool_tokens"]
    print(
        json.dumps(
            {
                "version": version("radcad"),
                "agentStepsPerSecond": args.traders * args.steps / min(seconds for seconds, _ in times),
                "state": [float(last[name]) for name in names]
                + [float(last[name][i]) for name in ("money", "tokens") for i in range(5)],
                "lines": lines(stored, policy, market, run),
            }
        )
    )


main()
