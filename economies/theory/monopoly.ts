// A monopolist who posts a price each period: four kinds of demand with exact answers.
//
//   linear   q = A − B p                              p = (A + Bc)/(2B)
//   logit    q = 1/(1 + e^((a₀ − a + p)/μ))           p = c + μ (1 + W(e^((a − a₀ − c)/μ − 1)))
//   markov   q = A_t − B p, A_t one of two levels     the linear price of each level; values from V = π + δ P V
//   habit    q = A − B p + h q₋₁                      q = q₀ + k q₋₁, linear-quadratic
import { type Unknown, unknown } from "walras";
import { lambertWOfExp, sigmoid } from "walras/math";

export interface LinearDemand {
  readonly intercept: number; // A
  readonly slope: number; // B > 0
  readonly cost: number; // c
}

export interface Sale {
  readonly price: number;
  readonly quantity: number;
  readonly profit: number;
}

/** The best price against q = A − B p, and what it brings; demand at cost, A − Bc, must not be negative. */
export function linearMonopoly({ intercept: A, slope: B, cost: c }: LinearDemand): Sale {
  const price = (A + B * c) / (2 * B);
  const quantity = (A - B * c) / 2;
  return { price, quantity, profit: (price - c) * quantity };
}

export interface LogitDemand {
  readonly quality: number; // a
  readonly outsideQuality: number; // a₀
  readonly cost: number; // c
  readonly differentiation: number; // μ > 0
}

// (p − c)(1 − q) = μ: with p = c + μ (1 + w), w e^w = e^((a − a₀ − c)/μ − 1); then q = w/(1 + w) and π = μ w
/** The best price of a single good under logit demand. */
export function logitMonopoly({ quality: a, outsideQuality: a0, cost: c, differentiation: μ }: LogitDemand): Sale {
  const w = lambertWOfExp((a - a0 - c) / μ - 1);
  return { price: c + μ * (1 + w), quantity: w / (1 + w), profit: μ * w };
}

// V₁ + V₂ and V₁ − V₂ each solve an equation of their own: S = π₁ + π₂ + δS, D = π₁ − π₂ + δ(1 − 2s)D
/** Discounted profits from either of two levels between which demand switches with probability s. */
export function switchingValues(
  profits: readonly [number, number],
  { discountFactor: δ, switchProbability: s }: { readonly discountFactor: number; readonly switchProbability: number },
): [number, number] {
  const sum = (profits[0] + profits[1]) / (1 - δ);
  const difference = (profits[0] - profits[1]) / (1 - δ * (1 - 2 * s));
  return [(sum + difference) / 2, (sum - difference) / 2];
}

export interface HabitDemand extends LinearDemand {
  readonly habit: number; // h, 0 ≤ h < 1
  readonly discountFactor: number; // δ
}

export interface HabitPolicy {
  /** q = intercept + slope · q₋₁ */
  readonly intercept: number;
  readonly slope: number;
  readonly steadyQuantity: number;
  readonly steadyPrice: number;
  /** Discounted profits when the last period's sales were x. */
  value(x: number): number;
  /** Where sales settle if the seller cares for this period's profit only. */
  readonly myopicQuantity: number;
}

// V(x) = v₀ + v₁x + v₂x² = max_q ((A + hx − q)/B − c) q + δ V(q). With D = 1/B − δv₂ and N(x) = (A + hx)/B − c + δv₁ the best q is N/(2D)
// and V(x) = δv₀ + N²/(4D). Equating powers of x gives the Riccati equation 4 v₂ (1/B − δ v₂) = (h/B)², whose smaller root is the value.
/** The best policy, provided it never calls for a price outside what can be posted. */
export function habitMonopoly({
  intercept: A,
  slope: B,
  cost: c,
  habit: h,
  discountFactor: δ,
}: HabitDemand): HabitPolicy {
  const v2 = (h * h) / (2 * B * (1 + Math.sqrt(1 - δ * h * h)));
  const D = 1 / B - δ * v2;
  const slope = h / (2 * B * D);
  const v1 = (slope * (A / B - c)) / (1 - δ * slope);
  const atZero = A / B - c + δ * v1;
  const intercept = atZero / (2 * D);
  const v0 = (atZero * atZero) / (4 * D) / (1 - δ);
  const steadyQuantity = intercept / (1 - slope);
  return {
    intercept,
    slope,
    steadyQuantity,
    steadyPrice: (A - (1 - h) * steadyQuantity) / B,
    value: (x) => v0 + x * (v1 + x * v2),
    myopicQuantity: (A - B * c) / (2 - h),
  };
}

