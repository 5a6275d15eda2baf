// Bonding curves: a contract mints and burns tokens at prices f(S) that depend on the supply S alone, and keeps what was paid as its reserve.
//
//   R(S) = ∫₀^S f,   minting a costs R(S + a) − R(S),   burning a pays R(S) − R(S − a)
//
// Charging the integral leaves no money pump: whatever the path, a supply has one reserve. (Charging a·f(S), the spot price, pays a[f(S + a) − f(S)] to whoever mints and burns.)
// Costs are computed as differences, never as R(S + a) − R(S): small amounts against large supplies keep their digits.
// Fees are the caller's: 1 + φ on what minting costs, 1 − φ on what burning pays.
import { exp, expm1, gaussLegendre, log1p, NotConverged, sigmoid, softplus } from "../../math/index.ts";

/** A price that does not fall with supply, and its integral. Supplies are at least 0; amounts are tokens. */
export interface BondingCurve {
  /** f(S). */
  price(supply: number): number;
  /** R(S) = ∫₀^S f. */
  reserve(supply: number): number;
  /** R(S + a) − R(S), for amounts of at least 0. */
  mintCost(supply: number, amount: number): number;
  /** R(S) − R(S − a), for amounts from 0 to S. */
  burnProceeds(supply: number, amount: number): number;
  /** The tokens that a sum of money mints: the inverse of `mintCost`. */
  amountFor(supply: number, money: number): number;
}

/** f and the integral ∫_S^(S+a) f for a ≥ −S, of the sign of a. */
interface Shape {
  readonly name: string;
  price(supply: number): number;
  cost(supply: number, amount: number): number;
  /** Default: Newton's method. */
  amountFor?(supply: number, money: number): number;
}

/** f(S) = slope · S + intercept. */
export function linearCurve({
  slope,
  intercept,
}: {
  readonly slope: number;
  readonly intercept: number;
}): BondingCurve {
  const name = "linearCurve";
  atLeast0(name, { slope, intercept });
  const price = (S: number) => slope * S + intercept;
  return curve({
    name,
    price,
    cost: (S, a) => a * (slope * (S + a / 2) + intercept),
    amountFor(S, money) {
      const P = price(S);
      return (2 * money) / (P + Math.sqrt(P * P + 2 * slope * money));
    },
  });
}

/** f(S) = slope · ln(S + 1). */
export function logarithmicCurve({ slope }: { readonly slope: number }): BondingCurve {
  const name = "logarithmicCurve";
  atLeast0(name, { slope });
  return curve({
    name,
    price: (S) => slope * log1p(S),
    cost: (S, a) => slope * (a * log1p(S) + (S + 1) * entropic(a / (S + 1))),
  });
}

/** f(S) = intercept · e^(growth · S). */
export function exponentialCurve({
  intercept,
  growth,
}: {
  readonly intercept: number;
  readonly growth: number;
}): BondingCurve {
  const name = "exponentialCurve";
  atLeast0(name, { growth });
  // 0 · e^(growth · S) is NaN where the power overflows.
  if (!(intercept > 0 && intercept < Infinity))
    throw new Error(`${name}: intercept is ${intercept}, expected a number above 0.`);
  const price = (S: number) => intercept * exp(growth * S);
  return curve({
    name,
    price,
    cost: (S, a) => (growth === 0 ? intercept * a : (price(S) * expm1(growth * a)) / growth),
    amountFor: (S, money) => (growth === 0 ? money / intercept : log1p((growth * money) / price(S)) / growth),
  });
}

/** f(S) = capacity / (1 + e^(−growth (S − midpoint))). */
export function sigmoidCurve({
  capacity,
  growth,
  midpoint,
}: {
  readonly capacity: number;
  readonly growth: number;
  readonly midpoint: number;
}): BondingCurve {
  const name = "sigmoidCurve";
  atLeast0(name, { capacity });
  if (!(growth > 0 && growth < Infinity)) throw new Error(`${name}: growth is ${growth}, expected a number above 0.`);
  if (!Number.isFinite(midpoint)) throw new Error(`${name}: midpoint is ${midpoint}, expected a finite number.`);
  return curve({
    name,
    price: (S) => capacity * sigmoid(growth * (S - midpoint)),
    cost(S, a) {
      const y = growth * (S - midpoint);
      const d = growth * a;
      return (capacity / growth) * (d < 0 ? -softplusStep(y + d, -d) : softplusStep(y, d));
    },
    // sp(y + d) − sp(y) = c  ⇒  d = c + ln(1 + e^(−y) (1 − e^(−c)))
    amountFor(S, money) {
      const y = growth * (S - midpoint);
      const c = (growth * money) / capacity;
      return (c + log1p(-expm1(-c) * exp(-y))) / growth;
    },
  });
}

