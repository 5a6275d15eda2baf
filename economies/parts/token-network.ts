// Whom traders of the token economy follow, and when theory knows how correlated that makes them.
import { math, unknown, type Wiring } from "walras";
import { accountsOf } from "./token-census.ts";
import { type Bridges, routesOf, slotsOf } from "./token-pools.ts";
import { stepOf } from "./token-sentiment.ts";

const { exp, log } = math;

interface Network {
  readonly traders: number;
  readonly community: number;
  readonly degree: number;
  readonly strangers: number;
  readonly influence: number;
  readonly reinforcement: number;
  readonly decay: number;
}

/** Why theory does not know the correlation of sentiment in a community; null: it does. */
export function unknownCorrelation(p: Network) {
  if (p.degree >= p.community) return unknown(`there are no ${p.degree} others in a community of ${p.community}`);
  if (p.traders % p.community !== 0)
    return unknown(`the last community is larger: ${p.traders} traders in communities of ${p.community}`);
  if (p.strangers > 0) return unknown("known where nobody follows strangers");
  if (p.reinforcement > 0 || p.decay > 0) return unknown("known where strengths of links stay as they are");
  if (stepOf(p) > 1) return unknown("sentiment is posted in steps above a standard deviation of news");
  return null;
}

/** Each follows `degree` others of its community, each of them with the probability `strangers` somebody at any distance instead. Who is left over is in the last community. */
export function communities(
  p: Network &
    Bridges & {
      readonly [N in "markets" | "accounts" | "routes" | "slots" | "deciding" | "operators"]: number;
    },
): Wiring {
  const { community, degree, strangers, traders } = p;
  const others = Math.min(community, traders) - 1;
  if (degree > others)
    throw new Error(
      `token-economy: everybody follows ${degree} others in a community of ${others + 1}. Raise community or lower degree.`,
    );
  for (const [name, expected] of Object.entries({
    markets: p.chains * p.tokens,
    accounts: accountsOf(p),
    routes: routesOf(p),
    slots: slotsOf(p),
  }) as ["markets" | "accounts" | "routes" | "slots", number][])
    if (p[name] !== expected)
      throw new Error(
        `token-economy: ${name} is ${p[name]}, expected ${expected}. Leave it out: it follows from the others.`,
      );
  for (const [name, most, what] of [
    ["deciding", traders, "traders"],
    ["operators", p.markets, "pools"],
  ] as const)
    if (p[name] > most)
      throw new Error(`token-economy: ${name} is ${p[name]}, but there are ${most} ${what}. Lower it.`);
  return (link, { sources: N }, draw) => {
    const [member, strange] = [draw.uniform("member"), draw.uniform("strange")];
    const [distance, side] = [draw.uniform("distance"), draw.integer("side", 2)];
    const farthest = log(Math.max(2, N / 2));
    // Kleinberg 2000, Nature 406, 845: with probability 1/d at a distance d, in one dimension. Most are near also in memory.
    const stranger = (i: number): number => {
      const d = Math.floor(exp(farthest * distance()));
      return (i + (side() === 0 ? d : N - d)) % N;
    };
    const last = Math.max(0, Math.floor(N / community) - 1);
    const chosen = new Int32Array(degree);
    for (let i = 0; i < N; i++) {
      const c = Math.min(last, Math.floor(i / community));
      const first = c * community;
      const size = c === last ? N - first : community;
      for (let k = 0; k < degree; ) {
        const j = strangers > 0 && strange() < strangers ? stranger(i) : first + Math.floor(size * member());
        let again = j === i;
        for (let before = 0; before < k; before++) again ||= chosen[before] === j;
        if (again) continue;
        chosen[k++] = j;
        link(i, j);
      }
    }
  };
}
