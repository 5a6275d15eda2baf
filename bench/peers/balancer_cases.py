"""Cases of pool and curve arithmetic by packages that nobody here wrote, for src/economy/mechanisms/peers.test.ts.

balancerpy 1.1.0 has Balancer's formulas in decimals of 50 digits, so that its results are exact to the last digit of a double. (The contracts and their ports, @balancer-labs/sor among them, count in 18
decimals, and their powers err by 1e-14, of which a small trade is the difference to 1: 8e-12 of what is paid out was the most that ours and sor's differed by.) Bancor's formula for one token of weight 1/(n + 1) is a bonding
curve c S^n. bonding 0.0.5 has bonding curves and their integrals in doubles; cases keep to amounts that differences of its integrals have to 1e-13.

usage: pip install balancerpy==1.1.0 bonding==0.0.5 && python balancer_cases.py > ../../test/fixtures/peers/balancer.json
"""

import json
import random
from decimal import Decimal
from importlib.metadata import version

from balancerpy.cwpt.exchg.BalancerMath import BalancerMath
from bonding.curves.expbondingcurve import ExpBondingCurve
from bonding.curves.linearbondingcurve import LinearBondingCurve
from bonding.curves.logbondingcurve import LogBondingCurve

draw = random.Random(1)


def some(low, high):
    """Log-uniform, of six digits, which double and decimal both mean."""
    return f"{low * (high / low) ** draw.random():.6g}"


def share(low, high):
    return f"{draw.uniform(low, high):.4g}"


def shown(decimal):
    return float(decimal)


def pools(cases):
    for _ in range(cases):
        balance_in, balance_out = some(1, 1e6), some(1, 1e6)
        weight = share(0.05, 0.95)
        other = str(Decimal(1) - Decimal(weight))
        fee = draw.choice(["0", "0.0005", "0.003", "0.01", "0.1"])
        paid = f"{float(balance_in) * float(some(1e-6, 3)):.6g}"
        wanted = f"{float(balance_out) * float(some(1e-6, 0.9)):.6g}"
        shares = some(1, 1e6)
        deposit = f"{float(balance_in) * float(some(1e-6, 3)):.6g}"
        burned = f"{float(shares) * float(some(1e-6, 0.9)):.6g}"
        I, O, W, V, F, P, A, S, T, B = map(
            Decimal, (balance_in, balance_out, weight, other, fee, paid, wanted, shares, deposit, burned)
        )
        one = Decimal(1)
        yield [
            *map(float, (balance_in, balance_out, weight, fee, paid, wanted, shares, deposit, burned)),
            shown(BalancerMath.calc_out_given_in(P, I, W, O, V, F).result),
            shown(BalancerMath.calc_in_given_out(O, I, A, W, V, F).result),
            shown(BalancerMath.calc_spot_price(I, W, O, V, Decimal(0))),
            shown(BalancerMath.calc_pool_out_given_single_in(I, W, S, one, T, F).result),
            shown(BalancerMath.calc_single_out_given_pool_in(I, W, S, one, B, F).result),
        ]


def bancor(cases):
    """c, n, supply, money, amount; tokens for the money, the cost of minting the amount, the proceeds of burning it."""
    for _ in range(cases):
        n = draw.randint(1, 4)
        slope, supply = some(1e-3, 10), some(1, 1e3)
        amount = f"{float(supply) * float(some(1e-6, 0.9)):.6g}"
        C, S, A = map(Decimal, (slope, supply, amount))
        reserve = C * S ** (n + 1) / (n + 1)
        money = f"{float(reserve) * float(some(1e-6, 3)):.6g}"
        M, none, one, weight = Decimal(money), Decimal(0), Decimal(1), Decimal(1) / (n + 1)
        yield [
            float(slope),
            n,
            *map(float, (supply, money, amount)),
            shown(BalancerMath.calc_pool_out_given_single_in(reserve, weight, S, one, M, none).result),
            shown(BalancerMath.calc_single_in_given_pool_out(reserve, weight, S, one, A, none).result),
            shown(BalancerMath.calc_single_out_given_pool_in(reserve, weight, S, one, A, none).result),
        ]


def curves(cases):
    """kind, scale, supply, amount; the price at the supply and the integral over the amount."""
    for k in range(cases):
        kind, curve = [("linear", LinearBondingCurve), ("exponential", ExpBondingCurve), ("logarithmic", LogBondingCurve)][k % 3]
        scale = float(some(1, 1e6))
        supply = float(f"{scale * draw.uniform(0, 3):.6g}")
        amount = float(f"{scale * draw.uniform(0.5, 3):.6g}")
        c = curve(scale=scale)
        # The logarithm's integral has no zero at 0.
        yield [kind, scale, supply, amount, c.price(supply), c.price_integral(supply + amount) - c.price_integral(supply)]


def main():
    result = {
        "versions": {name: version(name) for name in ("balancerpy", "bonding")},
        "pools": list(pools(400)),
        "bancor": list(bancor(200)),
        "curves": list(curves(150)),
    }
    print("{")
    print(",\n".join(f"{json.dumps(key)}: " + ("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in value) + "\n]" if isinstance(value, list) else json.dumps(value)) for key, value in result.items()))
    print("}")


main()
