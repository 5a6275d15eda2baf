// What the static HSV tax's experiments share: a government that wants welfare, and how good what was learned is, by quadrature over skills.
import { type AnyRows, type Expectation, leaders, math, type ParamsOf, type Player, solvers } from "walras";
import type { hsvStatic } from "../../../economies/hsv-static.ts";

type Params = ParamsOf<typeof hsvStatic>;

/** The government wants mean utility. */
export const meanUtility: leaders.Task = {
  name: "welfare",
  leader: "government",
  score: leaders.maximizeWelfare("households.utility"),
};

/** ξ that the leader settled on. */
function settled(player: Player): number {
  let ξ = Number.NaN;
  player.play({
    seed: 1,
    periods: 1,
    visit: (w) => {
      ξ = w["progressivity"] as number;
    },
  });
  return ξ;
}

/** What households do under ξ, and what follows, in an economy of infinitely many: skills at the middles of N slices of ±5 deviations. */
export function respond(player: Player, ξ: number) {
  const p = player.params as unknown as Params;
  const [N, s] = [p.households, Math.sqrt(p.logSkillVariance)];
  const z = Float64Array.from({ length: N }, (_, i) => ((i + 0.5) / N) * 10 - 5);
  const density = z.map(math.normalDensity);
  const mass = density.map((x) => x / math.pairwiseSum(density));
  const logSkill = z.map((z) => s * (z - s / 2));
  const rows = player.respond("households", (w) => {
    w["progressivity"] = ξ;
    ((w["households"] as AnyRows)["logSkill"] as Float64Array).set(logSkill);
  });
  const hours = rows["hours"] as Float64Array;
  const mean = (of: (i: number) => number): number => math.pairwiseSum(mass.map((m, i) => m * of(i)));
  const income = hours.map((h, i) => math.exp(logSkill[i]) * h);
  const scale =
    p.budget === "balanced" ? mean((i) => income[i]) / mean((i) => math.pow(income[i], 1 - ξ)) : (1 - p.rate) / (1 - ξ);
  const toil = (h: number): number => math.pow(h, 1 + p.inverseFrisch) / (1 + p.inverseFrisch);
  // What of utility depends on own hours; λ does not, as long as there are many.
  const own = (h: number): number => (1 - ξ) * math.log(h) - toil(h);
  const consumed = (i: number): number => scale * math.pow(income[i], 1 - ξ);
  return {
    hours: mean((i) => hours[i]),
    welfare: mean((i) => math.log(consumed(i)) - toil(hours[i])),
    deficit: mean((i) => consumed(i) - income[i]) / mean((i) => income[i]),
    gap: own(solvers.hsvHours(ξ, p)) - mean((i) => own(hours[i])),
  };
}

/** Where the leader settled, what it is worth, and hours as a function of ξ, as `hours/0.1`. */
export function measureTax(player: Player): Record<string, number> {
  const p = player.params as unknown as Params;
  const [ξ, best] = [settled(player), solvers.optimalProgressivity(p)];
  const noTax = solvers.hsvStaticWelfare(0, p);
  const { hours, welfare, deficit, gap } = respond(player, ξ);
  const curve = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].filter(
    (ξ) => ξ >= p.progressivityMin && ξ <= p.progressivityMax,
  );
  return {
    progressivity: ξ,
    hours,
    welfare,
    deficit,
    gainShare: (welfare - noTax) / (solvers.hsvStaticWelfare(best, p) - noTax),
    regret: solvers.hsvStaticWelfare(best, p) - solvers.hsvStaticWelfare(ξ, p),
    gap,
    ...Object.fromEntries(curve.map((ξ) => [`hours/${ξ}`, respond(player, ξ).hours])),
    ...Object.fromEntries(curve.map((ξ) => [`welfare/${ξ}`, respond(player, ξ).welfare])),
    hoursError: Math.max(...curve.map((ξ) => Math.abs(respond(player, ξ).hours - solvers.hsvHours(ξ, p)))),
  };
}

/** Against the exact Stackelberg answer. */
export const expectTax = (truth: { readonly progressivity: number; readonly hours: number }): Expectation[] => [
  {
    item: "progressivity ξ*",
    measure: "progressivity",
    claim: "–",
    theory: truth.progressivity,
    unit: "1",
    tolerance: 0.03,
    kind: "absolute",
  },
  {
    item: "hours at the leader's ξ",
    measure: "hours",
    claim: "households work less",
    theory: truth.hours,
    unit: "hours",
    tolerance: 0.02,
    kind: "absolute",
  },
  {
    item: "share of the welfare gain, by what households really do",
    measure: "gainShare",
    claim: "significantly improves on the free market",
    theory: 1,
    unit: "1",
    tolerance: 0.02,
    kind: "absolute",
  },
  {
    item: "households' best-response gap",
    measure: "gap",
    claim: "–",
    theory: 0,
    unit: "utils",
    tolerance: 0.001,
    kind: "atMost",
  },
  {
    item: "hours as a function of ξ from 0 to 0.9, largest error",
    measure: "hoursError",
    claim: "–",
    theory: 0,
    unit: "hours",
    tolerance: 0.03,
    kind: "atMost",
  },
];
