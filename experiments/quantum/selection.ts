// Which 4 of 12 assets to hold, by QAOA on a simulated machine without errors: how near its readings come to the best set, by layers, and how many readings find it,
// beside greedy search, annealing and guessing.
import { defineSimulation, math } from "walras";
import { anneal, bruteForce, greedy, onesIn, penalised, qaoa, selectionValues } from "walras/quantum";
import { seedStream } from "walras/random";
import { type AssetParams, assets, selectionOf } from "./parts/assets.ts";

const LAYERS = 8;
/** Choices of each seed. */
const INSTANCES = 4;
/** Swaps that a run of annealing tries: the length that finds the best with the fewest in all is taken. */
const LENGTHS = [20, 40, 80, 160];
const RUNS = 200;
const depths = Array.from({ length: LAYERS }, (_, l) => l + 1);

export default defineSimulation({
  name: "quantum/selection",
  summary: "Which 4 of 12 assets to hold: QAOA by layers against brute force, greedy search, annealing and guessing.",
  economy: assets,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ params, seed }) {
    const all = Array.from({ length: INSTANCES }, (_, i) => instance(params, seed, i));
    return Object.fromEntries(
      Object.keys(all[0]!).map((name) => [name, math.mean(all.map((measured) => measured[name]!))]),
    );
  },
  expect: () => [
    {
      item: "exchange, 8 layers: mean reading, 0 the worst set and 1 the best",
      measure: `ratioExchange/${LAYERS}`,
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.85,
      kind: "atLeast" as const,
    },
    {
      item: "flips with a penalty, 8 layers: likewise, sets of another size count as the worst",
      measure: `ratioFlips/${LAYERS}`,
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.5,
      kind: "atLeast" as const,
    },
    {
      item: "exchange: log₁₀ of readings that find the best at 99 %, less those of guessing",
      measure: "overGuessing",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: -0.5,
      kind: "atMost" as const,
      note: "below 0: fewer than guessing among 495 sets",
    },
    {
      item: "exchange: log₁₀ of layers that are run to read it, less values that annealing looks at",
      measure: "overAnnealing",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0.5,
      kind: "absolute" as const,
      note: "about as many, where angles cost nothing",
    },
    {
      item: "exchange: likewise, with one reading for each step of training",
      measure: "trainedOverAnnealing",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0,
      kind: "atLeast" as const,
      note: "above 0: annealing needs less",
    },
    {
      item: "greedy search with swaps: 0 the worst set and 1 the best",
      measure: "greedy",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.99,
      kind: "atLeast" as const,
    },
  ],
  figures: () => [
    {
      title: "Mean reading by layers",
      xLabel: "layers",
      yLabel: "0 the worst set of four, 1 the best",
      lines: [
        { label: "exchange", measured: "ratioExchange" },
        { label: "flips with a penalty", measured: "ratioFlips" },
        { label: "guessing", measured: "guess", as: "reference" },
      ],
      caption:
        "Over forty choices of 4 of 12 assets, four for each seed. Sets of another size, which flips visit, count as the worst.",
    },
    {
      title: "Probability of reading the best set",
      xLabel: "layers",
      yLabel: "probability",
      lines: [
        { label: "exchange", measured: "bestExchange" },
        { label: "flips with a penalty", measured: "bestFlips" },
        { label: "guessing", measured: "guessBest", as: "reference" },
      ],
      caption: "One of 495 sets of four is the best.",
    },
    {
      title: "Work to have read the best set with 99 %",
      xLabel: "layers",
      yLabel: "log₁₀",
      lines: [
        { label: "exchange, layers run", measured: "workExchange" },
        { label: "exchange, with training", measured: "trainedExchange" },
        { label: "flips, layers run", measured: "workFlips" },
        { label: "annealing, values looked at", measured: "workAnnealing", as: "reference" },
        { label: "guessing, values looked at", measured: "workGuessing", as: "reference" },
      ],
      caption:
        "Of QAOA: readings times layers, in one line with the training of angles at one reading for each step. Of annealing and guessing: values of sets that they look at. Looking at all sets takes 495, or 2.69.",
    },
  ],
});

/** Log of how many tries have one success with 99 %, each with probability p. */
const tries = (p: number): number => math.log10(Math.max(1, math.log(0.01) / math.log1p(-Math.min(p, 0.99))));

function instance(params: AssetParams, seed: number, index: number): Record<string, number> {
  const selection = selectionOf(params, INSTANCES * seed + index);
  const values = selectionValues(selection);
  const { assets: n, chosen: k } = params;
  const { best, worst } = bruteForce(values, k);
  const range = best.value - worst.value;
  const share = (value: number): number => (value - worst.value) / range;
  const measured: Record<string, number> = {};

  const mixers = {
    Exchange: { values, ones: k },
    Flips: { values: penalised(values, k, range) },
  };
  for (const [name, choice] of Object.entries(mixers)) {
    let [training, before] = [0, 0];
    qaoa({ qubits: n, ...choice }, { layers: LAYERS }).forEach(({ probabilities, evaluations }, l) => {
      training += (evaluations - before) * (l + 1);
      before = evaluations;
      let ratio = 0;
      probabilities.forEach((p, x) => {
        if (onesIn(x) === k) ratio += p * share(values[x]!);
      });
      measured[`ratio${name}/${l + 1}`] = ratio;
      measured[`best${name}/${l + 1}`] = probabilities[best.assets]!;
      const work = tries(probabilities[best.assets]!) + math.log10(l + 1);
      measured[`work${name}/${l + 1}`] = work;
      measured[`trained${name}/${l + 1}`] = math.log10(training + math.exp(Math.LN10 * work));
    });
  }

  const stream = seedStream(seed).fork(`annealing/${index}`);
  let row = 0;
  const draw = (): number => stream.uniformAt(0, 0, row++);
  const works = LENGTHS.map((steps) => {
    let found = 0;
    for (let run = 0; run < RUNS; run++) {
      const end = anneal(values, n, k, { steps, from: range / 5, to: range / 100, draw });
      if (end.assets === best.assets) found++;
    }
    return tries(Math.max(found, 0.5) / RUNS) + math.log10(steps);
  });
  const feasible = values.filter((_, x) => onesIn(x) === k);
  const guessing = tries(1 / feasible.length);
  const annealing = Math.min(...works);
  for (const p of depths) {
    measured[`guess/${p}`] = share(math.mean(feasible));
    measured[`guessBest/${p}`] = 1 / feasible.length;
    measured[`workAnnealing/${p}`] = annealing;
    measured[`workGuessing/${p}`] = guessing;
  }
  const least = (kind: string): number => Math.min(...depths.map((p) => measured[`${kind}Exchange/${p}`]!));
  const readings = tries(measured[`bestExchange/${LAYERS}`]!);
  return {
    ...measured,
    overGuessing: readings - guessing,
    overAnnealing: least("work") - annealing,
    trainedOverAnnealing: least("trained") - annealing,
    greedy: share(greedy(selection).value),
  };
}