/** f(S) = c₀ + c₁ S + c₂ S² + …, with coefficients of at least 0. */
export function polynomialCurve(coefficients: readonly number[]): BondingCurve {
  const name = "polynomialCurve";
  if (coefficients.length === 0) throw new Error(`${name}: there is no coefficient, expected at least one.`);
  coefficients.forEach((c, j) => {
    if (!(c >= 0 && c < Infinity))
      throw new Error(
        `${name}: the coefficient of S^${j} is ${c}, expected a number of at least 0. Polynomials with others go through ownCurve.`,
      );
  });
  return curve({
    name,
    price: (S) => coefficients.reduceRight((sum, c) => sum * S + c, 0),
    // v^(j+1) − u^(j+1) = (v − u) Σ v^i u^(j−i)
    cost(S, a) {
      const end = S + a;
      let [power, sum, total] = [1, 1, coefficients[0]!];
      for (let j = 1; j < coefficients.length; j++) {
        power *= S;
        sum = end * sum + power;
        total += (coefficients[j]! / (j + 1)) * sum;
      }
      return a * total;
    },
  });
}

/** Straight lines between points [supply, price] that begin at supply 0; beyond the last one the price stays. */
export function piecewiseCurve(points: readonly (readonly [supply: number, price: number])[]): BondingCurve {
  const name = "piecewiseCurve";
  if (points.length === 0 || points[0]![0] !== 0)
    throw new Error(`${name}: the first point is at supply ${points[0]?.[0]}, expected 0.`);
  points.forEach(([supply, price], k) => {
    atLeast0(`${name}: point ${k}`, { supply, price });
    if (k > 0 && !(supply > points[k - 1]![0] && price >= points[k - 1]![1]))
      throw new Error(
        `${name}: point ${k} is [${supply}, ${price}] after [${points[k - 1]}], expected a larger supply and no lower price.`,
      );
  });
  const last = points.length - 1;
  const slopes = points.map(([supply, price], k) =>
    k === last ? 0 : (points[k + 1]![1] - price) / (points[k + 1]![0] - supply),
  );
  /** The piece that S is in; of two that meet there, the upper one for whoever goes up. */
  const piece = (S: number, up: boolean): number => {
    let k = last;
    while (k > 0 && (up ? S < points[k]![0] : S <= points[k]![0])) k--;
    return k;
  };
  const at = (k: number, S: number) => points[k]![1] + slopes[k]! * (S - points[k]![0]);
  return curve({
    name,
    price: (S) => at(piece(S, true), S),
    cost(S, a) {
      const up = a > 0;
      let [from, left, total] = [S, a, 0];
      for (let k = piece(S, up); left !== 0; up ? k++ : k--) {
        const room = up ? (k === last ? Infinity : points[k + 1]![0] - from) : points[k]![0] - from;
        const width = up ? Math.min(left, room) : k === 0 ? left : Math.max(left, room);
        total += width * (at(k, from) + (slopes[k]! * width) / 2);
        left -= width;
        from = up ? (points[k + 1]?.[0] ?? from) : points[k]![0];
      }
      return total;
    },
  });
}

const SAMPLES = 256;

/**
 * A curve of one's own on supplies from 0 to `supplyMax`, integrated by quadrature to 1e-13. That it does not fall is checked at 257 supplies; kinks and jumps take long.
 */
export function ownCurve(f: (supply: number) => number, { supplyMax }: { readonly supplyMax: number }): BondingCurve {
  const name = "ownCurve";
  if (!(supplyMax > 0 && supplyMax < Infinity))
    throw new Error(`${name}: supplyMax is ${supplyMax}, expected a number above 0.`);
  let before = 0;
  for (let k = 0; k <= SAMPLES; k++) {
    const S = (supplyMax * k) / SAMPLES;
    const P = f(S);
    if (!(P >= 0 && P < Infinity))
      throw new Error(`${name}: the price is ${P} at supply ${S}, expected a number of at least 0.`);
    if (P < before)
      throw new Error(
        `${name}: the price falls from ${before} to ${P} at supply ${S}, expected one that does not fall.`,
      );
    before = P;
  }
  const within = (S: number) => {
    if (!(S <= supplyMax)) throw new Error(`${name}: supply ${S} is above supplyMax, ${supplyMax}.`);
  };
  return curve({
    name,
    price(S) {
      within(S);
      return f(S);
    },
    cost(S, a) {
      within(S + a);
      return a * meanOver(f, S, a, 0, 1, panel(f, S, a, 0, 1), 40);
    },
  });
}

