// A government that looks for its best tax on a surrogate: learned from 300 runs over choices and circumstances, searched for each of 16 circumstances, held against the exact optimum and against simulation.
//
// Households play their dominant strategy, so that a run is a simulation of the economy, without training. Where households learn, a run costs seconds instead of milliseconds.
import { defineSimulation, math } from "walras";
import {
  design,
  fitSurrogate,
  type SurrogateKind,
  searchSurrogate,
  surrogateKinds,
  verifyChoice,
} from "walras/surrogates";
import { hsvStatic } from "../../economies/hsv-static.ts";
import { hsvStaticWelfare, optimalProgressivity } from "../../economies/theory/hsv-static.ts";
import { welfareOfRun } from "./parts/taxed.ts";

const BOX = { names: ["progressivity", "inverseFrisch", "logSkillVariance"], low: [0, 1, 0.1], high: [0.8, 3, 0.5] };
const RUNS = 300;
const EVALUATIONS = 400;
const REPLICATES = 8;
const FRISCH = [1.25, 1.75, 2.25, 2.75];
const VARIANCES = [0.15, 0.25, 0.35, 0.45];
/** Where the figure cuts through. */
const SHOWN = { inverseFrisch: 2, logSkillVariance: 0.25 };

export default defineSimulation({
  name: "policy/surrogate",
  summary:
    "The best tax found on a surrogate of 300 runs, for 16 circumstances, against the exact optimum and against simulation.",
  economy: hsvStatic,
  seeds: [6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ seed }) {
    const points = design(BOX, RUNS, seed);
    const run = (point: ArrayLike<number>, of: number): number =>
      welfareOfRun(
        { progressivity: point[0]!, inverseFrisch: point[1]!, logSkillVariance: point[2]! },
        seed * 1_000_000 + of,
      );
    const values = Float64Array.from({ length: RUNS }, (_, i) => run(points.subarray(3 * i, 3 * i + 3), i));
    const measured: Record<string, number> = { runsSaved: (FRISCH.length * VARIANCES.length * EVALUATIONS) / RUNS };
    for (const kind of surrogateKinds) {
      const surrogate = fitSurrogate({ box: BOX, points, values }, { kind, seed });
      const [errors, shares, missing, confirmed]: [number[], number[], number[], number[]] = [[], [], [], []];
      for (const inverseFrisch of FRISCH)
        for (const logSkillVariance of VARIANCES) {
          const given = { inverseFrisch, logSkillVariance };
          const choice = searchSurrogate(surrogate, { given, evaluations: EVALUATIONS, seed });
          const best = optimalProgressivity(given);
          const welfare = (ξ: number): number => hsvStaticWelfare(ξ, given);
          errors.push(Math.abs(choice.point[0]! - best));
          shares.push((welfare(choice.point[0]!) - welfare(0)) / (welfare(best) - welfare(0)));
          missing.push(choice.distrust === null ? 0 : 1);
          const { simulated, confirmed: agrees } = verifyChoice(
            choice,
            [0, inverseFrisch, logSkillVariance],
            (point, r) => run(point, RUNS + r),
            REPLICATES,
          );
          confirmed.push(agrees && Math.abs(simulated.mean - welfare(choice.point[0]!)) < 0.01 ? 1 : 0);
        }
      const { heldOut } = surrogate;
      const outside = [
        [0.5, 3.6, 0.3],
        [0.5, 2, 0.7],
        [0.87, 2, 0.3],
      ];
      Object.assign(measured, {
        [`${kind}/explained`]: heldOut.explained,
        [`${kind}/covered`]: heldOut.covered,
        [`${kind}/error`]: Math.max(...errors),
        [`${kind}/share`]: Math.min(...shares),
        [`${kind}/distrusted`]: math.mean(missing),
        [`${kind}/confirmed`]: math.mean(confirmed),
        [`${kind}/flagged`]: outside.filter((point) => surrogate.distrust(point) !== null).length / outside.length,
      });
      for (let i = 0; i <= 16; i++) {
        const ξ = 0.05 * i;
        const { mean } = surrogate.predict([ξ, SHOWN.inverseFrisch, SHOWN.logSkillVariance]);
        measured[`${kind}/welfare/${ξ}`] = mean;
      }
    }
    return measured;
  },
  expect: () =>
    surrogateKinds.flatMap((kind) => {
      const name = kind === "network" ? "networks" : "Gaussian process";
      return [
        row(
          name,
          kind,
          "share of the best tax's gain, worst of 16",
          "share",
          "atLeast",
          1,
          0.98,
          "within 2 % of the gain",
        ),
        row(name, kind, "ξ less the exact ξ*, worst of 16", "error", "atMost", 0, 0.03, "as for leaders who learn"),
        row(
          name,
          kind,
          "held-out runs: variance explained",
          "explained",
          "atLeast",
          1,
          0.95,
          "of runs that the model has not seen",
        ),
        row(
          name,
          kind,
          "held-out runs within 1.96 predicted deviations",
          "covered",
          "atLeast",
          0.95,
          0.8,
          "40 runs: three standard errors below",
        ),
        row(
          name,
          kind,
          "choices that simulation confirms",
          "confirmed",
          "atLeast",
          1,
          0.9,
          "prediction ± 2 deviations meets the simulated interval, and that the exact welfare",
        ),
        row(name, kind, "points beyond the runs that are flagged", "flagged", "atLeast", 1, 1, "three points"),
      ];
    }),
  figures: () => [
    {
      title: "Welfare by progressivity",
      xLabel: "ξ",
      yLabel: "utils/household",
      lines: [
        { label: "Gaussian process", measured: "gaussian-process/welfare", as: "line" },
        { label: "networks", measured: "network/welfare", as: "line" },
        {
          label: "exact",
          points: Array.from({ length: 41 }, (_, i) => [0.02 * i, hsvStaticWelfare(0.02 * i, SHOWN)] as const),
        },
      ],
      caption: "At ζ = 2 and s² = 0.25, between runs: surrogates of 300 runs over three dimensions.",
    },
  ],
});

const row = (
  name: string,
  kind: SurrogateKind,
  item: string,
  measure: string,
  how: "atLeast" | "atMost",
  theory: number,
  tolerance: number,
  note: string,
) => ({
  item: `${name}: ${item}`,
  measure: `${kind}/${measure}`,
  claim: "–",
  theory,
  unit: "1",
  tolerance,
  kind: how,
  note,
});
