# ABC-SMC and surrogate search by packages from PyPI, for `walras bench risk`.
#
#   python inference_cases.py PARTICLES TOLERANCE ERROR OBSERVED EVALUATIONS POINTS CONTEXTS
#
# ABC of θ ~ N(1, 2²) from one value, OBSERVED, around it with the deviation ERROR, to a tolerance: pyABC in one process with its defaults of median tolerances and normal kernels, and the same in whole NumPy arrays.
# Surrogate: scikit-learn's Gaussian process (Matérn 5/2, a length per control, noise) on runs of POINTS (JSON: points, values, low, high) from three starts, as ours, SciPy's differential evolution of EVALUATIONS predictions for each of CONTEXTS.
import json
import logging
import sys
import time
import warnings

import numpy as np
import pyabc
import scipy
import sklearn
from scipy.optimize import differential_evolution
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
TIMES = 3


def with_pyabc(particles, tolerance):
    simulations = 0

    def model(p):
        nonlocal simulations
        simulations += 1
        return {"mean": p["mean"] + ERROR * np.random.randn()}

    abc = pyabc.ABCSMC(
        model,
        pyabc.Distribution(mean=pyabc.RV("norm", 1, 2)),
        distance_function=lambda a, b: abs(a["mean"] - b["mean"]),
        population_size=particles,
        sampler=pyabc.sampler.SingleCoreSampler(),
        eps=pyabc.QuantileEpsilon(alpha=0.5),
    )
    abc.new("sqlite://", {"mean": OBSERVED})  # in memory
    began = time.process_time()
    history = abc.run(minimum_epsilon=tolerance)
    seconds = time.process_time() - began
    frame, weights = history.get_distribution()
    x = frame["mean"].to_numpy()
    mean = float(np.sum(weights * x))
    return {"seconds": seconds, "mean": mean, "sd": float(np.sqrt(np.sum(weights * (x - mean) ** 2))), "simulations": simulations}


def with_numpy(particles, tolerance, rng):
    began = time.process_time()
    x = rng.normal(1, 2, particles)
    apart = np.abs(x + ERROR * rng.standard_normal(particles) - OBSERVED)
    weights = np.full(particles, 1 / particles)
    simulations, reached = particles, np.inf
    while reached > tolerance:
        order = np.argsort(apart)
        kept = np.cumsum(weights[order])
        reached = max(tolerance, apart[order][np.searchsorted(kept, 0.5)])
        alive = apart <= reached
        parents, share = x[alive], weights[alive] / weights[alive].sum()
        sd = np.sqrt(2 * np.cov(parents, aweights=share))
        found, far = [], []
        while sum(map(len, found)) < particles:
            tried = rng.choice(parents, particles, p=share) + sd * rng.standard_normal(particles)
            off = np.abs(tried + ERROR * rng.standard_normal(particles) - OBSERVED)
            simulations += particles
            found.append(tried[off <= reached])
            far.append(off[off <= reached])
        x, apart = np.concatenate(found)[:particles], np.concatenate(far)[:particles]
        mixture = (np.exp(-0.5 * ((x[:, None] - parents[None, :]) / sd) ** 2) * share).sum(axis=1)
        weights = np.exp(-0.5 * ((x - 1) / 2) ** 2) / mixture
        weights /= weights.sum()
    seconds = time.process_time() - began
    mean = float(np.sum(weights * x))
    return {"seconds": seconds, "mean": mean, "sd": float(np.sqrt(np.sum(weights * (x - mean) ** 2))), "simulations": simulations}


def with_sklearn(runs, evaluations, contexts):
    low, high = np.array(runs["low"]), np.array(runs["high"])
    points = (np.array(runs["points"]).reshape(-1, len(low)) - low) / (high - low)
    kernel = ConstantKernel() * Matern(np.full(len(low), 0.5), nu=2.5) + WhiteKernel(1e-3)

    def fit():
        began = time.process_time()
        process = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=2, random_state=1).fit(points, np.array(runs["values"]))
        return {"seconds": time.process_time() - began, "process": process}

    fitted = median_of(fit)
    process = fitted["process"]

    def search():
        best = []
        began = time.process_time()
        for context in contexts:
            rest = (np.array(context) - low[1:]) / (high[1:] - low[1:])
            # popsize 20: generations of 20 predictions at once
            found = differential_evolution(
                lambda x: -process.predict(np.column_stack([x.T, np.repeat(rest[None, :], x.shape[1], axis=0)])),
                [(0, 1)],
                popsize=20,
                maxiter=evaluations // 20 - 1,
                vectorized=True,
                updating="deferred",
                polish=False,
                tol=0,
                rng=1,
            )
            best.append(float(low[0] + found.x[0] * (high[0] - low[0])))
        return {"seconds": (time.process_time() - began) / len(contexts), "best": best}

    found = median_of(search)
    return {"fit": fitted["seconds"], "search": found["seconds"], "best": found["best"]}


def median_of(work):
    """The run of median time, after a warm one."""
    work()
    return sorted((work() for _ in range(TIMES)), key=lambda found: found["seconds"])[TIMES // 2]


particles, tolerance, ERROR, OBSERVED, evaluations = (float(x) for x in sys.argv[1:6])
particles, evaluations = int(particles), int(evaluations)
with open(sys.argv[6]) as text:
    runs = json.load(text)
contexts = json.loads(sys.argv[7])
np.random.seed(1)
rng = np.random.default_rng(1)
# One thread, as everything beside it
with threadpool_limits(1):
    print(
        json.dumps(
            {
                "versions": {"pyabc": pyabc.__version__, "numpy": np.__version__, "sklearn": sklearn.__version__, "scipy": scipy.__version__},
                "pyabc": with_pyabc(particles, tolerance),
                "numpy": median_of(lambda: with_numpy(particles, tolerance, rng)),
                "sklearn": with_sklearn(runs, evaluations, contexts),
            }
        )
    )
