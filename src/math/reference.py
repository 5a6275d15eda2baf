"""Writes reference.ts: values of the elementary functions to compare ours with. Needs mpmath (made with 1.4.1).

    python src/math/reference.py > src/math/reference.ts && npx biome check --write src/math/reference.ts

Arguments are exact doubles; each value is the true one, computed with 300 bits, rounded once to a double.
"""

import random
import mpmath as m
from mpmath import mpf

m.mp.prec = 300
random.seed(20)


def rounded(value):
    if abs(value) >= mpf(2) ** -1022:
        return float(value)
    return float(m.nint(value * mpf(2) ** 1074)) * 2.0**-1074


def between(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def magnitudes(low, high, count, signs=(1, -1)):
    return [random.choice(signs) * 2.0 ** random.uniform(low, high) for _ in range(count)]


functions = {
    "exp": (m.exp, between(-1, 1, 12) + between(-740, 709, 16) + magnitudes(-40, -1, 8) + [-745.0, 709.75, -708.9]),
    "expm1": (m.expm1, between(-2, 2, 16) + between(-40, 709, 10) + magnitudes(-60, -1, 12)),
    "log": (m.log, between(0.5, 2, 16) + magnitudes(-1070, 1023, 16, (1,)) + [5e-324, 0.999999999, 1.000000001, 1e308]),
    "log1p": (m.log1p, between(-0.99, 2, 16) + magnitudes(-60, -1, 12) + magnitudes(0, 1000, 8, (1,))),
    "log2": (lambda x: m.log(x) / m.log(2), between(0.5, 2, 16) + magnitudes(-1070, 1023, 16, (1,)) + [8.0, 0.125, 5e-324]),
    "tanh": (m.tanh, between(-1, 1, 16) + between(-20, 20, 12) + magnitudes(-60, -1, 10)),
    "sin": (m.sin, between(-4, 4, 16) + between(-1e6, 1e6, 10) + magnitudes(20, 1023, 10) + [8 * float(m.pi), 6381956970095103.0 * 2.0**797]),
    "cos": (m.cos, between(-4, 4, 16) + between(-1e6, 1e6, 10) + magnitudes(20, 1023, 10) + [1.5707963267948966, 6381956970095103.0 * 2.0**797]),
    "sigmoid": (lambda x: 1 / (1 + m.exp(-x)), between(-5, 5, 16) + between(-700, 40, 12)),
    "softplus": (lambda x: m.log1p(m.exp(x)), between(-5, 5, 16) + between(-700, 100, 12)),
    "normalQuantile": (
        lambda p: m.findroot(lambda z: m.erfc(-z / m.sqrt(2)) / 2 / p - 1, -m.sqrt(2) * m.erfinv(1 - 2 * p)),
        between(0.001, 0.999, 16) + magnitudes(-52, -3, 12, (1,)),
    ),
}
powers = [(2.0 ** random.uniform(-4, 4), random.uniform(-5, 5)) for _ in range(20)]
powers += [(2.0 ** random.uniform(-500, 500), random.uniform(-2, 2)) for _ in range(10)]
powers += [(1 + random.uniform(-1e-7, 1e-7), random.uniform(-1e9, 1e9)) for _ in range(6)]
powers += [(-3.0, 5.0), (-3.0, 4.0), (10.0, 308.0), (10.0, -308.0), (10.0, -320.0), (1 - 2.0**-53, 1e18), (5e-324, 0.3)]

print("// Made by reference.py with mpmath 1.4.1: true values, computed with 300 bits and rounded once to a double.\n")
print("/** x, f(x), x, f(x), … */")
print("export const reference: Readonly<Record<string, readonly number[]>> = {")
for name, (f, xs) in functions.items():
    print(f"  {name}: [" + ", ".join(f"{x!r}, {rounded(f(mpf(x)))!r}" for x in xs) + "],")
print("};\n")
print("/** x, y, x to the power y, … */")
print("export const powers: readonly number[] = [")
print("  " + ", ".join(f"{x!r}, {y!r}, {rounded(m.power(mpf(x), mpf(y)))!r}" for x, y in powers) + ",")
print("];")
