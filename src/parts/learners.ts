// Households who decide what to keep, in place of a plan: beside src/parts/households.ts, whose budget and productivity they have.
import { box, choice, extension, f64, i32, part } from "../economy/index.ts";
import { exp, log } from "../math/index.ts";
import { crra, incomeChain, type Prospects, prospects, representativeHousehold } from "../solvers/index.ts";
import { firms } from "./firms.ts";
import { households } from "./households.ts";

/** Nobody who decides eats less than this share of cash. */
const LEAST = 0.01;

export const learners = part({
  name: "learners",
  params: {
    ...households.params,
    ...firms.params,
    decisions: choice("never", ["never", "period"], {
      doc: "when households decide how much to consume; never: they follow the plan",
    }),
    rewards: choice("utility", ["utility", "prospects"], {
      doc: "of households who decide. utility: u(c); prospects: u(c) and by how much the worth W of wealth and productivity has risen, in the mean over what productivity may become",
    }),
  },
  world: { wage: f64({ unit: "goods/hour" }), interest: f64({ unit: "per period" }) },
  populations: {
    households: extension({
      state: {
        wealth: f64({ unit: "goods" }),
        state: i32(),
        productivity: f64({ unit: "hours" }),
        earnings: f64({ unit: "goods" }),
        returns: f64({ unit: "goods" }),
        savingShare: f64(),
        saving: f64({ unit: "goods" }),
        consumption: f64({ unit: "goods" }),
        logCash: f64({ doc: "ln of w e + (1 + r) a" }),
        utility: f64({ unit: "utils", doc: "u(c)" }),
        gain: f64({ unit: "utils", doc: "u(c), or u(c) + β E[W(a′, e′)] − W(a, e)" }),
      },
      actions: {
        consume: box(0, 2, {
          doc: "x: cash is eaten at the rate x (w + r a) throughout the period, so that c is nearly x of mean wages and interest where cash is plenty, and never all cash",
        }),
      },
    }),
  },
  phases: ({ decide, each }) => ({
    look: each("households", { doc: "ln of cash" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.logCash[i] = log(Math.max(1e-9, k.earnings[i] + k.returns[i] + k.wealth[i]));
    }),
    choose: decide("households", { doc: "how much to consume", every: "decisions" }),
    // a′/cash = exp(−x (w + r a)/cash): some of any x is felt. Where c was x (w + r a) as far as cash reached, the poor never learned that they ate all they had.
    obey: each("households", { doc: "the share of cash that is left" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) {
        const cash = k.earnings[i] + k.returns[i] + k.wealth[i];
        const eaten = k.consume[i] * (w.wage + Math.max(0, w.interest) * k.wealth[i]);
        k.savingShare[i] = cash > 0 ? Math.min(1 - LEAST, exp(-eaten / cash)) : 0;
      }
    }),
    enjoy: each("households", { doc: "u(c), and what wealth and prospects gain" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.utility[i] = crra(Math.max(1e-9, k.consumption[i]), p.riskAversion);
      if (p.rewards === "utility") return void k.gain.set(k.utility.subarray(from, to), from);
      const { worth, expected } = prospectsOf(p);
      for (let i = from; i < to; i++) {
        const [s, kept] = [k.state[i], k.wealth[i]];
        k.gain[i] = k.utility[i] + p.discountFactor * expected(kept, s) - worth(kept - k.saving[i], s);
      }
    }),
  }),
  observe: {
    households: {
      cash: { column: "logCash", center: (p) => log(riskless(p).capital), scale: 0.5, doc: "ln of cash" },
      productivity: { column: "productivity", center: 1, scale: 0.5, doc: "e" },
      wage: { world: "wage", transform: "log", center: (p) => log(riskless(p).wage), scale: 0.1, doc: "ln w" },
      interest: { world: "interest", center: (p) => riskless(p).interest, scale: 0.02, doc: "r" },
    },
  },
  reward: { households: { column: "gain", doc: "u(c), or u(c) + β E[W(a′, e′)] − W(a, e): what is best is the same" } },
  discountFactor: { households: "discountFactor" },
});

type Technology = Omit<
  Parameters<typeof representativeHousehold>[0],
  "inverseFrisch" | "incomeTaxRate" | "assetTaxRate"
>;

const riskless = (p: Technology) =>
  representativeHousehold({ ...p, inverseFrisch: Infinity, incomeTaxRate: 0, assetTaxRate: 0, hoursMax: 1 });

/** W at prices without risk, where β (1 + r) = 1. */
const prospectsOf = (
  p: Technology & Parameters<typeof incomeChain>[0] & { readonly riskAversion: number },
): Prospects => {
  const { values, transition } = incomeChain(p);
  const { wage } = riskless(p);
  return prospects(p, { incomes: values.map((e) => wage * e), transition });
};