/** A market with the prices that can be posted, whatever the kind of its demand. */
export interface Monopoly extends HabitDemand, LogitDemand {
  readonly interceptLow: number; // A₁
  readonly interceptHigh: number; // A₂
  readonly switchProbability: number; // s
  readonly priceLow: number;
  readonly priceHigh: number;
}
type Answer = Readonly<Record<string, number | Unknown>>;

/** By kind of demand, what the best policy among those that can be posted charges, sells and earns. */
export const answers = {
  linear: (p: Monopoly): Answer => forEver(linearSale(p, p.intercept), p),
  logit(p: Monopoly): Answer {
    const best = logitMonopoly(p);
    return forEver(isPosted(best.price, p) ? best : logitSale(within(best.price, p), p), p);
  },
  markov(p: Monopoly): Answer {
    const [bad, good] = [linearSale(p, p.interceptLow), linearSale(p, p.interceptHigh)];
    const [valueInBadTimes, valueInGoodTimes] = switchingValues([bad.profit, good.profit], p);
    return {
      price: (bad.price + good.price) / 2,
      quantity: (bad.quantity + good.quantity) / 2,
      profit: (bad.profit + good.profit) / 2,
      value: (valueInBadTimes + valueInGoodTimes) / 2,
      priceInBadTimes: bad.price,
      priceInGoodTimes: good.price,
      profitInBadTimes: bad.profit,
      profitInGoodTimes: good.profit,
      valueInBadTimes,
      valueInGoodTimes,
    };
  },
  habit(p: Monopoly): Answer {
    const policy = habitMonopoly(p);
    const { steadyPrice: price, steadyQuantity: quantity, myopicQuantity } = policy;
    const firstPrice = (p.intercept - policy.intercept) / p.slope;
    // Sales rise from 0 to the steady state, and prices go straight from the first to the last.
    const reason =
      p.intercept <= p.slope * p.cost
        ? "nobody wants the good at its cost"
        : isPosted(firstPrice, p) && isPosted(price, p)
          ? null
          : `the best policy begins with a price of ${firstPrice.toPrecision(4)} and goes to ${price.toPrecision(4)}, outside ${p.priceLow} to ${p.priceHigh}`;
    const myopicPrice = (p.intercept - (1 - p.habit) * myopicQuantity) / p.slope;
    const stated = (value: number): number | Unknown => (reason === null ? value : unknown(reason));
    return {
      price: stated(price),
      quantity: stated(quantity),
      profit: stated((price - p.cost) * quantity),
      value: stated(policy.value(0)),
      policyIntercept: stated(policy.intercept),
      policySlope: stated(policy.slope),
      firstPrice: stated(firstPrice),
      myopicQuantity:
        myopicQuantity > 0 && isPosted(myopicPrice, p) && isPosted((p.intercept / p.slope + p.cost) / 2, p)
          ? myopicQuantity
          : unknown("a seller who cares for this period only cannot post what would be best"),
    };
  },
};

type Posted = Pick<Monopoly, "priceLow" | "priceHigh">;

const forEver = (sale: Sale, { discountFactor: δ }: Monopoly): Answer => ({ ...sale, value: sale.profit / (1 - δ) });

const within = (price: number, { priceLow, priceHigh }: Posted): number =>
  Math.min(priceHigh, Math.max(priceLow, price));

/** Whether a price can be posted, but for rounding of the bounds. */
const isPosted = (price: number, p: Posted): boolean =>
  Math.abs(price - within(price, p)) <= 1e-12 * Math.max(1, Math.abs(price));

/** Against q = A − B p, as far as prices can be posted: profit has one peak. What nobody wants at cost is not sold. */
function linearSale(p: Monopoly, intercept: number): Sale {
  const { slope, cost } = p;
  const best =
    intercept <= slope * cost
      ? { price: Math.max(cost, intercept / slope), quantity: 0, profit: 0 }
      : linearMonopoly({ intercept, slope, cost });
  if (isPosted(best.price, p)) return best;
  const price = within(best.price, p);
  const quantity = Math.max(0, intercept - slope * price);
  return { price, quantity, profit: (price - cost) * quantity };
}

/** At a given price under logit demand. */
function logitSale(price: number, p: LogitDemand): Sale {
  const quantity = sigmoid((p.quality - p.outsideQuality - price) / p.differentiation);
  return { price, quantity, profit: (price - p.cost) * quantity };
}
