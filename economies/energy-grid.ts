// When to take power? Households move their loads over the hours of a day, away from those in which everybody's make power dear.
// Mohsenian-Rad, Wong, Jatskevich, Schober & Leon-Garcia 2010, IEEE Transactions on Smart Grid 1, 320; Koutsoupias & Papadimitriou 1999 for the price of anarchy.
//
//   cost of an hour  (b/2) N X_h²     X_h: mean load; households pay in proportion to what they take, b X_h/2 a unit
//   u_i = −Σ_h x_ih b X_h/2 − (κ_i/2) Σ_h (x_ih − d_ih)² + tokens_i
//   tokens_i = ρ (b/2) Σ_h [d_ih (D_h − d_ih/N) − x_ih (X_h − x_ih/N)]
//
// A household pays its own share of what an hour costs; what its load costs the others is half of the marginal cost, and tokens pay for sparing it them.
// Left out: batteries, solar panels, demand that depends on the price or the weather, loads that cannot be interrupted, lines with a capacity.
import { box, defineEconomy, derived, f64, isUnknown, math, numbers, param, population, solved, unknown } from "walras";
import * as theory from "./theory/energy-grid.ts";

export const energyGrid = defineEconomy({
  name: "energy-grid",
  source: "Mohsenian-Rad et al. (2010), IEEE Trans. Smart Grid 1, 320; Koutsoupias & Papadimitriou (1999)",
  summary:
    "Households shift loads over the hours of a day, for cheaper power and for tokens; optimum and equilibrium are exact.",
  params: {
    households: param(60, { symbol: "N", unit: "households", min: 1, max: 1e6, integer: true }),
    hours: param(24, {
      symbol: "H",
      unit: "hours",
      min: 2,
      max: 96,
      integer: true,
      doc: "into which a day is divided",
    }),
    energies: numbers([24, 30, 18], {
      unit: "kWh/day",
      min: 0.1,
      max: 1e3,
      most: 20,
      doc: "of a household of each kind; household i is of kind i modulo their number",
    }),
    peaks: numbers([19, 20, 8], { unit: "hours", min: 0, max: 24, most: 20, doc: "when each kind usually takes most" }),
    swing: param(0.8, {
      min: 0,
      max: 1,
      doc: "of usual loads around their mean, over the mean: a cosine over the day",
    }),
    discomforts: numbers([0.6, 1, 1.6], {
      symbol: "κ",
      unit: "money/kWh²",
      min: 0.01,
      max: 100,
      most: 20,
      doc: "of each kind, of loads at other hours than usual",
    }),
    priceSlope: param(1, {
      symbol: "b",
      unit: "money/kWh²",
      min: 0,
      max: 100,
      doc: "of the marginal cost of power in the mean load",
    }),
    tokens: param(0, {
      symbol: "ρ",
      min: 0,
      max: 1,
      doc: "share of what a household spares the others that is paid to it in tokens",
    }),
    reach: param(derived, {
      unit: "kWh",
      min: 0,
      exclusive: true,
      max: 1e6,
      doc: "most that an hour's load is moved before shifts are balanced; default half the largest usual load",
    }),
    horizon: param(10, { symbol: "T", unit: "days", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    reach: (p) => Math.max(...theory.usualLoads(checked(p)).flatMap((d) => [...d])) / 2,
  },
  horizon: "horizon",
  world: {
    cost: f64({ unit: "money", doc: "N Σ_h (b/2) X_h²" }),
    usualCost: f64({ unit: "money", doc: "the same of usual loads" }),
    peak: f64({ unit: "kWh/household", doc: "max_h X_h" }),
    billed: f64({ unit: "money", doc: "Σ bills" }),
    discomfort: f64({ unit: "money", doc: "Σ discomfort" }),
    minted: f64({ unit: "tokens", doc: "Σ tokens" }),
    taken: f64({ unit: "kWh", doc: "Σ_i Σ_h x_ih" }),
    needed: f64({ unit: "kWh", doc: "Σ_i Σ_h d_ih" }),
  },
  populations: {
    day: population({
      size: "hours",
      doc: "the hours",
      state: {
        load: f64({ unit: "kWh/household", doc: "X_h" }),
        usual: f64({ unit: "kWh/household", doc: "D_h" }),
      },
    }),
    households: population({
      size: "households",
      state: {
        usual: f64({ each: "hours", unit: "kWh", doc: "d_h" }),
        load: f64({ each: "hours", unit: "kWh", doc: "x_h" }),
        discomfortSlope: f64({ unit: "money/kWh²", doc: "κ" }),
        energy: f64({ unit: "kWh", doc: "Σ_h d_h" }),
        bill: f64({ unit: "money", doc: "Σ_h x_h b X_h/2" }),
        discomfort: f64({ unit: "money", doc: "κ/2 Σ_h (x_h − d_h)²" }),
        tokens: f64({
          unit: "tokens",
          doc: "ρ b/2 Σ_h [d_h (D_h − d_h/N) − x_h (X_h − x_h/N)]; a token is worth one unit of money",
        }),
        utility: f64({ unit: "money", doc: "tokens − bill − discomfort" }),
      },
      actions: {
        shift: box(-1, 1, {
          each: "hours",
          doc: "added to the usual load of each hour, over `reach`, before shifts are balanced over the day",
        }),
      },
    }),
  },
  start: ({ each, world }) => ({
    settle: each("households", { doc: "usual loads" }, ({ usual, load, discomfortSlope, energy }, from, to, _w, p) => {
      const kinds = theory.usualLoads(checked(p));
      for (let i = from; i < to; i++) {
        const k = i % kinds.length;
        usual.set(kinds[k], i * p.hours);
        load.set(kinds[k], i * p.hours);
        discomfortSlope[i] = p.discomforts[k];
        energy[i] = p.energies[k];
      }
    }),
    remember: world({ doc: "D_h, and what usual loads cost" }, (w, p) => {
      const kinds = theory.usualLoads(p);
      w.day.usual.set(theory.meanLoad(p, kinds));
      w.day.load.set(w.day.usual);
      w.usualCost = p.households * theory.socialCost(p, kinds, { loads: kinds, mean: w.day.usual });
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    choose: decide("households", { doc: "shifts of the day" }),
    balance: each(
      "households",
      { doc: "the nearest loads to d + shift, none below 0, that sum to the day's energy" },
      ({ usual, load, energy, shift }, from, to, _w, p) => {
        const H = p.hours;
        for (let i = from; i < to; i++) {
          const x = load.subarray(i * H, (i + 1) * H);
          for (let h = 0; h < H; h++) x[h] = usual[i * H + h] + p.reach * shift[i * H + h];
          theory.nearestLoads(x, energy[i]);
        }
      },
    ),
    generate: each("day", { doc: "X_h" }, ({ load }, from, to, { households: { load: x, size } }, p) => {
      const taken = new Float64Array(size);
      for (let h = from; h < to; h++) {
        for (let i = 0; i < size; i++) taken[i] = x[i * p.hours + h];
        load[h] = math.pairwiseSum(taken) / size;
      }
    }),
    meter: each("households", { doc: "bill, discomfort, tokens" }, (k, from, to, { day }, p) => {
      const [H, N, half] = [p.hours, k.size, p.priceSlope / 2];
      for (let i = from; i < to; i++) {
        let [bill, moved, spared] = [0, 0, 0];
        for (let h = 0; h < H; h++) {
          const [x, d] = [k.load[i * H + h], k.usual[i * H + h]];
          bill += x * day.load[h];
          moved += (x - d) * (x - d);
          spared += d * (day.usual[h] - d / N) - x * (day.load[h] - x / N);
        }
        k.bill[i] = half * bill;
        k.discomfort[i] = (k.discomfortSlope[i] / 2) * moved;
        k.tokens[i] = p.tokens * half * spared;
        k.utility[i] = k.tokens[i] - k.bill[i] - k.discomfort[i];
      }
    }),
    sum: total(
      "households",
      { doc: "over households" },
      {
        billed: "bill",
        discomfort: "discomfort",
        minted: "tokens",
        needed: "energy",
        taken: ({ load }, i, _w, p) => math.pairwiseSum(load.subarray(i * p.hours, (i + 1) * p.hours)),
      },
    ),
    price: world({ doc: "cost of generation, peak" }, (w, p) => {
      w.cost = p.households * (p.priceSlope / 2) * math.pairwiseSum(w.day.load.map((X) => X * X));
      w.peak = w.day.load.reduce((most, X) => Math.max(most, X), 0);
    }),
  }),
  observe: {
    households: {
      usual: {
        column: "usual",
        scale: (p) => Math.max(...p.energies) / p.hours,
        doc: "d_h, over the largest household's mean load",
      },
      discomfortSlope: {
        column: "discomfortSlope",
        scale: (p) => Math.max(...p.discomforts),
        doc: "κ, over the largest",
      },
    },
  },
  reward: { households: { column: "utility", doc: "tokens − bill − discomfort" } },
  metrics: {
    cost: {
      unit: "money/household",
      doc: "generation and discomfort, a day",
      of: (w) => (w.cost + w.discomfort) / w.households.size,
    },
    peak: { unit: "kWh/household", doc: "mean load of the hour in which it is largest", of: (w) => w.peak },
    saving: {
      unit: "money/household",
      doc: "usual cost less cost",
      of: (w) => (w.usualCost - w.cost - w.discomfort) / w.households.size,
    },
    discomfort: {
      unit: "money/household",
      doc: "of loads at other hours than usual",
      of: (w) => w.discomfort / w.households.size,
    },
    tokens: { unit: "tokens/household", doc: "minted in a day", of: (w) => w.minted / w.households.size },
  },
  identities: {
    energy: {
      doc: "what households take is what they need, relative to it",
      after: "period",
      of: (w) => (w.taken - w.needed) / w.needed,
    },
    money: {
      doc: "bills cover what generation costs, relative to it above 1",
      after: "period",
      of: (w) => (w.billed - w.cost) / Math.max(1, w.cost),
    },
  },
  truth(p) {
    const usual = theory.usualLoads(checked(p));
    const found = solved(() => [p.tokens, 1].map((tokens) => theory.equilibriumLoads({ ...p, tokens }, usual)));
    if (isUnknown(found)) {
      const [cost, peak, loads] = [found, found, found];
      return {
        cost,
        optimalCost: cost,
        usualCost: cost,
        priceOfAnarchy: cost,
        shareOfSaving: cost,
        peak,
        optimalPeak: peak,
        usualPeak: peak,
        loads,
        optimalLoads: loads,
      };
    }
    const [ours, best] = found;
    const asUsual = { loads: usual, mean: theory.meanLoad(p, usual) };
    const [mine, least, before] = [ours, best, asUsual].map((loads) => theory.socialCost(p, usual, loads));
    const peak = ({ mean }: theory.Loads) => Math.max(...mean);
    const small = !(before - least > 1e-9 * before);
    return {
      cost: mine,
      optimalCost: least,
      usualCost: before,
      priceOfAnarchy: before > 0 ? mine / least : unknown("power costs nothing"),
      shareOfSaving: small ? unknown("nothing can be saved by shifting loads") : (before - mine) / (before - least),
      peak: peak(ours),
      optimalPeak: peak(best),
      usualPeak: peak(asUsual),
      loads: [...ours.mean],
      optimalLoads: [...best.mean],
    };
  },
  truthDocs: {
    cost: "of a household and day where nobody gains by moving loads alone: generation and discomfort",
    optimalCost: "the least, by quadratic programming",
    usualCost: "of usual loads",
    priceOfAnarchy: "cost over the least",
    shareOfSaving: "what is saved against usual loads, over the most that can be",
    peak: "largest X_h where nobody gains by moving loads alone",
    optimalPeak: "largest X_h at the least cost",
    usualPeak: "largest X_h of usual loads",
    loads: "X_h where nobody gains by moving loads alone",
    optimalLoads: "X_h at the least cost",
  },
  figures: [
    {
      title: "Peak load",
      metric: "peak",
      theory: "peak",
      caption: "Largest mean load of an hour; dashed: where nobody gains by moving loads alone.",
    },
  ],
});

export default energyGrid;

/** Refuses lists that do not belong together. */
function checked<P extends theory.Usual & Pick<theory.Grid, "discomforts">>(p: P): P {
  for (const name of ["peaks", "discomforts"] as const)
    if (p[name].length !== p.energies.length)
      throw new Error(
        `energy-grid: ${name} has ${p[name].length} numbers, expected ${p.energies.length}, one for each kind of household in energies.`,
      );
  return p;
}
