// Manski's reflection problem: from consumption and incomes of people who reply best, the calibrator finds how much they watch each other where peers have
// other peers, and says that it cannot where all of a group are each other's.
import { type AnyParamValues, createSimulation, defineSimulation, math } from "walras";
import { GRID, identify, instrumentSurface } from "walras/calibration";
import { socialConsumption } from "../../economies/social-consumption.ts";
import { type Looked, meanOfPeers, settledConsumption } from "../../economies/theory/social-consumption.ts";

const RANGES = [
  [0, 0.95], // φ
  [0, 2], // γ
  [-1, 1], // δ
] as const;
/** χ² of one degree of freedom at 95 %. */
const CHANCE = 3.841;

export default defineSimulation({
  name: "domains/reflection",
  summary:
    "From consumption where all reply best, data tell peers' influence in a network of other people's peers, and never in groups.",
  economy: socialConsumption,
  params: { agents: 3000, peers: 2, tasteSd: 0.3, horizon: 1 },
  totalSteps: 1,
  seeds: Array.from({ length: 20 }, (_, k) => k + 1),
  measure: ({ params, seed }) => ({ ...told("groups", params, seed), ...told("random", params, seed) }),
  expect: ({ influence }) => [
    {
      item: "groups: influence is not identified",
      measure: "groups: not identified",
      claim: "Manski: never",
      theory: 1,
      unit: "1",
      tolerance: 0,
      kind: "absolute",
    },
    {
      item: "groups: share of the range of φ that remains possible",
      measure: "groups: width",
      claim: "all from φ + δ alike",
      theory: 1,
      unit: "1",
      tolerance: 0.5,
      kind: "atLeast",
    },
    {
      item: "network: influence is identified",
      measure: "random: identified",
      claim: "Bramoullé et al.: I, G, G² are independent",
      theory: 1,
      unit: "1",
      tolerance: 0,
      kind: "absolute",
    },
    {
      item: "network: φ where the distance is least",
      measure: "random: influence",
      claim: "φ",
      theory: influence,
      unit: "1",
      tolerance: 0.15,
      kind: "absolute",
    },
    {
      item: "network: the interval has the true φ",
      measure: "random: covers",
      claim: "19 of 20",
      theory: 1,
      unit: "1",
      tolerance: 0,
      kind: "absolute",
      share: 0.85,
      note: "17 of 20 wanted: fewer have a chance of 2 % where each has 95 %",
    },
  ],
  figures: ({ influence }) => [
    {
      title: "What the data say about influence",
      xLabel: "peers’ influence φ",
      yLabel: "distance: Anderson and Rubin’s statistic",
      lines: [
        { label: "groups", measured: "profile/groups" },
        { label: "a network", measured: "profile/random" },
        { label: "within chance", level: CHANCE },
        { label: "true φ", points: [[influence, 0]], as: "dots" },
      ],
      caption:
        "Least distance at each φ with incomes’ effects chosen anew. In groups the effect of peers’ incomes makes up for any φ; peers of peers tell them apart.",
    },
  ],
});

/** What the calibrator says of people on a network of this kind. */
function told(network: "groups" | "random", params: AnyParamValues, seed: number): Record<string, number> {
  const simulation = createSimulation(socialConsumption, { params: { ...params, network }, seed });
  simulation.reset(0);
  const people = (name: string) => simulation.columns[`people.${name}`] as Float64Array;
  const looked = (simulation.worlds[0] as unknown as { readonly looks: Looked }).looks;
  const influence = params["influence"] as number;
  const x = settledConsumption(looked, people("taste"), influence);
  const w = people("income");
  const Gw = meanOfPeers(looked, w);
  const surface = instrumentSurface({
    outcome: x,
    regressors: [meanOfPeers(looked, x), w, Gw],
    instruments: [w, Gw, meanOfPeers(looked, Gw)],
    ranges: RANGES,
  });
  const [low, high] = RANGES[0];
  const best = surface.starts
    .map((start) => math.minimise((place, g) => surface.distance(place, g), start, { low: [0, 0, 0], high: [1, 1, 1] }))
    .reduce((a, b) => (b.value < a.value ? b : a));
  const [found] = identify(surface, best.x, [CHANCE, CHANCE, CHANCE]);
  const at = (place: number) => low + place * (high - low);
  const { profile } = found;
  return {
    [`${network}: identified`]: Number(found.verdict === "identified"),
    [`${network}: not identified`]: Number(found.verdict === "not identified"),
    [`${network}: width`]: found.high - found.low,
    [`${network}: influence`]: at(best.x[0]),
    [`${network}: covers`]: Number(at(found.low) <= influence && influence <= at(found.high)),
    ...Object.fromEntries(
      Array.from({ length: GRID }, (_, i) => [
        `profile/${network}/${at(profile.x[i])}`,
        Math.min(40, profile.profile[i]),
      ]),
    ),
  };
}
