// Books of given liabilities against known payments, books that banks make by their rules, runs, sales, rescue, chances of failing alone, and the contract.
import { describe, expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { normalCdf } from "../src/math/index.ts";
import { clear, exposuresOf } from "../src/risk/index.ts";
import { fresh } from "../test/periods.ts";
import { interbank } from "./interbank.ts";
import { bestLeverage, failureAlone, failuresByAdaptation, type LoneBank, returnAfter } from "./theory/interbank.ts";

type Settings = Readonly<Record<string, number | string | readonly number[]>>;

const solved = (settings: Settings) =>
  interbank.truth!(resolveParams(interbank, settings)) as unknown as Record<string, readonly number[] & number>;

function played(params: Settings, periods = 1, seed = 1) {
  const simulation = fresh(createSimulation(interbank, { params, seed, checkIdentities: true }), periods);
  const of = (name: keyof typeof interbank.metrics) =>
    interbank.metrics[name].of(simulation.worlds[0], simulation.params) as number;
  const column = (name: string) => simulation.columns[`banks.${name}`] as Float64Array;
  const world = simulation.worlds[0] as unknown as Record<string, number>;
  return { simulation, of, column, world };
}

const far = (ours: ArrayLike<number>, theirs: readonly number[]): number => {
  expect(ours.length).toBe(theirs.length);
  return Math.max(...theirs.map((x, i) => Math.abs(ours[i] - x)));
};

describe("given liabilities", () => {
  test.each([
    [
      { liabilities: [0, 2, 3, 1, 0, 4, 2, 1, 0], assets: [0, 1, 1] },
      { payments: [60 / 23, 70 / 23, 3], equity: [0, 0, 2], loss: [55 / 23, 45 / 23, 0], defaults: [1, 1, 0] },
    ],
    [
      { liabilities: [0, 3, 2, 0, 0, 0, 4, 1, 1, 0, 0, 2, 0, 0, 0, 0], assets: [1, 0.5, 0.25, 0] },
      {
        payments: [365 / 212, 325 / 212, 459 / 212, 0],
        equity: [0, 0, 0, 1.75],
        loss: [5 - 365 / 212, 5 - 325 / 212, 3 - 459 / 212, 0],
        defaults: [1, 1, 1, 0],
      },
    ],
    [
      { liabilities: [0, 10, 0, 0, 0, 8, 6, 0, 0], assets: [1, 1, 1] },
      { payments: [7, 8, 6], equity: [0, 0, 3], loss: [3, 0, 0], defaults: [1, 0, 0] },
    ],
    [
      { liabilities: [0, 5, 3, 0], assets: [1, 0] },
      { payments: [4, 3], equity: [0, 1], loss: [1, 0], defaults: [1, 0] },
    ],
  ] as const)("%j", (settings, expected) => {
    const truth = solved(settings);
    for (const [name, values] of Object.entries(expected)) expect(far(truth[name], values)).toBeLessThan(1e-9);
    expect(truth.systemLoss).toBeCloseTo(
      expected.loss.reduce((a: number, b) => a + b, 0),
      9,
    );
    // A simulation without noise pays the same in every period
    const { column, of } = played({ ...settings, volatility: 0 }, 3);
    expect(far(column("paid"), expected.payments)).toBeLessThan(1e-9);
    expect(far(column("equity"), expected.equity)).toBeLessThan(1e-9);
    expect(of("loss")).toBeCloseTo(truth.systemLoss, 9);
  });

  test("DebtRank of liabilities: impact is exposure over equity, value the share of claims", () => {
    // Row owes column; equity of all is 1, so that impact is what is owed
    const W = [
      [0, 0.5, 0.2, 0],
      [0, 0, 0.4, 0.3],
      [0.1, 0, 0, 0.6],
      [0, 0.2, 0, 0],
    ];
    const claims = W[0].map((_, j) => W.reduce((sum, row) => sum + row[j], 0));
    const assets = W.map((row, i) => 1 + row.reduce((a, b) => a + b) - claims[i]);
    const settings = { liabilities: W.flat(), assets };
    for (const [shock, distress] of [
      [
        [1, 0, 0, 0],
        [1, 0.554, 0.4, 0.27],
      ],
      [
        [0.2, 0, 0, 0],
        [0.204, 0.1108, 0.08, 0.054],
      ],
    ]) {
      const truth = solved({ ...settings, shock });
      expect(far(truth.debtRank, distress)).toBeLessThan(1e-12);
      const all = claims.reduce((a, b) => a + b);
      const R = distress.reduce((sum, h, j) => sum + ((h - shock[j]) * claims[j]) / all, 0);
      expect(truth.systemDebtRank).toBeCloseTo(R, 12);
      expect(played({ ...settings, shock, volatility: 0 }).of("debtRank")).toBeCloseTo(R, 12);
    }
    // A bank without equity fails with its first loss, and none passes on more than its own distress
    const poor = solved({ liabilities: [0, 1, 2, 0], assets: [5, 1], shock: [0.5, 0] });
    expect(far(poor.debtRank, [0.5 + 0.5 * (2 / 6), 0.5])).toBeLessThan(1e-12);
    const chain = solved({ liabilities: [0, 4, 0, 0, 0, 3.5, 0, 0, 0], assets: [9, 0, 9], shock: [0.5, 0, 0] });
    expect(far(chain.debtRank, [0.5, 0.5, 0.14])).toBeLessThan(1e-12);
  });

  test.each([
    [{ liabilities: [0, 5, 3] }, "interbank: liabilities has 3 numbers, expected n × n of them"],
    [{ liabilities: [0, 5, 3, 0], assets: [1] }, "interbank: assets has 1 numbers, expected 2, one for each bank."],
    [
      { liabilities: [0, 5, 3, 0], assets: [1, 1], shock: [1] },
      "interbank: shock has 1 numbers, expected 2, one for each bank.",
    ],
    [
      { liabilities: [0, 5, 3, 2], assets: [1, 1] },
      "interbank: bank 1 owes itself 2, expected 0 on the diagonal of liabilities.",
    ],
    [{ liabilities: [0, -5, 3, 0], assets: [1, 1] }, "interbank.liabilities[1]: got -5, expected a number from 0"],
    [{ liabilities: [0, Number.NaN, 3, 0], assets: [1, 1] }, "interbank.liabilities[1]: got"],
    [{ liabilities: [0], assets: [1] }, "interbank: liabilities is of 1 bank, expected at least 2."],
    [{ assets: [1, 2] }, "interbank: assets has 2 numbers but liabilities none"],
    [
      { liabilities: [0, 5, 3, 0], assets: [1, 1], banks: 3 },
      "interbank: liabilities are of 2 banks, expected 3. Leave banks out: they follow.",
    ],
  ])("%j is refused", (settings, message) => {
    expect(() => solved(settings as Settings)).toThrow(message);
  });
});

const calm = { volatility: 0, returnMean: 0.012, unrest: 0, runThreshold: -1 };

test("banks without shocks earn what their books say", () => {
  const settings = { ...calm, banks: 12, leverage: 10, reserves: 0.1, horizon: 3 };
  const { column, of } = played(settings);
  const [debts, claims, deposits, cash, invested] = ["debts", "claims", "deposits", "cash", "invested"].map(column);
  const first = column("first");
  expect(first.reduce((a, b) => a + b)).toBeCloseTo(12, 12);
  for (let i = 0; i < 12; i++) {
    expect(first[i] / first[0]).toBeCloseTo((i + 1) ** -0.5, 12);
    expect(debts[i]).toBeLessThanOrEqual(0.3 * 9 * first[i] + 1e-12);
    expect(claims[i]).toBeLessThanOrEqual(0.4 * 10 * first[i] + 1e-12);
    expect(debts[i] + deposits[i]).toBeCloseTo(9 * first[i], 12);
    expect(cash[i]).toBeCloseTo(0.1 * deposits[i], 12);
    expect(invested[i] + cash[i] + claims[i]).toBeCloseTo(10 * first[i], 12);
  }
  expect(claims.reduce((a, b) => a + b)).toBeGreaterThan(5);
  const rate = 0.006 + 9 * 0.0003;
  column("equity").forEach((equity, i) => {
    expect(equity).toBeCloseTo(
      first[i] + 0.012 * invested[i] + rate * (claims[i] - debts[i]) - 0.005 * deposits[i],
      11,
    );
    expect(column("profit")[i]).toBeCloseTo(equity / first[i] - 1, 11);
  });
  expect(of("failures")).toBe(0);
  expect(of("price")).toBe(1);
});

test("a lender keeps to its cap with each and its room with all, and selective lenders lend less to the more indebted", () => {
  const capped = played({ ...calm, exposureCap: 0.05, network: "random", partners: 3, banks: 20 });
  const { loans, banks } = capped.simulation.worlds[0] as unknown as {
    loans: { size: number; target: Int32Array; amount: Float64Array };
    banks: { capital: Float64Array };
  };
  let atCap = 0;
  for (let l = 0; l < loans.size; l++) {
    const cap = 0.05 * banks.capital[loans.target[l]];
    expect(loans.amount[l]).toBeLessThanOrEqual(cap * (1 + 1e-12));
    if (loans.amount[l] > cap * (1 - 1e-12)) atCap++;
  }
  expect(atCap).toBeGreaterThan(10);
  const room = played({ ...calm, lendingShare: 0.05, exposureCap: 10, banks: 20 });
  room.column("claims").forEach((x, i) => {
    expect(x).toBeLessThanOrEqual(0.05 * 12 * room.column("capital")[i] * (1 + 1e-12));
  });
});

test.each(["entropy", "density"] as const)("books fitted by %s have the totals that banks want", (network) => {
  const settings = { ...calm, banks: 10, network, exposureCap: 10, concentration: 0.3 };
  const { column, simulation } = played(settings);
  column("debts").forEach((x, i) => {
    expect(x).toBeCloseTo(0.3 * 11 * column("first")[i], 9);
  });
  const { loans } = simulation.worlds[0] as unknown as { loans: { amount: Float64Array; size: number } };
  const used = loans.amount.subarray(0, loans.size).filter((x) => x > 1e-9).length;
  if (network === "entropy") expect(used).toBe(90);
  else expect(used).toBeLessThanOrEqual(21);
});

test("alone, banks fail as often as the normal law says, calm or turbulent", () => {
  const settings = {
    banks: 1000,
    network: "random",
    partners: 1,
    interbankShare: 0,
    impact: 0,
    leverage: 20,
    correlation: 0,
    capitalRatio: 0,
    runThreshold: -1,
    concentration: 0,
    leastCapital: 1,
  };
  for (const rest of [
    { unrest: 0, calming: 0 },
    { unrest: 1, calming: 0 },
  ]) {
    const truth = solved({ ...settings, ...rest }).failureAlone as number;
    // Deposits 19, cash .95, invested 19.05
    const σ = rest.unrest === 1 ? 0.045 : 0.03;
    expect(truth).toBeCloseTo(normalCdf(((19 * 1.005 - 0.95) / 19.05 - 1.012) / σ), 12);
    const { of } = played({ ...settings, ...rest }, 20);
    const error = Math.sqrt((truth * (1 - truth)) / (20 * 1000));
    expect(Math.abs(of("meanFailures") - truth)).toBeLessThan(3.5 * error);
  }
});

test("banks apart that adapt fail less where turbulence lasts, more where only a gamble pays, as often where nothing can be known", () => {
  const apart = { interbankShare: 0, impact: 0, capitalRatio: 0, leverageHigh: 30 };
  // By hand: deposits λ − 1, cash .05 of them; a bank fails where the return on the rest is below what depositors leave room for
  const fails = (λ: number, σ: number): number =>
    normalCdf((((λ - 1) * (1.005 - 0.05)) / (λ - 0.05 * (λ - 1)) - 1.012) / σ);
  for (const [settings, sign] of [
    [{ volatility: 0.02, turbulence: 2 }, -1],
    [{ volatility: 0.03, turbulence: 3, exitCost: 2 }, 1],
    [{ volatility: 0.02, turbulence: 2, unrest: 0.3, calming: 0.7 }, 0],
  ] as const) {
    const p = resolveParams(interbank, { ...apart, ...settings }) as unknown as LoneBank;
    const [calm, turbulent] = [bestLeverage(p, "calm"), bestLeverage(p, "turbulent")];
    for (const [after, { leverage, profit }] of Object.entries({ calm, turbulent }) as [
      "calm" | "turbulent",
      typeof calm,
    ][]) {
      expect(returnAfter(p, after, leverage)).toBe(profit);
      for (const λ of [leverage - 0.2, Math.min(30, leverage + 0.2)])
        expect(returnAfter(p, after, λ)).toBeLessThanOrEqual(profit + 1e-12);
    }
    const π = p.unrest / (p.unrest + p.calming);
    const [σ, rough] = [p.volatility, p.volatility * p.turbulence];
    const { adapting, constant, leverage } = failuresByAdaptation(p);
    expect(leverage).toBeCloseTo((1 - π) * calm.leverage + π * turbulent.leverage, 12);
    expect(constant).toBeCloseTo(failureAlone({ ...p, leverage }), 12);
    expect(adapting).toBeCloseTo(
      (1 - π) * ((1 - p.unrest) * fails(calm.leverage, σ) + p.unrest * fails(calm.leverage, rough)) +
        π * (p.calming * fails(turbulent.leverage, σ) + (1 - p.calming) * fails(turbulent.leverage, rough)),
      12,
    );
    if (sign === 0) expect(adapting).toBeCloseTo(constant, 9);
    else expect(Math.sign(adapting - constant)).toBe(sign);
  }
});

test("depositors who bear no less than a ratio above all run, banks sell for them, and the price falls as demand says", () => {
  const settings = {
    ...calm,
    runThreshold: 1,
    runDeviation: 0.01,
    callable: 0.3,
    reserves: 0.05,
    banks: 6,
    impact: 0.05,
    capitalRatio: 0,
  };
  const { column, world } = played({ ...settings, interbankShare: 0 });
  const [deposits, cash, sold, value] = ["deposits", "cash", "sold", "value"].map(column);
  let all = 0;
  for (let i = 0; i < 6; i++) {
    expect(column("withdrawn")[i]).toBeCloseTo(0.3 * deposits[i], 12);
    expect(sold[i] * world.price).toBeCloseTo(0.3 * deposits[i] - cash[i], 10);
    all += sold[i];
  }
  expect(world.price).toBeCloseTo(Math.exp((-0.05 * all) / value.reduce((a, b) => a + b)), 12);
  expect(world.price).toBeLessThan(0.995);
  expect(world.lost).toBeCloseTo((1 - world.price) * all, 10);
});

test("rescue pays what failing banks lack: nobody pulls another down, and half of it leaves half", () => {
  const bad = {
    banks: 20,
    volatility: 0.05,
    correlation: 0.3,
    unrest: 0,
    leverage: 20,
    capitalRatio: 0,
    impact: 0,
    runThreshold: -1,
  };
  const seed = 31;
  const none = played(bad, 1, seed);
  expect(none.world.spread).toBeGreaterThan(0);
  expect(none.world.failures).toBeGreaterThan(none.world.spread);
  const all = played({ ...bad, rescue: 1 }, 1, seed);
  expect(all.world.failures).toBe(0);
  expect(all.world.aided).toBeGreaterThan(0);
  expect(all.world.lost).toBeCloseTo(0, 10);
  // What they lack who could not pay if all others did
  const due = new Float64Array(20);
  const { loans } = none.simulation.worlds[0] as unknown as {
    loans: { size: number; source: Int32Array; target: Int32Array; amount: Float64Array };
  };
  for (let l = 0; l < loans.size; l++) due[loans.target[l]] += loans.amount[l] * (1 + 0.006 + 0.0003 * 19);
  const lacking = none
    .column("owed")
    .map((x, i) => Math.max(0, x - due[i] - none.column("cash")[i] - none.column("value")[i]));
  expect(all.world.aided).toBeCloseTo(
    lacking.reduce((a, b) => a + b),
    10,
  );
  const half = played({ ...bad, rescue: 0.5 }, 1, seed);
  expect(half.world.aided).toBeCloseTo(all.world.aided / 2, 10);
  expect(half.world.missing).toBeLessThan(none.world.missing);
});

test("costs of bankruptcy are lost, unpaid loans are what creditors miss, and clearing is that of the library", () => {
  const bad = {
    banks: 15,
    volatility: 0.05,
    correlation: 0.3,
    unrest: 0,
    leverage: 20,
    capitalRatio: 0,
    impact: 0,
    runThreshold: -1,
  };
  const { column, world, simulation } = played(bad, 1, 4);
  const { loans } = simulation.worlds[0] as unknown as {
    loans: { size: number; source: Int32Array; target: Int32Array; amount: Float64Array; unpaid: Float64Array };
  };
  const n = 15;
  const L = Array.from({ length: n + 1 }, () => new Float64Array(n + 1));
  for (let l = 0; l < loans.size; l++)
    L[loans.source[l]][loans.target[l]] += loans.amount[l] * (1 + 0.006 + 0.0003 * 19);
  column("deposits").forEach((d, i) => {
    L[i][n] = d * 1.005;
  });
  const pool = [...column("value").map((v, i) => v + column("cash")[i]), 0];
  const cleared = clear(exposuresOf(L), pool, { assetRecovery: 0.7, claimRecovery: 0.9 });
  expect(far(column("paid"), [...cleared.payments.subarray(0, n)])).toBeLessThan(1e-9);
  expect(world.paidOut).toBeCloseTo(cleared.equity[n], 9);
  let unpaid = 0;
  for (let l = 0; l < loans.size; l++) unpaid += loans.unpaid[l];
  const toBanks = L.slice(0, n).reduce((sum, row, i) => {
    const owed = row.reduce((a, b) => a + b);
    return sum + (owed - cleared.payments[i]) * (1 - row[n] / owed);
  }, 0);
  expect(unpaid).toBeCloseTo(toBanks, 9);
  expect(world.lost).toBeGreaterThan(0);
  // Owners lose their capital and more; the failed begin anew, the others go on with what they have
  for (let i = 0; i < n; i++) {
    if (cleared.defaults[i] === 1) expect(column("profit")[i]).toBe(-4);
    const [first, equity] = [column("first")[i], column("equity")[i]];
    const next = cleared.defaults[i] === 1 ? first : Math.min(first, Math.max(0.2 * first, equity));
    expect(column("carried")[i]).toBeCloseTo(next, 12);
  }
});

test("keeps the contract, banks and regulator deciding", () => {
  for (const params of [
    { banks: 6, decisions: "period", regulation: "episode", volatility: 0.06 },
    { liabilities: [0, 5, 3, 0], assets: [1, 0] },
  ])
    expect(checkEconomy(interbank, { params, seeds: [1, 2], periods: 12 }).filter(({ pass }) => !pass)).toEqual([]);
});