/** (1 + t) ln(1 + t) − t. */
function entropic(t: number): number {
  if (Math.abs(t) > 0.1) return (1 + t) * log1p(t) - t;
  // Σ (−t)^n / (n (n − 1)) from n = 2
  let sum = 0;
  for (let n = 18; n >= 2; n--) sum = 1 / (n * (n - 1)) - t * sum;
  return t * t * sum;
}

/** ln(1 + e^(y+d)) − ln(1 + e^y) for d ≥ 0. */
function softplusStep(y: number, d: number): number {
  if (y > 0) return d + log1p(sigmoid(-y) * expm1(-d));
  return d < 700 ? log1p(sigmoid(y) * expm1(d)) : softplus(y + d) - softplus(y);
}

const NODES = gaussLegendre(16, 0, 1);

/** ∫ f(S + a u) du from `low` to `high`, by one panel of Gauss and Legendre. */
function panel(f: (supply: number) => number, S: number, a: number, low: number, high: number): number {
  let sum = 0;
  for (let n = 0; n < NODES.nodes.length; n++)
    sum += NODES.weights[n]! * f(S + a * (low + (high - low) * NODES.nodes[n]!));
  return (high - low) * sum;
}

/** The same by panels halved until halving changes nothing. */
function meanOver(
  f: (supply: number) => number,
  S: number,
  a: number,
  low: number,
  high: number,
  whole: number,
  depth: number,
): number {
  const middle = (low + high) / 2;
  const [left, right] = [panel(f, S, a, low, middle), panel(f, S, a, middle, high)];
  const change = Math.abs(left + right - whole);
  // A jump of f is inside ever smaller panels: halved 40 times, what is left of it does not count.
  if (change <= 1e-13 * (left + right) || depth === 0) return left + right;
  if (!Number.isFinite(change)) throw new Error(`ownCurve: the integral from supply ${S} to ${S + a} is not finite.`);
  return meanOver(f, S, a, low, middle, left, depth - 1) + meanOver(f, S, a, middle, high, right, depth - 1);
}

function curve(shape: Shape): BondingCurve {
  const { name, price, cost } = shape;
  const supplied = (S: number) => {
    if (!(S >= 0 && S < Infinity)) throw new Error(`${name}: supply is ${S}, expected a number of at least 0.`);
  };
  const amounts = (what: string, a: number) => {
    if (!(a >= 0 && a < Infinity)) throw new Error(`${name}: ${what} is ${a}, expected a number of at least 0.`);
  };
  return {
    price(S) {
      supplied(S);
      return price(S);
    },
    reserve(S) {
      supplied(S);
      return S === 0 ? 0 : cost(0, S);
    },
    mintCost(S, a) {
      supplied(S);
      amounts("amount", a);
      return a === 0 ? 0 : cost(S, a);
    },
    burnProceeds(S, a) {
      supplied(S);
      amounts("amount", a);
      if (a > S) throw new Error(`${name}: ${a} tokens to burn of a supply of ${S}.`);
      return a === 0 ? 0 : -cost(S, -a);
    },
    amountFor(S, money) {
      supplied(S);
      amounts("money", money);
      if (money === 0) return 0;
      const amount = shape.amountFor ? shape.amountFor(S, money) : newton(shape, S, money);
      if (!(amount < Infinity))
        throw new Error(`${name}: no amount costs ${money} at supply ${S}, where prices are 0.`);
      return amount;
    },
  };
}

// R is convex: from an amount that costs too much, Newton's steps fall towards the one that does not.
function newton({ name, price, cost }: Shape, S: number, money: number): number {
  let a = price(S) > 0 ? Math.min(1, money / price(S)) : 1;
  while (cost(S, a) < money) {
    a *= 2;
    if (a > 1e300) throw new Error(`${name}: no amount costs ${money} at supply ${S}, where prices are 0.`);
  }
  for (let k = 0; k < 1000; k++) {
    const next = a - (cost(S, a) - money) / price(S + a);
    if (!(next < a)) return a;
    a = next;
  }
  throw new NotConverged(`${name}: the amount for ${money}`, Math.abs(cost(S, a) / money - 1), 1e-15, "");
}

function atLeast0(where: string, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings))
    if (!(value >= 0 && value < Infinity))
      throw new Error(`${where}: ${name} is ${value}, expected a number of at least 0.`);
}
