// Prices on several chains and what it is worth to carry a token from one to another over a bridge of rate B that takes τ periods and keeps a share φ_b.
//
//   dP_c = κ (F_c − P_c) dt + σ_c dW_c          F_c = F/B_0c, σ_c = σ F_c/F, m_c = m (F_c/F)²: chains differ by the token's denomination alone
//   gain = k E P_j(t + τ) − P_i(t),             k = B_ij (1 − φ_b);  E P_j(t + τ) = F_j + e^(−κτ) (P_j − F_j), variance k² σ_j² (1 − e^(−2κτ))/(2κ)
//   c = m_i + k² m_j
//
// The gap B_ij P_j − P_i of two chains is an Ornstein–Uhlenbeck process of rate κ where nobody carries anything.
import { mechanisms, parts, type Unknown, unknown } from "walras";

export interface Chains extends parts.BridgeRules {
  readonly price: number;
  readonly slope: number;
  readonly reversion: number;
  readonly volatility: number;
  readonly gap: number;
  readonly toll: number;
  readonly riskAversion: number;
  readonly arbitrageurs: number;
  readonly orderMax: number;
  readonly failureRate: number;
  readonly senders: number;
  readonly pairs: number;
  readonly lanes: number;
  readonly slots: number;
}

/** Pools hold as many times the tokens that bring their price down to 0. */
export const DEPTH = 4;

/** What is known of a way from chain i to chain j before prices are. */
export interface Route {
  /** Tokens of j that one of i becomes. */
  readonly made: number;
  /** c. */
  readonly cost: number;
  /** Of made P_j(t + τ) at t. */
  readonly variance: number;
  /** e^(−κτ). */
  readonly left: number;
  /** F_j. */
  readonly level: number;
}

/** A chain as its takers and its pool know it. */
interface Chain {
  readonly value: number;
  readonly slope: number;
  readonly process: mechanisms.ExactProcess;
  readonly pool: number;
}
interface Table {
  readonly chains: readonly Chain[];
  /** Row by row. */
  readonly routes: readonly Route[];
}
const tables = new WeakMap<Chains, Table>();

/** All that parameters alone decide; computed once for each set of parameters. */
function tableOf(p: Chains): Table {
  const before = tables.get(p);
  if (before) return before;
  const all = Array.from({ length: p.chains }, (_, c) => c);
  const chains = all.map((c): Chain => {
    const [out, back] = [parts.bridgeRate(p, 0, c), parts.bridgeRate(p, c, 0)];
    const relative = c === 0 ? 1 : out > 0 ? 1 / out : back > 0 ? back : 1;
    const value = p.price * relative;
    const slope = p.slope * relative * relative;
    const process = mechanisms.ornsteinUhlenbeck({
      rate: p.reversion,
      level: value,
      volatility: p.volatility * relative,
    });
    return { value, slope, process, pool: mechanisms.roundDown((DEPTH * value) / slope) };
  });
  const routes = all.flatMap((i) =>
    all.map((j): Route => {
      const made = parts.bridgeRate(p, i, j) * (1 - p.bridgeFee);
      const [from, to, delay] = [chains[i], chains[j], parts.bridgeDelay(p, i, j)];
      return {
        made,
        cost: from.slope + made * made * to.slope,
        variance: made * made * to.process.moments(to.value, delay).variance,
        left: to.process.moments(to.value + 1, delay).mean - to.value,
        level: to.value,
      };
    }),
  );
  const table = { chains, routes };
  tables.set(p, table);
  return table;
}

/** Value of a token of chain c, in money: as much as what it can be turned into on the first chain, or be made from. */
export const valueOn = (p: Chains, c: number): number => tableOf(p).chains[c].value;
/** Money per token and token on chain c. */
export const slopeOn = (p: Chains, c: number): number => tableOf(p).chains[c].slope;
/** The price of chain c while nobody carries tokens. */
export const priceOn = (p: Chains, c: number): mechanisms.ExactProcess => tableOf(p).chains[c].process;
/** Tokens that the pool of chain c holds at value. */
export const poolOn = (p: Chains, c: number): number => tableOf(p).chains[c].pool;
export const routeOf = (p: Chains, i: number, j: number): Route => tableOf(p).routes[i * p.chains + j];

