// Households who learn how much to consume, against the stationary equilibrium: prices, wealth, policies and Euler errors. Nobody explores where they are judged.
import {
  type AnyRows,
  type Expectation,
  type ExperimentFigure,
  type ExperimentTable,
  known,
  math,
  type ParamsOf,
  type Player,
  solvers,
  type TruthOf,
} from "walras";
import { aiyagari } from "../../../economies/aiyagari.ts";
import { aiyagariEquilibrium } from "../../../economies/theory/aiyagari.ts";
import { level } from "../../parts/lines.ts";
import { consumptionFigure, createLorenzMean, lorenzFigure } from "../../parts/wealth.ts";

type Params = ParamsOf<typeof aiyagari>;
type Theory = TruthOf<typeof aiyagari>;
/** c at wealth a, in state s of productivity. */
export type Consumption = (wealth: number, state: number) => number;

/** Households of the economy in which policies are judged, and its periods: from equal wealth to the long run, and there. */
const [HOUSEHOLDS, SETTLING, JUDGED] = [2000, 300, 500];
/** Wealth at which policies are read off, finer where it is small. */
const POINTS = 400;
const MOST = 20;

/** What all experiments of this kind have in common; spread into `defineExperiment`. */
export const againstEquilibrium = {
  economy: aiyagari,
  seeds: [11, 12, 13, 14, 15], // 1 to 5 judged households whose reward was u(c) alone, 6 to 10 half as much training
  evaluation: { periods: SETTLING, finalPeriods: SETTLING, every: 8, params: { households: HOUSEHOLDS } },
  measure,
  expect: (_p: Params, { interestRate, capital }: Theory): Expectation[] => [
    {
      item: "interest rate",
      measure: "longRun/interestRate",
      claim: "3.381 %",
      theory: interestRate,
      unit: "per period",
      tolerance: 0.002,
      kind: "absolute",
      note: NOTE,
    },
    {
      item: "capital",
      measure: "longRun/capital",
      claim: "6.0457",
      theory: capital,
      unit: "goods/household",
      tolerance: 0.03,
      kind: "relative",
      note: NOTE,
    },
  ],
  figures,
  tables,
};

const NOTE = "without exploration";

function measure(
  player: Player,
  p: Params,
  _training: unknown,
  _beside: unknown,
  seed: number,
): Readonly<Record<string, number>> {
  const equilibrium = aiyagariEquilibrium(p);
  const { values } = solvers.incomeChain(p);
  const consumption = learnedConsumption(player, p, equilibrium);
  const exact: Consumption = (a, s) => equilibrium.policy(values[s]!, a).consumption;

  const sums = { interestRate: 0, capital: 0, wealthGini: 0, shareAtLimit: 0 };
  const names = Object.keys(sums) as (keyof typeof sums)[];
  const lorenz = createLorenzMean();
  const [path, wealth, states]: [Record<string, number>, number[], number[]] = [{}, [], []];
  player.play({
    seed,
    periods: SETTLING + JUDGED,
    visit(w, period) {
      const of = (name: string) => player.economy.metrics[name]!.of(w, player.params);
      if (period % 5 === 0) path[`path/${period}`] = of("interestRate");
      if (period < SETTLING) return;
      for (const name of names) sums[name] += of(name) / JUDGED;
      if (period % 10 !== 0) return;
      const k = w["households"] as AnyRows;
      lorenz.add(k["wealth"] as Float64Array);
      wealth.push(...(k["wealth"] as Float64Array).subarray(0, 100));
      states.push(...(k["state"] as Int32Array).subarray(0, 100));
    },
  });

  const rows = wealth.map((a, i) => ({ a, s: states[i]! }));
  return {
    ...Object.fromEntries(names.map((name) => [`longRun/${name}`, sums[name]])),
    eulerError: math.log10(math.mean(rows.map((row) => eulerError(p, equilibrium, consumption, row)))),
    consumptionError: math.mean(rows.map(({ a, s }) => Math.abs(consumption(a, s) / exact(a, s) - 1))),
    ...lorenz.of("lorenz"),
    ...path,
    ...Object.fromEntries(SEEN.map((a) => [`least/${a}`, consumption(a, 0)])),
    ...Object.fromEntries(SEEN.map((a) => [`most/${a}`, consumption(a, values.length - 1)])),
  };
}

/** Wealth at which policies are drawn. */
const SEEN = [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12];

