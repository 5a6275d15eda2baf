// Stochastic growth: a planner divides output between consumption and capital, one good or several.
// Brock & Mirman 1972, "Optimal economic growth and uncertainty: the discounted case", Journal of Economic Theory 4, 479; the saving rate as a decision that is learned: Covarrubias 2021, MarketsAI.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + Σ k′_j = Y + (1 − δ) Σ k_j,   Y = z Π_j (k_j/w_j)^(α_j),   α_j = w_j α,  w = 1 : 2 : … : n
//
// With the weights w an economy of n goods is, at its best, the economy with one good and Y = z K^α: the number of goods adds dimensions and leaves the solution known.
// Planners of a world are independent of each other, each with a productivity of its own: a batch.
// Left out: labour that is chosen, markets (growth-market.ts), costs of adjustment.
import {
  type Box,
  box,
  choice,
  defineEconomy,
  derived,
  f64,
  type Grid,
  i32,
  isUnknown,
  math,
  param,
  population,
  solvers,
  unknown,
} from "walras";
import { crraGain, growthParams } from "./parts/growth.ts";
import { goodWeights, type PlannerAnswer, placeOf, plannerAnswer, shockChain } from "./theory/growth.ts";

const { exp, log } = math;

/** Of resources, that nobody can keep: somebody always eats; and of resources per good, that nobody can do without. */
const LEAST = 1e-3;

/** Bounds are parameters, and so is the number of kinds of capital. */
type Names = "actionLow" | "actionHigh" | "goods";

