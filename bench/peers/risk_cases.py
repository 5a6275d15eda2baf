# Clearing and DebtRank by other means than ours.
#
#   python risk_cases.py record OUT          200 random networks, and the payments that a linear programme finds (SciPy's HiGHS), for src/risk/clearing-cases.json
#   python risk_cases.py time BANKS FILES…    times and results for `walras bench risk`
#
# Payments maximise Σ p subject to 0 ≤ p ≤ p̄ and p_i ≤ e_i + Σ_j π_ji p_j (Eisenberg & Noe 2001, lemma 4).
import json
import sys
import time

import numpy as np
import scipy
import scipy.sparse as sp
from scipy.optimize import linprog


def programme(liabilities, assets):
    owed = liabilities.sum(axis=1)
    share = np.divide(liabilities, owed[:, None], out=np.zeros_like(liabilities), where=owed[:, None] > 0)
    n = len(assets)
    found = linprog(-np.ones(n), A_ub=np.eye(n) - share.T, b_ub=assets, bounds=np.column_stack([np.zeros(n), owed]), method="highs-ds")
    if found.status != 0:
        raise RuntimeError(found.message)
    return found.x


def record(path):
    rng = np.random.default_rng(13)
    cases = []
    while len(cases) < 200:
        n = int(rng.integers(3, 11))
        liabilities = rng.integers(1, 10, (n, n)) * (rng.random((n, n)) < rng.choice([0.3, 0.6, 1.0]))
        np.fill_diagonal(liabilities, 0)
        assets = rng.integers(0, 8, n) * (rng.random(n) < 0.7)
        payments = programme(liabilities.astype(float), assets.astype(float))
        cases.append([liabilities.tolist(), assets.tolist(), [round(float(p), 11) for p in payments]])
    with open(path, "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


def fixed_point(claims, owed, assets):
    """The textbook's iteration, p = min(p̄, e + Πᵀ p) from p̄, with a sparse matrix."""
    p = owed.copy()
    for _ in range(100_000):
        after = np.minimum(owed, assets + claims @ p)
        if np.abs(after - p).max() <= 1e-13 * max(1.0, owed.max()):
            return after
        p = after
    raise RuntimeError("no convergence")


def debt_rank(impact, value, shock):
    """Battiston et al. 2012 with whole arrays: banks pass distress on in the period after they are first hit."""
    h = shock.copy()
    fresh = h > 0
    seen = fresh.copy()
    across = impact.T.tocsr()
    while fresh.any():
        gain = across @ np.where(fresh, h, 0.0)
        h = np.minimum(1.0, h + gain)
        fresh = (gain > 0) & ~seen
        seen |= fresh
    return float(((h - shock) * value).sum())


def median_of(times, work):
    seconds = []
    for _ in range(times):
        started = time.process_time()
        result = work()
        seconds.append(time.process_time() - started)
    return sorted(seconds)[times // 2], result


def measured(banks, *files):
    n = int(banks)
    start, target = (np.fromfile(f, dtype=np.int32) for f in files[:2])
    amount, assets, impact, value, shock = (np.fromfile(f, dtype=np.float64) for f in files[2:7])
    liabilities = sp.csr_matrix((amount, target, start), shape=(n, n))
    weights = sp.csr_matrix((impact, target, start), shape=(n, n))

    def clear():
        owed = np.asarray(liabilities.sum(axis=1)).ravel()
        inverse = np.divide(1.0, owed, out=np.zeros_like(owed), where=owed > 0)
        return fixed_point(sp.csr_matrix(liabilities.T @ sp.diags(inverse)), owed, assets)

    clearing, payments = median_of(3, clear)
    ranking, rank = median_of(3, lambda: debt_rank(weights, value, shock))
    few_start, few_target = (np.fromfile(f, dtype=np.int32) for f in files[7:9])
    few_amount, few_assets = (np.fromfile(f, dtype=np.float64) for f in files[9:11])
    few = sp.csr_matrix((few_amount, few_target, few_start), shape=(len(few_assets), len(few_assets))).toarray()
    lp, optimum = median_of(3, lambda: programme(few, few_assets))
    print(
        json.dumps(
            {
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "seconds": {"clear": clearing, "debtRank": ranking, "programme": lp},
                "paid": float(payments.sum()),
                "first": payments[:1000].tolist(),
                "debtRank": rank,
                "programme": optimum.tolist(),
            }
        )
    )


if __name__ == "__main__":
    {"record": record, "time": measured}[sys.argv[1]](*sys.argv[2:])
