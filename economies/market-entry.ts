// The market entry game, with a Tobin tax on those who change sides.
// Selten & Güth 1982; Rapoport, Seale, Erev & Sundali 1998, Management Science 44, 119; taxed as in Bianconi, Galla, Marsili & Pin 2009, J. Economic Behavior &
// Organization 70, 231; as the inner layer of ADAGE §4.3, Evans, Vadori & Ganesh 2025, https://arxiv.org/abs/2501.09429, where a scenario generator sets the tax.
//
// Entering pays the more the fewer enter, so that everybody wants to do what the others do not. Traders who forget the past attend at random; who look at the
// last attendance overreact or coordinate, and a tax on switching helps them to coordinate.
// Left out: prices, positions of several sizes, traders who differ.
import {
  box,
  choice,
  defineEconomy,
  discrete,
  f64,
  flag,
  i32,
  isUnknown,
  param,
  population,
  solved,
  type Unknown,
  unknown,
} from "walras";
import * as theory from "./theory/market-entry.ts";

export const marketEntry = defineEconomy({
  name: "market-entry",
  source: "Rapoport, Seale, Erev & Sundali (1998), Management Science 44, 119; ADAGE §4.3, eqs. 13–14",
  summary:
    "Traders enter a market or stay out, wanting to do what others do not; a tax falls on those who change sides.",
  params: {
    traders: param(20, { symbol: "n", unit: "traders", min: 1, max: 200, integer: true }),
    capacity: param(12, {
      symbol: "C",
      unit: "traders",
      min: 0,
      max: 1000,
      doc: "at which entering pays as much as staying out",
    }),
    strength: param(2, {
      symbol: "v",
      unit: "reward/trader",
      min: 0,
      max: 1e6,
      doc: "gained by each entrant for each fewer",
    }),
    baseReward: param(1, { symbol: "β", unit: "reward", min: -1e6, max: 1e6, doc: "for staying out" }),
    taxation: choice("never", ["never", "episode"], {
      doc: "when the scenario generator sets the tax; never: it is as the next parameter says",
    }),
    taxRate: param(0, {
      symbol: "τ",
      min: 0,
      max: 1,
      doc: "share of a switcher's |reward|; without a scenario generator",
    }),
    taxRateMax: param(0.1, { min: 0, max: 1, exclusive: true, doc: "most that the scenario generator can set" }),
    rationality: param(2, {
      symbol: "κ",
      unit: "1/reward",
      min: 0,
      max: 1e3,
      doc: "of the traders in theory: logitAttendanceSd",
    }),
    observeMean: flag(true, "traders see the mean attendance so far"),
    horizon: param(100, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated",
    }),
  },
  horizon: "horizon",
  world: {
    attendance: f64({ unit: "traders", doc: "D, how many are in; until the next count D₋₁" }),
    meanAttendance: f64({ unit: "traders", doc: "of the periods so far; before the first, of the draw of positions" }),
    squares: f64({ unit: "traders²", doc: "Σ (D − mean)² of the periods so far" }),
    volatility: f64({ unit: "traders", doc: "σ(D), deviation of the periods so far, with T − 1" }),
    taxRate: f64({ doc: "τ" }),
    taxes: f64({ unit: "reward", doc: "paid this period" }),
  },
  populations: {
    scenario: population({
      size: 1,
      doc: "the outer layer: sets the tax",
      state: { calm: f64({ unit: "traders", doc: "−(σ_t − σ_{t−1}): over an episode, minus its volatility" }) },
      actions: { tax: box(0, "taxRateMax", { doc: "τ" }) },
    }),
    traders: population({
      size: "traders",
      state: {
        position: i32({ doc: "1: in, 0: out; of the last period" }),
        was: i32({ doc: "position when this period's decision was made" }),
        reward: f64({ unit: "reward", doc: "r_k, after tax" }),
      },
      actions: { enter: discrete(2, { doc: "1: enter, 0: stay out" }) },
    }),
  },
  start: ({ each, total, world }) => ({
    scatter: each("traders", { doc: "each is in with probability C/n" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("position");
      for (let i = from; i < to; i++) k.position[i] = u[i] * p.traders < p.capacity ? 1 : 0;
    }),
    count: total("traders", { doc: "D of the draw" }, { attendance: "position" }),
    open: world({ doc: "which is what is remembered" }, (w, p) => {
      w.meanAttendance = w.attendance;
      w.taxRate = p.taxRate;
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    tax: decide("scenario", { doc: "τ", every: "taxation" }),
    announce: world({ doc: "τ is what the scenario generator says, or the parameter" }, (w, p) => {
      if (w.period === 0 && p.taxation === "episode") w.taxRate = w.scenario.tax[0];
    }),
    enter: decide("traders", { doc: "all decide at once" }),
    count: total("traders", { doc: "D = Σ 1{enter}" }, { attendance: "enter" }),
    pay: each(
      "traders",
      { doc: "r* = β + v (C − D) for those in, β for those out; r = r* − |τ r*| for whoever has switched" },
      (k, from, to, w, p) => {
        for (let i = from; i < to; i++) {
          k.was[i] = k.position[i];
          k.position[i] = k.enter[i];
          k.reward[i] = rewardOf(k.enter[i], k.was[i], w.attendance, w.taxRate, p);
        }
      },
    ),
    collect: total(
      "traders",
      { doc: "taxes paid" },
      {
        taxes: (k, i, w, p) =>
          rewardOf(k.enter[i], k.enter[i], w.attendance, 0, p) -
          rewardOf(k.enter[i], k.was[i], w.attendance, w.taxRate, p),
      },
    ),
    record: world({ doc: "mean and deviation of D (Welford 1962)" }, (w) => {
      const t = w.period + 1;
      const before = w.period === 0 ? 0 : w.attendance - w.meanAttendance;
      const volatility = w.volatility;
      w.meanAttendance = w.period === 0 ? w.attendance : w.meanAttendance + before / t;
      w.squares += before * (w.attendance - w.meanAttendance);
      w.volatility = t > 1 ? Math.sqrt(w.squares / (t - 1)) : 0;
      w.scenario.calm[0] = volatility - w.volatility;
    }),
  }),
  observe: {
    scenario: {
      volatility: { world: "volatility", center: halfOf, scale: halfOf, doc: "σ(D) so far" },
      taxRate: { world: "taxRate", center: halfTax, scale: halfTax, doc: "τ so far" },
    },
    traders: {
      attendance: {
        world: "attendance",
        center: halfOf,
        scale: halfOf,
        doc: "D₋₁: −1 when nobody was in, 1 when all were",
      },
      meanAttendance: {
        world: "meanAttendance",
        center: halfOf,
        scale: (p) => (p.observeMean ? halfOf(p) : Infinity),
        doc: "mean of D so far, likewise; 0 without observeMean",
      },
      position: { column: "position", center: 0.5, scale: 0.5, doc: "1: was in, −1: was out" },
      taxRate: { world: "taxRate", center: halfTax, scale: halfTax, doc: "τ: −1 at none, 1 at the most" },
    },
  },
  reward: {
    scenario: { column: "calm", doc: "−(σ_t − σ_{t−1}), whose sum over an episode is −σ(D), eq. 14" },
    traders: { column: "reward", doc: "r_k" },
  },
  metrics: {
    attendance: { unit: "traders", doc: "D", of: ({ attendance }) => attendance },
    volatility: { unit: "traders", doc: "σ(D) so far in the episode", of: ({ volatility }) => volatility },
    reward: {
      unit: "reward",
      doc: "mean r_k, after tax",
      of: ({ traders: { reward, size } }) => reward.reduce((sum, r) => sum + r, 0) / size,
    },
    taxes: { unit: "reward", doc: "paid per trader", of: ({ taxes, traders: { size } }) => taxes / size },
  },
  payoffs: {
    traders(out, k, i, w, p) {
      const others = w.attendance - k.enter[i];
      out[0] = rewardOf(0, k.was[i], others, w.taxRate, p);
      out[1] = rewardOf(1, k.was[i], others + 1, w.taxRate, p);
    },
  },
  identities: {
    rewards: {
      doc: "rewards and taxes are n β + v (C − D) D",
      after: "period",
      of: ({ traders: { reward, size }, taxes, attendance: D }, p) =>
        reward.reduce((sum, r) => sum + r, 0) + taxes - (size * p.baseReward + p.strength * (p.capacity - D) * D),
    },
  },
  truth(p) {
    const probability = theory.entryProbability(p);
    const independent = theory.independentAttendance(p, probability);
    const mixed = probability > 0 && probability < 1;
    const forgetful = (value: number): number | Unknown =>
      mixed && p.taxRate > 0
        ? unknown(`with a tax of ${p.taxRate} whoever is in gains by staying in, so that no one probability suits all`)
        : value;
    const logit = solved(() => theory.logitAttendance(p));
    const responsive = (name: "mean" | "sd" | "change" | "reward"): number | Unknown =>
      isUnknown(logit) ? logit : logit[name];
    return {
      entryProbability: forgetful(probability),
      attendanceMean: forgetful(independent.mean),
      attendanceSd: forgetful(independent.sd),
      attendanceChange: forgetful(independent.change),
      logitAttendanceMean: responsive("mean"),
      logitAttendanceSd: responsive("sd"),
      logitAttendanceChange: responsive("change"),
      logitReward: responsive("reward"),
    };
  },
  truthDocs: {
    entryProbability: "p = (C − 1)/(n − 1): if all enter with it, entering pays as much as staying out; without a tax",
    attendanceMean: "n p",
    attendanceSd: "√(n p (1 − p))",
    attendanceChange: "E |D − D₋₁|/D₋₁ there, over periods with D₋₁ > 0",
    logitAttendanceMean: "of traders who respond by logit with rationality κ to their position and D₋₁",
    logitAttendanceSd: "likewise",
    logitAttendanceChange: "likewise",
    logitReward: "likewise, per trader and period after tax",
  },
  figures: [
    {
      title: "Who is in",
      population: "traders",
      column: "position",
      statistic: "mean",
      theory: "entryProbability",
      theoryLabel: "p",
      caption: "Each trader is in (1) or out (0); the mean is attendance over n.",
    },
  ],
});

export default marketEntry;

function halfOf(p: { readonly traders: number }): number {
  return p.traders / 2;
}
function halfTax(p: { readonly taxRateMax: number }): number {
  return p.taxRateMax / 2;
}

interface Rules {
  readonly capacity: number;
  readonly strength: number;
  readonly baseReward: number;
}
/** After tax, of a trader who stood at `was` and now stands at `is`, when D are in. */
function rewardOf(is: number, was: number, D: number, τ: number, p: Rules): number {
  const reward = p.baseReward + (is === 1 ? p.strength * (p.capacity - D) : 0);
  return is === was ? reward : reward - Math.abs(τ * reward);
}