/** The planner's economy with any space for what is chosen, such as a grid for learners of choices. */
export const growthOn = (name: string, saving: Box<Names> | Grid<Names>) =>
  defineEconomy({
    name,
    source: "Brock & Mirman (1972), Journal of Economic Theory 4, 479; Covarrubias (2021), MarketsAI §1.3",
    summary: "A planner saves under uncertain productivity, in one capital good or in many: the exact policy is known.",
    params: {
      planners: param(1, {
        symbol: "N",
        unit: "agents",
        min: 1,
        max: 1e7,
        integer: true,
        doc: "independent of each other",
      }),
      goods: param(1, { symbol: "n", unit: "goods", min: 1, max: 64, integer: true, doc: "kinds of capital" }),
      ...growthParams,
      action: choice("saving-rate", ["saving-rate", "capital"], {
        doc: "what is chosen for each good: gross investment as a share of output, or next capital",
      }),
      actionLow: param(derived, { min: 0, doc: "least choice; default 0" }),
      actionHigh: param(derived, {
        min: 0,
        exclusive: true,
        doc: "largest choice; default 1, or 3 steady states of the good that needs most",
      }),
      capital: param(derived, {
        symbol: "K",
        unit: "goods",
        min: 0,
        exclusive: true,
        doc: "total, in the proportions w: where worlds start and `solve` reports; default the steady state",
      }),
      initialSpread: param(0.5, {
        min: 0,
        max: 3,
        doc: "the logarithm of each kind of capital starts uniform within ± this",
      }),
      horizon: param(200, {
        symbol: "T",
        unit: "periods",
        min: 1,
        max: 1e9,
        integer: true,
        doc: "then truncated, not terminated",
      }),
    },
    derive: {
      actionLow: () => 0,
      actionHigh: (p) => (p.action === "saving-rate" ? 1 : (6 / (p.goods + 1)) * solvers.growthSteadyState(p).capital),
      capital: (p) => solvers.growthSteadyState(p).capital,
    },
    horizon: "horizon",
    populations: {
      planners: population({
        size: "planners",
        state: {
          capital: f64({ each: "goods", unit: "goods", doc: "k_j" }),
          shock: i32({ doc: "state of productivity, 0 the first" }),
          productivity: f64({ unit: "1", doc: "z" }),
          output: f64({ unit: "goods", doc: "Y" }),
          resources: f64({ unit: "goods", doc: "Y + (1 − δ) Σ k" }),
          totalCapital: f64({ unit: "goods", doc: "K′ = Σ k′" }),
          consumption: f64({ unit: "goods", doc: "c" }),
          utility: f64({ unit: "utils", doc: "u(c)" }),
          gain: f64({
            doc: "(u(c) − u(c*))/(u′(c*) c*): utility against the steady state's, in units of its consumption",
          }),
        },
        actions: { saving },
      }),
    },
    start: ({ each }) => ({
      endow: each(
        "planners",
        { doc: "ln k_j uniform around ln w_j K; productivity from its stationary law" },
        (k, from, to, _w, p, draw) => {
          const { productivity, stationary } = shockChain(p);
          const w = goodWeights(p.goods);
          const u = draw.uniform("productivity");
          for (let i = from; i < to; i++) setShock(k, i, placeOf(u[i], stationary), productivity);
          for (let j = 0; j < p.goods; j++) {
            const v = draw.uniform(`capital/${j}`);
            for (let i = from; i < to; i++)
              k.capital[i * p.goods + j] = w[j] * p.capital * exp(p.initialSpread * (2 * v[i] - 1));
          }
        },
      ),
    }),
    phases: ({ decide, each }) => ({
      choose: decide("planners", { doc: "how much of each good to keep, knowing k and z" }),
      produce: each("planners", { doc: "Y = z Π (k_j/w_j)^(α_j)" }, (k, from, to, _w, p) => {
        const w = goodWeights(p.goods);
        for (let i = from; i < to; i++) {
          let logs = 0;
          let old = 0;
          for (let j = 0; j < p.goods; j++) {
            const stock = k.capital[i * p.goods + j];
            logs += w[j] * log(stock / w[j]);
            old += stock;
          }
          k.output[i] = k.productivity[i] * exp(p.capitalShare * logs);
          k.resources[i] = k.output[i] + (1 - p.depreciation) * old;
        }
      }),
      invest: each(
        "planners",
        { doc: "k′_j = (1 − δ) k_j + s_j Y, or k′_j as chosen, in proportion if there is not enough; c is the rest" },
        (k, from, to, _w, p) => {
          const n = p.goods;
          const kept = p.action === "saving-rate" ? 1 - p.depreciation : 0;
          for (let i = from; i < to; i++) {
            const size = p.action === "saving-rate" ? k.output[i] : 1;
            let [asked, held] = [0, 0];
            for (let j = 0; j < n; j++) {
              asked += size * k.saving[i * n + j];
              held += kept * k.capital[i * n + j];
            }
            const most = (1 - LEAST) * (k.resources[i] - held);
            const scale = asked > most ? most / asked : 1;
            const least = (LEAST / (2 * n)) * (k.resources[i] - held); // of half of what nobody can keep: it is always there
            let total = 0;
            for (let j = 0; j < n; j++) {
              const at = i * n + j;
              k.capital[at] = kept * k.capital[at] + Math.max(least, scale * size * k.saving[at]);
              total += k.capital[at];
            }
            k.totalCapital[i] = total;
            k.consumption[i] = k.resources[i] - total;
          }
        },
      ),
      enjoy: each("planners", { doc: "u(c)" }, (k, from, to, _w, p) => {
        const γ = p.riskAversion;
        const gain = crraGain(p);
        for (let i = from; i < to; i++) {
          k.utility[i] = solvers.crra(k.consumption[i], γ);
          k.gain[i] = gain(k.utility[i]);
        }
      }),
      change: each("planners", { doc: "z, by its chain" }, (k, from, to, _w, p, draw) => {
        const { productivity, transition } = shockChain(p);
        const u = draw.uniform("productivity");
        for (let i = from; i < to; i++) setShock(k, i, placeOf(u[i], transition[k.shock[i]]), productivity);
      }),
    }),
    observe: {
      planners: {
        capital: {
          column: "capital",
          transform: "log",
          center: (p) => log(p.capital / p.goods),
          scale: 0.5,
          doc: "ln k_j, around the mean kind's at the start",
        },
        productivity: {
          column: "productivity",
          transform: "log",
          scale: (p) => Math.max(...shockChain(p).productivity.map((z) => Math.abs(log(z)))) || 1,
          doc: "ln z, over its largest size",
        },
      },
    },
    discountFactor: { planners: "discountFactor" },
    reward: { planners: { column: "gain", doc: "u(c), shifted and scaled" } },
    metrics: {
      capital: {
        unit: "goods",
        doc: "K′ at the end of the period, mean of planners",
        of: (w) => mean(w.planners.totalCapital),
      },
      output: { unit: "goods", doc: "Y, mean of planners", of: (w) => mean(w.planners.output) },
      consumption: { unit: "goods", doc: "c, mean of planners", of: (w) => mean(w.planners.consumption) },
      savingRate: {
        unit: "1",
        doc: "1 − c/Y, mean of planners",
        of: ({ planners: { consumption, output, size } }) =>
          consumption.reduce((sum, c, i) => sum + 1 - c / output[i], 0) / size,
      },
      utility: { unit: "utils", doc: "u(c), mean of planners", of: (w) => mean(w.planners.utility) },
    },
    identities: {
      goods: {
        doc: "c + Σ k′ = Y + (1 − δ) Σ k, relative, of the planner who is furthest off",
        after: "period",
        of: ({ planners: k }, p) => {
          let worst = 0;
          for (let i = 0; i < k.size; i++) {
            let kept = 0;
            for (let j = 0; j < p.goods; j++) kept += k.capital[i * p.goods + j];
            worst = Math.max(worst, Math.abs((k.consumption[i] + kept) / k.resources[i] - 1));
          }
          return worst;
        },
      },
    },
    truth(p) {
      const steady = solvers.growthSteadyState(p);
      const answer = plannerAnswer(p);
      const of = (name: keyof PlannerAnswer) => (isUnknown(answer) ? answer : answer[name]);
      return {
        steadyStateCapital: steady.capital,
        steadyStateConsumption: steady.consumption,
        savingRate:
          p.riskAversion === 1 && p.depreciation === 1
            ? p.capitalShare * p.discountFactor
            : unknown("only logarithmic utility with full depreciation saves the same share in all states"),
        nextCapitalLow: of("nextCapitalLow"),
        nextCapitalHigh: of("nextCapitalHigh"),
        value: of("value"),
        log10EulerError: of("log10EulerError"),
      };
    },
    truthDocs: {
      steadyStateCapital: "K at which z = 1 for ever would keep it, (α/(1/β − 1 + δ))^(1/(1−α))",
      steadyStateConsumption: "c there",
      savingRate: "αβ, the share of output that is kept",
      nextCapitalLow: "K′ at `capital` where productivity is lowest",
      nextCapitalHigh: "K′ at `capital` where productivity is highest",
      value: "discounted utility from `capital` on, mean over the stationary law of productivity",
      log10EulerError: "log₁₀ of the solution's largest relative Euler error",
    },
    figures: [
      {
        title: "Capital",
        metric: "capital",
        theory: "steadyStateCapital",
        theoryLabel: "steady state",
        caption: "Mean of planners; the steady state is that without shocks.",
      },
      { title: "Saving rate", metric: "savingRate", theory: "savingRate", caption: "1 − c/Y, mean of planners." },
    ],
  });

export const growth = growthOn(
  "growth",
  box("actionLow", "actionHigh", { each: "goods", doc: "a share of output, or next capital" }),
);

export default growth;

interface Shocked {
  readonly shock: Int32Array;
  readonly productivity: Float64Array;
}
function setShock(k: Shocked, i: number, state: number, values: Float64Array): void {
  k.shock[i] = state;
  k.productivity[i] = values[state];
}

const mean = (x: Float64Array): number => math.mean(x);
