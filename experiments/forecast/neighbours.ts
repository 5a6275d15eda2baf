// An agent's next state from its own and its neighbours', against laws that the simulator knows.
//
// Herding: x_i′ = φ mean x_j + ε, so that φ and σ are all there is to learn; from eight transitions the posterior predictive must cover as often as it says. Loud: a law
// that is neither linear nor of one deviation, for the graph network; a linear law is what it has to beat.
import { defineSimulation, forecast, math } from "walras";
import { herding } from "../../economies/herding.ts";
import { lawOf, loud, watched } from "./parts/loud.ts";

const { exp, log, mean } = math;
/** Data sets of so many transitions each, from whose posteriors the next is predicted. */
const [SETS, KNOWN] = [300, 8];
const [TRAINED, TESTED] = [200, 8];
const LEVELS = [10, 30, 50, 70, 90] as const;

export default defineSimulation({
  name: "forecast/neighbours",
  summary:
    "An agent's next state from its neighbours': a posterior predictive that covers, and a graph network near the truth.",
  economy: loud,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 60,
  measure({ params, seed }) {
    return { ...herded(seed), ...swayed(params, seed) };
  },
  expect: () => [
    {
      item: "herding: 90 % intervals of the posterior predictive that hold the next state",
      measure: "posterior/90",
      claim: "–",
      theory: 0.9,
      unit: "1",
      tolerance: 0.055,
      kind: "absolute",
      note: `exact with a flat prior on φ and ln σ; three standard errors of ${SETS} data sets of ${KNOWN}`,
    },
    {
      item: "loud: score of the graph network over that of the true law",
      measure: "network",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.05,
      kind: "relative",
      note: "continuous ranked probability score of periods that it was not trained on",
    },
    {
      item: "loud: score of a linear law over that of the true law",
      measure: "linear",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 1.2,
      kind: "atLeast",
      note: "what a law loses that is linear in the mean of those heard",
    },
    {
      item: "loud: p of uniform probability integral transforms, graph network",
      measure: "networkP",
      claim: "–",
      theory: 0.5,
      unit: "1",
      tolerance: 0.01,
      kind: "atLeast",
      note: "Kolmogorov and Smirnov's test; calibrated above 0.01",
    },
    {
      item: "loud: likewise, the true law",
      measure: "truthP",
      claim: "–",
      theory: 0.5,
      unit: "1",
      tolerance: 0.01,
      kind: "atLeast",
      note: "as a check of the test",
    },
  ],
  figures: () => [
    {
      title: "Herding: how often intervals hold the next state",
      xLabel: "per cent stated",
      yLabel: "share that held",
      lines: [
        { label: "posterior predictive", measured: "posterior" },
        { label: "best parameters alone", measured: "plugged" },
        { label: "as stated", points: LEVELS.map((level) => [level, level / 100] as const) },
      ],
      caption: `Central intervals, over ${SETS} sets of ${KNOWN} transitions each: what is not known of φ and σ is left out by the best parameters.`,
    },
    {
      title: "Loud: distribution of probability integral transforms",
      xLabel: "probability below",
      yLabel: "share of states",
      lines: [
        { label: "graph network", measured: "networkPit" },
        { label: "linear law", measured: "linearPit" },
        { label: "true law", measured: "truthPit" },
        {
          label: "calibrated",
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
      caption:
        "Of the next state under each law, in periods that no law was fitted to; on the diagonal a law is calibrated.",
    },
  ],
});

/** Shares of central intervals that held the next order, by the posterior and by the best parameters. */
function herded(seed: number): Record<string, number> {
  const { path, links } = watched(herding, {
    params: { agents: SETS, influence: 0.9, degree: 4 },
    seed,
    column: "traders.scattered",
    network: "followed",
    warmUp: 20,
    periods: KNOWN + 2,
  });
  const transitions = forecast.transitionsOf(path, links);
  const { next } = transitions;
  const heard = meansHeard(transitions);
  const pits: Record<"posterior" | "plugged", number[]> = { posterior: [], plugged: [] };
  for (let i = 0; i < SETS; i++) {
    const rows = Array.from({ length: KNOWN }, (_, t) => t * SETS + i);
    const [xx, xy, yy] = [0, 1, 2].map((which) =>
      rows.reduce(
        (sum, row) => sum + [heard[row]! * heard[row]!, heard[row]! * next[row]!, next[row]! * next[row]!][which]!,
        0,
      ),
    ) as [number, number, number];
    const best = { φ: xy / xx, σ: Math.sqrt((yy - (xy * xy) / xx) / KNOWN) };
    const draws = forecast.posterior({
      logPosterior: (θ) => -KNOWN * θ[1]! - (yy - 2 * θ[0]! * xy + θ[0]! * θ[0]! * xx) / (2 * exp(2 * θ[1]!)),
      start: [best.φ, log(best.σ)],
      steps: [best.σ / Math.sqrt(xx), 0.3],
      draws: 200,
      thin: 5,
      warmUp: 600,
      seed: 1000 * seed + i,
    });
    const last = KNOWN * SETS + i;
    const law = forecast.posteriorPredictive(draws, (θ) => ({ mean: θ[0]! * heard[last]!, deviation: exp(θ[1]!) }));
    pits.posterior.push(forecast.cdf(law, next[last]!));
    pits.plugged.push(forecast.cdf({ means: [best.φ * heard[last]!], deviations: [best.σ] }, next[last]!));
  }
  const held = (pit: number[], level: number) => pit.filter((u) => Math.abs(u - 0.5) <= level / 200).length / SETS;
  return Object.fromEntries(
    (["posterior", "plugged"] as const).flatMap((kind) =>
      LEVELS.map((level) => [`${kind}/${level}`, held(pits[kind], level)]),
    ),
  );
}

/** For each transition, the mean over those heard of their states or of a function of these. */
const meansHeard = ({ next, most, weight, neighbours }: forecast.Transitions, of = (x: number) => x): Float64Array =>
  next.map((_, row) => {
    let sum = 0;
    for (let d = 0; d < most; d++) sum += weight[row * most + d]! * of(neighbours[row * most + d]!);
    return sum;
  });

type Params = Parameters<typeof lawOf>[0] & { readonly people: number; readonly heard: number };

/** Scores and transforms of the graph network, of a linear law and of the true one. */
function swayed(params: Params, seed: number): Record<string, number> {
  const { people, heard } = params;
  const { path, links } = watched(loud, {
    params: { people, heard },
    seed,
    column: "people.opinion",
    network: "hears",
    warmUp: 20,
    periods: TRAINED + TESTED,
  });
  const training = forecast.transitionsOf(path.slice(0, TRAINED), links);
  const tested = forecast.transitionsOf(path.slice(TRAINED), links);
  const network = forecast.trainGraphNetwork(training, { seed, steps: 3000 });
  const laws: Record<"network" | "linear" | "truth", readonly forecast.Law[]> = {
    network: network.predict(tested),
    linear: linearLaws(training, meansHeard(training), tested, meansHeard(tested)),
    truth: Array.from(meansHeard(tested, Math.abs), (loudness, row) => {
      const { mean, deviation } = lawOf(params, tested.own[row]!, loudness);
      return { means: [mean], deviations: [deviation] };
    }),
  };
  const scoreOf = (of: readonly forecast.Law[]) => mean(of.map((law, row) => forecast.crps(law, tested.next[row]!)));
  const best = scoreOf(laws.truth);
  return {
    network: scoreOf(laws.network) / best,
    linear: scoreOf(laws.linear) / best,
    ...Object.fromEntries(
      Object.entries(laws).flatMap(([name, of]) => {
        // one period's states are independent given the period before
        const pit = of.map((law, row) => forecast.cdf(law, tested.next[row]!));
        const shares = Array.from({ length: 11 }, (_, k) => [
          `${name}Pit/${k / 10}`,
          pit.filter((u) => u <= k / 10).length / pit.length,
        ]);
        return [[`${name}P`, forecast.uniformity(pit).pValue], ...shares];
      }),
    ),
  };
}

/** x′ = a + b x + c mean x_j + ε by least squares: with so many transitions the posterior is its best parameters. */
function linearLaws(
  training: forecast.Transitions,
  trained: Float64Array,
  tested: forecast.Transitions,
  asked: Float64Array,
): forecast.Law[] {
  const K = 3;
  const features = (own: number, heard: number) => [1, own, heard];
  const [moments, cross] = [new Float64Array(K * K), new Float64Array(K)];
  training.next.forEach((y, row) => {
    const x = features(training.own[row]!, trained[row]!);
    for (let i = 0; i < K; i++) {
      cross[i] = cross[i]! + x[i]! * y;
      for (let j = 0; j < K; j++) moments[i * K + j] = moments[i * K + j]! + x[i]! * x[j]!;
    }
  });
  const β = math.solveCholesky(math.cholesky(moments, K)!, cross);
  const at = (own: number, heard: number) => features(own, heard).reduce((sum, x, i) => sum + x * β[i]!, 0);
  const errors = training.next.map((y, row) => y - at(training.own[row]!, trained[row]!));
  const deviation = Math.sqrt(math.variance(errors));
  return Array.from(asked, (heard, row) => ({ means: [at(tested.own[row]!, heard)], deviations: [deviation] }));
}
