"""Aiyagari by sequence-jacobian and Krusell-Smith by HARK, on the calibrations of bench/macro.ts.

Aiyagari: two states of employment, risk aversion 2, endogenous grid points, lotteries and Brent's method; processor time of the best of
five solutions after one that compiles, whose time is `first`. Krusell-Smith: HARK's own economy, whose calibration is the paper's and ours, but for the
number of simulated households, a limit of rounds, laws that move half of the way in each round instead of nine tenths, after which they swing from side
to side, households who learn of the new law (in econ-ark 0.17.2 KrusellSmithType computes what the law implies for the next period once, when it
joins the economy, and solves the same problem in every round), and the first law: capital stays the share of what there is to divide that it is without
shocks. HARK's own, all that there is to divide is kept, leads to laws that swing between 6.6 and 17 units of capital. No time includes imports.

usage: macro.py sequence-jacobian POINTS LARGEST | macro.py hark PERIODS HOUSEHOLDS ROUNDS
"""

import json
import logging
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

BETA, ALPHA, DELTA, GAMMA = 0.96, 0.36, 0.08, 2.0
FINDING, LOSS, IDLE = 0.5, 0.075, 0.1


def sequence_jacobian(points, largest):
    import sequence_jacobian as sj
    from sequence_jacobian import grids
    from sequence_jacobian.hetblocks import hh_sim

    def make_grids(min_a, max_a, n_a):
        Pi = np.array([[1 - FINDING, FINDING], [LOSS, 1 - LOSS]])
        u = LOSS / (LOSS + FINDING)
        e_grid = np.array([IDLE, 1.0]) / (u * IDLE + 1 - u)
        a_grid = grids.asset_grid(min_a, max_a, n_a)
        return e_grid, Pi, a_grid

    def income(w, e_grid):
        y = w * e_grid
        return y

    household = hh_sim.hh.add_hetinputs([income, make_grids])

    @sj.simple
    def firm(r, L, alpha, delta):
        K = L * (alpha / (r + delta)) ** (1 / (1 - alpha))
        w = (1 - alpha) * (K / L) ** alpha
        return K, w

    @sj.simple
    def clearing(A, K):
        asset_mkt = A - K
        return asset_mkt

    model = sj.create_model([household, firm, clearing])
    calibration = dict(min_a=0, max_a=largest, n_a=points, beta=BETA, eis=1 / GAMMA, alpha=ALPHA, delta=DELTA, L=1.0)

    def solve():
        started = time.process_time()
        found = model.solve_steady_state(calibration, {"r": (0.02, 0.041)}, {"asset_mkt": 0.0}, solver="brentq")
        return time.process_time() - started, found

    first, _ = solve()
    seconds, found = min((solve() for _ in range(5)), key=lambda x: x[0])
    return dict(version=version("sequence-jacobian"), first=first, seconds=seconds, interest=float(found["r"]))


def hark(periods, households, rounds):
    from HARK.ConsumptionSaving.ConsAggShockModel import KrusellSmithEconomy, KrusellSmithType

    class Households(KrusellSmithType):
        def pre_solve(self):
            of_law = ("transition_arrays", "ProbArray", "mNextArray", "MnextArray", "RnextArray")
            self.construct("solution_terminal", *of_law)

    started = time.process_time()
    burn = min(1000, periods // 5)
    economy = KrusellSmithEconomy(act_T=periods, T_discard=burn, DampingFac=0.5)
    economy.intercept_prev = [float(np.log(economy.KSS / economy.MSS))] * 2
    economy.update()
    economy.max_loops = rounds
    economy.agents = [Households(AgentCount=households)]
    economy.give_agent_params()
    economy.make_Mrkv_history()
    economy.solve()
    seconds = time.process_time() - started
    capital = np.asarray(economy.history["Aprev"])[burn:]
    # In HARK laws are of assets by cash, which the states of the world share; by capital they are the regressions of what was simulated.
    times = np.asarray(economy.history["Mrkv"])[burn:]
    laws = []
    for state in (1, 0):
        here = times[:-1] == state
        slope, intercept = np.polyfit(np.log(capital[:-1][here]), np.log(capital[1:][here]), 1)
        laws.append([float(intercept), float(slope)])
    return dict(
        version=version("econ-ark"),
        seconds=seconds,
        capital=float(capital.mean()),
        laws=laws,
    )


if __name__ == "__main__":
    which, *numbers = sys.argv[1:]
    answer = {"sequence-jacobian": sequence_jacobian, "hark": hark}[which](*map(int, numbers))
    print(json.dumps(answer))