/** Refuses bridges that cannot be, and numbers that follow from others and were set to something else. */
export function refuseImpossible(p: Chains): void {
  parts.checkedBridges(p);
  const longest = p.delays.reduce((most, delay) => Math.max(most, delay), 1);
  const wanted = {
    senders: p.arbitrageurs,
    pairs: (p.chains * (p.chains - 1)) / 2,
    lanes: p.arbitrageurs * p.chains * p.chains,
    slots: longest,
  };
  for (const name of ["senders", "pairs", "lanes", "slots"] as const)
    if (p[name] !== wanted[name])
      throw new Error(
        `chains: ${name} is ${p[name]}, expected ${wanted[name]}, which follows from the others; leave it out.`,
      );
}

/** made E P_j(t + τ) − P_i(t). */
export const gainOf = ({ made, left, level }: Route, from: number, to: number): number =>
  made * (level + left * (to - level)) - from;

/** What each arbitrageur carries at these prices by rule, in tokens of where it buys: at most `orderMax`, and nothing at a loss. */
export function orderBy(p: Chains, route: Route, from: number, to: number): number {
  const gain = gainOf(route, from, to);
  if (!(gain > p.toll && route.made > 0)) return 0;
  return Math.min(p.orderMax, carried(p, route, gain).amount);
}

const carried = (p: Chains, { cost, variance }: Route, gain: number, amongRivals = true) =>
  mechanisms.bestCarry(gain, {
    cost,
    toll: p.toll,
    riskAversion: p.riskAversion,
    variance,
    rivals: amongRivals ? p.arbitrageurs - 1 : 0,
  });

/** Prices reach nothing, or twice their value, within five standard deviations. */
const tooWild = (p: Chains): boolean => p.gap + (5 * p.volatility) / Math.sqrt(2 * p.reversion) > p.price;

/** Of one token that is bought on the first chain at its value and sold on the second, whose price is higher by the gap and on its way back. */
export function firstTrip(p: Chains): {
  readonly expectedGap: number;
  readonly gapSd: number;
  readonly order: number | Unknown;
  readonly profit: number | Unknown;
} {
  const route = routeOf(p, 0, 1);
  const gain = gainOf(route, p.price, valueOn(p, 1) * (1 + p.gap / p.price));
  const { amount } = carried(p, route, gain);
  const reason =
    p.failureRate > 0
      ? unknown("a transfer that fails is sold where it was bought, or later, and its profit has no normal law")
      : tooWild(p)
        ? unknown("prices come within reach of nothing, where they have no normal law")
        : gain < 0
          ? unknown("the fee is more than the gap; there may be something to gain the other way")
          : null;
  const order = Math.min(p.orderMax, amount);
  return {
    expectedGap: gain,
    gapSd: Math.sqrt(route.variance),
    order: reason ?? order,
    profit: reason ?? order * (gain - p.toll - (route.cost * p.arbitrageurs * order) / 2),
  };
}

/** The same where a bridge takes no time and keeps nothing, for one arbitrageur. */
export const atOnce = (p: Chains): { readonly amount: number; readonly profit: number } => {
  const route = routeOf({ ...p, bridgeFee: 0 }, 0, 1);
  return mechanisms.bestCarry(route.made * valueOn(p, 1) * (1 + p.gap / p.price) - p.price, { cost: route.cost });
};

/** Standard deviation of the gap B_01 P_1 − P_0 in the long run while nobody carries anything. */
export function idleSd(p: Chains): number | Unknown {
  if (tooWild(p)) return unknown("prices come within reach of nothing, where they have no normal law");
  const rate = parts.bridgeRate(p, 0, 1);
  const sd = (c: number) => (p.volatility * valueOn(p, c)) / p.price;
  return Math.sqrt((rate * rate * sd(1) * sd(1) + sd(0) * sd(0)) / (2 * p.reversion));
}