/** c(a, s) of what was learned, at the prices of the equilibrium. */
export function learnedConsumption(
  player: Player,
  p: Params,
  { wage, interest }: Pick<solvers.BewleyEquilibrium, "wage" | "interest">,
): Consumption {
  const grid = Float64Array.from({ length: POINTS }, (_, g) => MOST * math.pow(g / (POINTS - 1), 2));
  const learned = Array.from(solvers.incomeChain(p).values, (e) => {
    const rows: AnyRows = player.respond("households", (w) => {
      const k = w["households"] as unknown as Record<string, Float64Array>;
      w["wage"] = wage;
      w["interest"] = interest;
      for (let i = 0; i < k["wealth"]!.length; i++) {
        const a = grid[Math.min(i, POINTS - 1)]!;
        k["wealth"]![i] = a;
        k["productivity"]![i] = e;
        k["logCash"]![i] = math.log(wage * e + (1 + interest) * a);
      }
    });
    return grid.map((a, g) =>
      eaten(wage * e + (1 + interest) * a, (rows["consume"] as Float64Array)[g]! * (wage + interest * a)),
    );
  });
  return (a, s) => math.interpolate(grid, learned[s]!, a);
}

/** As the economy does, of cash on hand, where it is eaten at a rate of so many goods per period. */
const eaten = (cash: number, rate: number): number => Math.max(0.01 * cash, -cash * math.expm1(-rate / cash));

// |(β (1 + r) E[u′(c′)])^(−1/γ) / c − 1|; who would eat more than all cash can do no better than eat it
/** Euler error at wealth a in state s, in units of consumption, at prices that last. */
export function eulerError(
  p: Pick<Params, "discountFactor" | "riskAversion"> & Parameters<typeof solvers.incomeChain>[0],
  { wage, interest }: Pick<solvers.BewleyEquilibrium, "wage" | "interest">,
  consumption: Consumption,
  { a, s }: { readonly a: number; readonly s: number },
): number {
  const { values, transition } = solvers.incomeChain(p);
  const cash = wage * values[s]! + (1 + interest) * a;
  const c = consumption(a, s);
  const expected = transition[s]!.reduce(
    (sum, q, next) => sum + q * math.pow(consumption(cash - c, next), -p.riskAversion),
    0,
  );
  const ideal = math.pow(p.discountFactor * (1 + interest) * expected, -1 / p.riskAversion);
  return Math.abs(Math.min(cash, ideal) / c - 1);
}

function figures(p: Params, { interestRate }: Theory): ExperimentFigure[] {
  const { lorenz, policy } = aiyagariEquilibrium(p);
  const { values } = solvers.incomeChain(p);
  const exact = (s: number) => (a: number) => policy(values.at(s)!, a).consumption;
  const few = p.income === "employment";
  return [
    consumptionFigure({
      kinds: [
        { label: few ? "with work" : "most productive", measured: "most", exact: exact(-1) },
        { label: few ? "without work" : "least productive", measured: "least", exact: exact(0) },
      ],
      low: 0,
      high: SEEN.at(-1)!,
      caption:
        "At the prices of the equilibrium, without exploration. Few households have less than two goods or more than ten.",
    }),
    lorenzFigure({
      lines: [{ label: "learned", measured: "lorenz" }],
      exact: lorenz,
      caption: `Mean over ${JUDGED} periods in the long run, without exploration.`,
    }),
    {
      title: "Interest rate after learning",
      xLabel: "periods since all had the same",
      yLabel: "interest rate, per period",
      lines: [{ label: "learned", measured: "path" }, level("exact, long run", interestRate)],
      caption: `${HOUSEHOLDS} households do what they have learned, without exploration, and begin with the capital that there would be without risk; claims are judged on the mean from period ${SETTLING} on.`,
    },
  ];
}

function tables(_p: Params, { interestRate, capital, wealthGini, shareAtLimit }: Theory): ExperimentTable[] {
  return [
    {
      title: "The long run",
      cases: ["quantity"],
      columns: [
        { name: "learned", unit: "1" },
        { name: "exact", unit: "1" },
      ],
      rows: [
        { of: ["interest rate"], cells: ["longRun/interestRate", known(interestRate)] },
        { of: ["capital per household, goods"], cells: ["longRun/capital", known(capital)] },
        { of: ["Gini coefficient of wealth"], cells: ["longRun/wealthGini", known(wealthGini)] },
        { of: ["share at the limit"], cells: ["longRun/shareAtLimit", known(shareAtLimit)] },
        { of: ["mean Euler error, log₁₀"], cells: ["eulerError", null] },
        { of: ["mean error of consumption, relative"], cells: ["consumptionError", 0] },
      ],
      note: "Without exploration. Errors are over the wealth and productivity that learners have, at the prices of the equilibrium.",
    },
  ];
}
