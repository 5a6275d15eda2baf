// Money exchange: each period every agent that has money gives one unit to a random other agent.
// Drăgulescu & Yakovenko 2000, "Statistical mechanics of money"; the "Boltzmann wealth model" of agent-based modelling tutorials.
//
// All gifts of a period are simultaneous, so the order of agents does not matter and a million of them can be cut anywhere. That makes the stationary
// law the one of solvers/money-exchange.ts, close to geometric and exponential in the limit of much money. Left out: debt, saving, trade.
import { defineEconomy, f64, i32, param, population } from "walras";
import * as theory from "./theory/money-exchange.ts";

export const moneyExchange = defineEconomy({
  name: "money-exchange",
  source: "Drăgulescu & Yakovenko (2000), Eur. Phys. J. B 17, 723",
  summary:
    "Every agent with money gives one unit to a random other; equality at the start becomes an exponential distribution.",
  params: {
    agents: param(10_000, { symbol: "N", unit: "agents", min: 2, max: 1e9, integer: true }),
    money: param(10, {
      symbol: "m",
      unit: "units/agent",
      min: 1,
      max: 1e6,
      integer: true,
      doc: "what everybody starts with",
    }),
    horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    supply: f64({ unit: "units", doc: "money in existence" }),
    given: f64({ unit: "units", doc: "gifts of this period" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: {
        money: i32({ unit: "units" }),
        gave: i32({ unit: "units", doc: "this period, 0 or 1" }),
        received: i32({ unit: "units", doc: "this period" }),
      },
    }),
  },
  start: ({ each, total }) => ({
    endow: each("people", { doc: "everybody starts with the same" }, (k, from, to, _w, p) => {
      k.money.fill(p.money, from, to);
    }),
    count: total("people", { doc: "supply = Σ money" }, { supply: "money" }),
  }),
  phases: ({ each, exchange, total }) => ({
    give: exchange(
      "people",
      { doc: "with money > 0: one unit to a random other agent", inbox: "received" },
      ({ money, gave, size }, from, to, _w, _p, draw, send) => {
        const other = draw.integers("other", size - 1);
        for (let i = from; i < to; i++) {
          gave[i] = money[i] > 0 ? 1 : 0;
          // other[i] < i ? other[i] : other[i] + 1, without a branch that no processor can predict
          if (gave[i] === 1) send(other[i] + 1 + ((other[i] - i) >> 31), 1);
        }
      },
    ),
    settle: each(
      "people",
      { doc: "money changes by what was received less what was given" },
      ({ money, gave, received }, from, to) => {
        for (let i = from; i < to; i++) {
          money[i] += received[i] - gave[i];
          received[i] = 0;
        }
      },
    ),
    count: total("people", { doc: "given = Σ gave" }, { given: "gave" }),
  }),
  metrics: {
    gini: {
      unit: "1",
      doc: "Gini coefficient of money, Σ|x−x′|/(2N²m)",
      of: ({ people }) => giniOfCounts(people.money),
    },
    payers: { unit: "1", doc: "share of agents that gave", of: ({ people, given }) => given / people.size },
    richest: {
      unit: "units",
      doc: "most money held",
      of: ({ people }) => mostOf(people.money),
    },
  },
  identities: {
    money: {
      doc: "Σ money = supply, in integers, when a period is complete",
      tolerance: 0,
      after: "period",
      of: ({ people, supply }) => people.money.reduce((a, b) => a + b, 0) - supply,
    },
  },
  truth(p) {
    const law = theory.exchangeLaw(p.money);
    return {
      gini: law.gini,
      geometricGini: (1 + p.money) / (1 + 2 * p.money),
      exponentialGini: 0.5,
      payers: law.payers,
      standardDeviation: law.standardDeviation,
    };
  },
  truthDocs: {
    gini: "of the stationary law of simultaneous gifts, N → ∞",
    geometricGini: "of the geometric law with the same mean (one gift at a time)",
    exponentialGini: "the limit of both as money per agent grows",
    payers: "share of agents with money, 1 + m − √(1 + m²)",
    standardDeviation: "of the stationary law",
  },
  figures: [
    {
      title: "Who has how much",
      population: "people",
      column: "money",
      theoryLabel: "stationary law, exact",
      law: ({ money }) => lawOf(money),
      caption: "At the end of the run, all agents, against the law of simultaneous gifts for N → ∞.",
    },
  ],
});

export default moneyExchange;

/** [k, P(k)] as far as one in a hundred thousand has more; every few k where there are many. */
function lawOf(money: number): [number, number][] {
  const { pmf, decay } = theory.exchangeLaw(money);
  const stride = Math.ceil(money / 25);
  const points: [number, number][] = [];
  let share = pmf[0];
  for (let k = 0; share > 1e-5 / (1 + money); k++) {
    if (k % stride === 0) points.push([k, share]);
    share = k + 1 < pmf.length ? pmf[k + 1] : share * decay;
  }
  return points;
}

/** Gini of non-negative integers by counting: O(N + max), exact in the order of agents. */
function giniOfCounts(x: Int32Array): number {
  const most = mostOf(x);
  const count = new Float64Array(most + 1);
  for (let i = 0; i < x.length; i++) count[x[i]]++;
  // 1 − Σ_k S(k)²/m with S(k) = share of agents above k
  let above = x.length;
  let squares = 0;
  for (let k = 0; k < most; k++) {
    above -= count[k];
    squares += (above / x.length) * (above / x.length);
  }
  let sum = 0;
  for (let k = 0; k <= most; k++) sum += k * count[k];
  return sum === 0 ? 0 : 1 - (squares * x.length) / sum;
}

/** A loop, because a call per agent (`reduce`) takes as long as the agents' period itself. */
function mostOf(x: Int32Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) if (x[i] > most) most = x[i];
  return most;
}
