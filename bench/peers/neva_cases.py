# Clearing and DebtRank by NEVA 0.3 (Barucca et al. 2020, Mathematical Finance 30, 1181; LGPL), which is on GitHub alone: marcobardoscia/neva at 6ced7f7.
#
#   PYTHONPATH=<a copy of that repository> python neva_cases.py OUT      needs NumPy and SciPy; wrote test/fixtures/peers/neva.json
#
# NEVA's DebtRank passes distress on again and again (Bardoscia et al. 2015), ours once (Battiston et al. 2012): they are the same where each bank lends to banks of the layer before only.
import json
import random
import sys

from neva import Bank, BankingSystem
from neva.ibeval import eisenberg_noe, lin_dr, rogers_veraart

ASSET_RECOVERY, CLAIM_RECOVERY = 0.7, 0.9


def system(liabilities, assets, valuation):
    """Equities at the fixed point that is reached from face values: the greatest. `valuation(i)` is bank i's."""
    owed = [sum(row) for row in liabilities]
    banks = [Bank(extasset=a, extliab=0.0, ibliabtot=owed[i], name=str(i)) for i, a in enumerate(assets)]
    for j, lender in enumerate(banks):
        lender.ibasset = [(banks[i], row[j]) for i, row in enumerate(liabilities) if row[j] > 0]
    found = BankingSystem(banks, tol=1e-15, maxiter=100_000)
    faces = found.get_naiveequity()
    for i, bank in enumerate(banks):
        bank.ibeval = valuation(i, faces, owed)
    return found, banks, faces, owed


def cleared(liabilities, assets, value):
    found, banks, _, owed = system(
        liabilities, assets, lambda i, _, owed: (lambda equity: value(equity, assets[i], owed[i]) if owed[i] > 0 else 1.0)
    )
    found.fixedpoint_equity()
    return [bank.ibeval(bank.equity) * owed[i] for i, bank in enumerate(banks)]


def network(rng):
    n = rng.randint(4, 8)
    density = rng.choice([0.3, 0.6, 1.0])
    liabilities = [[round(rng.uniform(1, 10), 3) if i != j and rng.random() < density else 0.0 for j in range(n)] for i in range(n)]
    assets = [round(rng.uniform(0, 8), 3) for _ in range(n)]
    payments = cleared(liabilities, assets, lambda equity, _, owed: eisenberg_noe(equity, owed))
    costly = cleared(liabilities, assets, lambda equity, a, owed: rogers_veraart(equity, a, owed, ASSET_RECOVERY, CLAIM_RECOVERY))
    return {"liabilities": liabilities, "assets": assets, "payments": payments, "costly": costly}


def layers(rng):
    """Every bank lends to some of the layer before; the first loses a share of its equity."""
    widths = [rng.randint(1, 4) for _ in range(rng.randint(2, 4))]
    layer = [k for k, width in enumerate(widths) for _ in range(width)]
    n = len(layer)
    liabilities = [[round(rng.uniform(0.2, 0.6), 3) if layer[j] == layer[i] + 1 and rng.random() < 0.8 else 0.0 for j in range(n)] for i in range(n)]
    owed = [sum(row) for row in liabilities]
    claims = [sum(row[j] for row in liabilities) for j in range(n)]
    assets = [owed[i] - claims[i] + round(rng.uniform(0.6, 1.2), 3) for i in range(n)]
    shock = [round(rng.uniform(0.4, 1), 3) if layer[i] == 0 else 0.0 for i in range(n)]
    found, banks, faces, _ = system(liabilities, assets, lambda i, faces, _: (lambda equity: lin_dr(equity, faces[i])))
    for i, bank in enumerate(banks):
        bank.equity -= shock[i] * faces[i]
        bank.extasset -= shock[i] * faces[i]
    found.fixedpoint_equity()
    return {
        "liabilities": liabilities,
        "equity": faces,
        "shock": shock,
        "distress": [min(1.0, 1 - bank.equity / faces[i]) for i, bank in enumerate(banks)],
    }


def digits(x):
    return [digits(y) for y in x] if isinstance(x, list) else round(x, 12)


if __name__ == "__main__":
    rng = random.Random(13)
    cases = {
        "assetRecovery": ASSET_RECOVERY,
        "claimRecovery": CLAIM_RECOVERY,
        "clearing": [network(rng) for _ in range(60)],
        "debtRank": [layers(rng) for _ in range(40)],
    }
    with open(sys.argv[1], "w") as out:
        lines = {
            key: [json.dumps({name: digits(x) for name, x in case.items()}, separators=(",", ":")) for case in value]
            for key, value in cases.items()
            if isinstance(value, list)
        }
        fixed = {key: value for key, value in cases.items() if not isinstance(value, list)}
        body = [f'"{key}": {value}' for key, value in fixed.items()]
        body += [f'"{key}": [\n' + ",\n".join(rows) + "\n]" for key, rows in lines.items()]
        out.write("{\n" + ",\n".join(body) + "\n}\n")
