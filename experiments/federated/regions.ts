// Twenty sellers, each with a twentieth of all demands, train one network without showing what they sell: against each alone, with participants who drop out, who lie, and
// whose costs differ without anybody seeing it.
import { defineSimulation, math } from "walras";
import { type Combination, createFederation, federate, type Participant } from "walras/federated";
import { seedStream } from "walras/random";
import { bestSeller, markup, regions, regret } from "./parts/sellers.ts";

const PARTICIPANTS = 20;
const ROUNDS = 40;
const EVERY = 5;
const LIARS = 4;
/** Costs that nobody sees. */
const COSTS = [0.2, 0.6];

export default defineSimulation({
  name: "federated/regions",
  summary: "Sellers with a part of all demands each learn one network together, with some who drop out or lie.",
  economy: bestSeller,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  measure: ({ seed }) => ({
    ...together(seed, "together", 0),
    ...together(seed, "dropping", 0.5),
    ...alone(seed),
    ...lying(seed, "meanOfLiars", "mean"),
    ...lying(seed, "median", "median"),
    ...lying(seed, "trimmed", { trim: LIARS }),
    ...lying(seed, "krum", { krum: LIARS }),
    ...unseen(seed),
    masks: masks(seed),
  }),
  expect: () => [
    atMost("together: profits forgone over all demands", `together/${ROUNDS}`, 0.01, "the best price is (a + c)/2"),
    {
      item: "each alone, as many rounds: likewise",
      measure: `alone/${ROUNDS}`,
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0.03,
      kind: "atLeast" as const,
      note: "knows a twentieth of all demands",
    },
    atMost("half drop out of each round: likewise", `dropping/${ROUNDS}`, 0.02),
    {
      item: "four of twenty answer −10 times their update, mean: likewise",
      measure: `meanOfLiars/${ROUNDS}`,
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0.1,
      kind: "atLeast" as const,
      note: "the mean is ruined",
    },
    atMost("likewise, median of each weight", `median/${ROUNDS}`, 0.03),
    atMost("likewise, mean without the four highest and lowest", `trimmed/${ROUNDS}`, 0.03),
    atMost("likewise, Krum: one participant's update", `krum/${ROUNDS}`, 0.05),
    {
      item: "costs of 0.2 and 0.6 that nobody sees: mean of price − a/2",
      measure: "markup",
      claim: "–",
      theory: 0.2,
      unit: "money/good",
      tolerance: 0.04,
      kind: "absolute" as const,
      note: "half the mean cost: a compromise that is right for nobody",
    },
    atMost(
      "weights under masks less weights without, two of six drop out",
      "masks",
      1 / (1 << 20),
      "half a unit of the fixed point, and rounding to single precision",
    ),
  ],
  figures: () => [
    {
      title: "Profits forgone over all demands",
      xLabel: "rounds",
      yLabel: "log₁₀ of the share forgone",
      lines: [
        { label: "together", measured: "logTogether" },
        { label: "half drop out", measured: "logDropping" },
        { label: "each alone", measured: "logAlone", as: "reference" },
      ],
      caption:
        "One round is a rollout of 64 decisions in each region. Alone: five regions' networks, each asked about all demands.",
    },
    {
      title: "Four of twenty lie",
      xLabel: "rounds",
      yLabel: "log₁₀ of the share forgone",
      lines: [
        { label: "mean", measured: "logMeanOfLiars" },
        { label: "median", measured: "logMedian" },
        { label: "trimmed mean", measured: "logTrimmed" },
        { label: "Krum", measured: "logKrum" },
        { label: "mean, nobody lies", measured: "logTogether", as: "reference" },
      ],
      caption: "Liars answer with −10 times what their training found.",
    },
  ],
});

function atMost(item: string, measure: string, tolerance: number, note?: string) {
  const unit = measure === "masks" ? "1" : "of the best";
  return { item, measure, claim: "–", theory: 0, unit, tolerance, kind: "atMost" as const, ...(note && { note }) };
}

