"""The tax economy of economies/tax.ts in NumPy: the same period, whole arrays at a time, taxes rebated.

Every number is a float64 but observations and rewards, which are float32 as learners take them. Draws are PCG64's normals, the
fastest NumPy has; temporaries that can be avoided are. Timed: process time of whole periods with saving shares and hours drawn
beforehand; `bestStepsPerSecond` is that of the best of several rounds, the one to quote when the machine is shared.

`wealth` and `utility` are the totals after 20 periods of the same rules from the same start without risk, by which the two
implementations can be told to do the same.

usage: numpy_tax.py HOUSEHOLDS STEPS ROUNDS
"""

import argparse
import json
import platform
import time

import numpy as np

ALPHA, DELTA, ZETA, RHO, BETA = 1 / 3, 0.06, 2.0, 0.9, 0.99
TAU, XI, TAU_A, XI_A = 0.2, 0.1, 0.02, 0.01
FLOOR = 1e-6


class Economy:
    def __init__(self, n, sigma, rng):
        self.n, self.sigma, self.rng = n, sigma, rng
        interest = 1 / BETA - 1
        k = (ALPHA / (interest + DELTA)) ** (1 / (1 - ALPHA))
        per_hour = k**ALPHA
        steady = ((1 - ALPHA) * per_hour / (per_hour - DELTA * k)) ** (1 / (1 + ZETA))
        variance = sigma**2 / (1 - RHO**2)
        self.mean = -variance / 2
        self.log_e = self.mean + np.sqrt(variance) * rng.standard_normal(n)
        self.e = np.exp(self.log_e)
        self.a = np.full(n, steady * k)
        self.log_a = np.log(self.a)
        self.capital = self.a.sum()
        self.center = [np.log((1 - ALPHA) * per_hour), np.log(steady * k), np.log((1 - ALPHA) * per_hour * steady)]
        self.obs = np.empty((n, 8), np.float32)
        self.rewards = np.empty(n, np.float32)

    def step(self, actions):
        n = self.n
        p = np.clip(actions[:, 0], 0, 1).astype(np.float64)
        h = np.clip(actions[:, 1], 0.001, 1).astype(np.float64)
        effective = self.e * h
        labour = effective.sum()
        output = labour * (self.capital / labour) ** ALPHA
        wage = (1 - ALPHA) * output / labour
        r = ALPHA * output / self.capital - DELTA
        wealth = self.a.sum()
        i0 = (wage * labour + max(0.0, r) * wealth) / n
        a0 = wealth / n

        income = wage * effective
        income += r * self.a
        log_i = np.log(np.maximum(FLOOR, income))
        scale, scale_a = (1 - TAU) / (1 - XI) * i0**XI, (1 - TAU_A) / (1 - XI_A) * a0**XI_A
        disposable = scale * np.exp((1 - XI) * log_i)
        disposable += scale_a * np.exp((1 - XI_A) * self.log_a)
        losing = income <= 0
        if losing.any():
            disposable[losing] = scale_a * (self.a[losing] + np.minimum(0, income[losing])) ** (1 - XI_A)
        resources = wage * labour + (1 + r) * wealth
        total = disposable.sum()
        share = min(1.0, resources / total)
        rebate = max(0.0, resources - share * total) / n

        have = share * disposable
        have += rebate
        least = np.minimum(FLOOR, have / 4)
        c = np.clip((1 - p) * have, least, have - least)
        self.a = have - c
        self.log_a = np.log(self.a)
        utility = np.log(c) - h * h * h / (1 + ZETA)
        self.log_e = self.mean + RHO * (self.log_e - self.mean)
        if self.sigma > 0:
            self.log_e += self.sigma * self.rng.standard_normal(n)
        self.e = np.exp(self.log_e)
        self.capital = self.a.sum()
        self.inequality = np.sqrt(max(0.0, n * np.dot(self.a, self.a) / self.capital**2 - 1))
        self.consumption, self.utility = c.sum(), utility.sum()
        for x in (income, disposable, c, self.a, utility, self.e):
            if not np.isfinite(x).all():
                raise FloatingPointError

        obs = self.obs
        obs[:, 0] = (np.log(wage) - self.center[0]) / 0.2
        obs[:, 1] = self.log_a - self.center[1]
        obs[:, 2] = (log_i - self.center[2]) / 0.5
        obs[:, 3] = self.log_e / 0.5
        obs[:, 4:] = (TAU, XI, TAU_A, XI_A)
        self.rewards[:] = utility


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("households", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("rounds", type=int)
    args = parser.parse_args()

    check = Economy(args.households, 0.0, np.random.default_rng(1))
    for _ in range(20):
        check.step(np.tile(np.array([0.85, 0.9], np.float32), (args.households, 1)))

    rng = np.random.default_rng(1)
    economy = Economy(args.households, 0.2, rng)
    actions = np.stack([rng.uniform(0.8, 0.9, args.households), rng.uniform(0.8, 1, args.households)], 1)
    actions = actions.astype(np.float32)
    best = float("inf")
    for _ in range(args.rounds + 1):
        start = time.process_time()
        for _ in range(args.steps):
            economy.step(actions)
        best = min(best, time.process_time() - start)
    print(
        json.dumps(
            {
                "version": np.__version__,
                "python": platform.python_version(),
                "bestStepsPerSecond": args.steps / best,
                "wealth": check.a.sum() / args.households,
                "utility": check.utility / args.households,
            }
        )
    )


main()