const LN_10 = math.log(10);
/** A share by round, and its logarithm for figures. */
function kept(name: string, round: number, share: number): Record<string, number> {
  const title = `log${name[0]!.toUpperCase()}${name.slice(1)}`;
  return { [`${name}/${round}`]: share, [`${title}/${round}`]: math.log(Math.max(1e-5, share)) / LN_10 };
}

/** Rounds of participants, measured every few. */
function rounds(
  name: string,
  participants: readonly Participant[],
  options: { readonly initial: Float32Array; readonly seed: number; readonly combine?: Combination },
  share: (weights: Float32Array) => number,
): Record<string, number> {
  const { initial, seed, combine = "mean" } = options;
  const measured = {};
  for (const { round, weights } of federate({ participants, initial, combine, stream: seedStream(seed).fork(name) })) {
    if ((round + 1) % EVERY === 0) Object.assign(measured, kept(name, round + 1, share(weights)));
    if (round + 1 === ROUNDS) break;
  }
  return measured;
}

function together(seed: number, name: string, dropping: number): Record<string, number> {
  const learners = regions(PARTICIPANTS, seed);
  const chance = seedStream(seed).fork(`${name}/drops`);
  const participants = learners.map((learner, i) => ({
    train: (weights: Float32Array, round: number) =>
      chance.uniformAt(0, round, i) < dropping ? null : learner.train(weights, round),
  }));
  const first = learners[0]!;
  return rounds(name, participants, { initial: first.weights(), seed }, (weights) => regret(first, weights));
}

/** Five regions, each on its own. */
function alone(seed: number): Record<string, number> {
  const learners = regions(PARTICIPANTS, seed).filter((_, i) => i % 4 === 2);
  const initial = learners[0]!.weights();
  const each = learners.map((learner) =>
    rounds("alone", [learner], { initial, seed }, (weights) => regret(learner, weights)),
  );
  return Object.fromEntries(Object.keys(each[0]!).map((key) => [key, math.mean(each.map((one) => one[key]!))]));
}

function lying(seed: number, name: string, combine: Combination): Record<string, number> {
  const learners = regions(PARTICIPANTS, seed);
  const participants = learners.map((learner, i) => ({
    train(weights: Float32Array, round: number) {
      const after = learner.train(weights, round)!;
      if (i % (PARTICIPANTS / LIARS) !== 0) return after;
      return weights.map((w, k) => w - 10 * (after[k]! - w));
    },
  }));
  const first = learners[1]!;
  return rounds(name, participants, { initial: first.weights(), seed, combine }, (weights) => {
    const share = regret(first, weights);
    return Number.isFinite(share) ? share : 1;
  });
}

function unseen(seed: number): Record<string, number> {
  const learners = regions(PARTICIPANTS, seed, COSTS);
  const first = learners[0]!;
  let end = 0;
  rounds("unseen", learners, { initial: first.weights(), seed }, (weights) => {
    end = markup(first, weights);
    return 0;
  });
  return { markup: end };
}

/** The largest difference that masks make to weights, over three rounds of six participants of whom two drop out. */
function masks(seed: number): number {
  const learners = regions(6, seed);
  const initial = learners[0]!.weights();
  const words = seedStream(seed).fork("masks");
  let drawn = 0;
  const random = (count: number): Uint32Array => Uint32Array.from({ length: count }, () => words.bitsAt(0, 0, drawn++));
  const options = { initial, participants: learners.length };
  const plain = createFederation({ ...options, stream: seedStream(seed).fork("plain") });
  const secure = createFederation({
    ...options,
    stream: seedStream(seed).fork("secure"),
    secure: { bits: 20, random },
  });
  for (let round = 0; round < 3; round++) {
    const answers = learners.map((learner, i) => {
      const missing = i % 3 === round;
      return [i, missing ? null : learner.train(plain.weights.slice(), round)] as const;
    });
    plain.close(new Map(answers));
    secure.close(new Map(answers));
  }
  return Math.max(...plain.weights.map((w, k) => Math.abs(w - secure.weights[k]!)));
}
