// The game by hand, what is taxed, what the leader is rewarded by, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { marketEntry } from "./market-entry.ts";

interface World {
  readonly attendance: number;
  readonly meanAttendance: number;
  readonly volatility: number;
  readonly taxes: number;
  readonly scenario: { readonly calm: Float64Array };
  readonly traders: { readonly enter: Int32Array; readonly position: Int32Array; readonly reward: Float64Array };
}

/** Plays period t with the first `attendance[t]` traders in. */
function play(params: Record<string, unknown>, attendance: readonly number[], visit: (w: World, t: number) => void) {
  const simulation = createSimulation(marketEntry, { params, checkIdentities: true });
  const world = simulation.worlds[0] as unknown as World;
  simulation.reset(0);
  attendance.forEach((D, t) => {
    simulation.phases.forEach((phase, index) => {
      simulation.runPhase(index, 0);
      if (phase.kind === "decide" && phase.population === "traders") world.traders.enter.fill(0).fill(1, 0, D);
    });
    visit(world, t);
    simulation.endPeriod(0);
  });
}

test("r* = 1 + 2 (C − D) for those in and 1 for those out; a tenth of its size is lost by who switches", () => {
  play({ taxRate: 0.1 }, [12, 14, 13, 10], ({ traders: { reward }, taxes }, t) => {
    if (t === 0) return; // positions before were drawn
    const [was, is] = [
      [12, 14],
      [14, 13],
      [13, 10],
    ][t - 1];
    const inside = 1 + 2 * (12 - is);
    const expected = Array.from({ length: 20 }, (_, i) => {
      const r = i < is ? inside : 1;
      return i < is === i < was ? r : r - 0.1 * Math.abs(r);
    });
    expect([...reward]).toEqual(expected.map((r) => expect.closeTo(r, 12) as unknown as number));
    expect(taxes).toBeCloseTo(Math.abs(is - was) * 0.1 * (is > was ? Math.abs(inside) : 1), 12);
  });
});

test("the leader's rewards add up to minus the deviation of attendance, with T − 1", () => {
  const attendance = [12, 9, 15, 11, 11, 20, 0, 7];
  let sum = 0;
  play({}, attendance, ({ scenario, meanAttendance, volatility }, t) => {
    sum += scenario.calm[0];
    const so = attendance.slice(0, t + 1);
    const mean = so.reduce((a, b) => a + b) / so.length;
    const sd = t === 0 ? 0 : Math.sqrt(so.reduce((s, D) => s + (D - mean) ** 2, 0) / t);
    expect(meanAttendance).toBeCloseTo(mean, 12);
    expect(volatility).toBeCloseTo(sd, 12);
    expect(sum).toBeCloseTo(-sd, 12);
  });
});

test("traders see the last attendance, its mean, where they stand and the tax", () => {
  const env = makeVectorEnv(marketEntry, { numEnvs: 1, params: { taxation: "episode" } });
  env.reset(1);
  env.batch.scenario.actions[0] = 0.1;
  env.step();
  expect(env.spec.traders.features).toEqual(["attendance", "meanAttendance", "position", "taxRate"]);
  env.batch.traders.actions.fill(0).fill(1, 0, 15);
  env.step();
  const { obs } = env.batch.traders;
  expect([...obs.subarray(0, 4)]).toEqual([0.5, 0.5, 1, 1]);
  expect([...obs.subarray(4 * 19, 4 * 20)]).toEqual([0.5, 0.5, -1, 1]);
  const blind = makeVectorEnv(marketEntry, { numEnvs: 1, params: { observeMean: false } });
  blind.reset(1);
  blind.batch.traders.actions.fill(1);
  blind.step();
  expect([...blind.batch.traders.obs.subarray(0, 4)]).toEqual([1, 0, 1, -1]);
});

test("at the start each is in with probability C/n", () => {
  const simulation = createSimulation(marketEntry, { numWorlds: 500 });
  let sum = 0;
  for (let e = 0; e < 500; e++) {
    simulation.reset(e);
    sum += (simulation.worlds[e] as unknown as World).attendance;
  }
  expect(Math.abs(sum / 500 - 12)).toBeLessThan((4 * Math.sqrt(20 * 0.6 * 0.4)) / Math.sqrt(500));
});

test("truth: the mixed equilibrium and the logit chain", () => {
  const truth = marketEntry.truth!(resolveParams(marketEntry));
  expect(truth.entryProbability).toBeCloseTo(0.57894737, 8);
  expect(truth.attendanceMean).toBeCloseTo(11.578947, 6);
  expect(truth.attendanceSd).toBeCloseTo(2.20801863, 8);
  expect(truth.logitAttendanceSd).toBeCloseTo(2.210788, 6);
  const taxed = marketEntry.truth!(resolveParams(marketEntry, { taxRate: 0.1 }));
  expect(taxed.logitAttendanceSd).toBeCloseTo(1.637077, 6);
});

test("issue 8: with a tax no single probability is an equilibrium, unless nobody or everybody enters", () => {
  // At p = (C − 1)/(n − 1) an insider who stays in earns β, and who leaves is taxed: he gains |τβ|.
  const { entryProbability, attendanceMean } = marketEntry.truth!(resolveParams(marketEntry, { taxRate: 0.1 }));
  for (const value of [entryProbability, attendanceMean])
    expect(value).toEqual({ unknown: expect.stringContaining("whoever is in gains by staying in") });
  const full = marketEntry.truth!(resolveParams(marketEntry, { taxRate: 0.1, capacity: 25 }));
  expect([full.entryProbability, full.attendanceMean, full.attendanceSd]).toEqual([1, 20, 0]);
  const shut = marketEntry.truth!(resolveParams(marketEntry, { taxRate: 0.1, capacity: 0.5 }));
  expect([shut.entryProbability, shut.attendanceMean, shut.attendanceSd]).toEqual([0, 0, 0]);
});

test("where the path of logit responses cannot be followed, theory says so", () => {
  const { logitAttendanceSd } = marketEntry.truth!(resolveParams(marketEntry, { taxRate: 1e-15, rationality: 10 }));
  expect(logitAttendanceSd).toEqual({ unknown: expect.stringContaining("ends with a residual") });
});

test.each([{}, { taxation: "episode" }, { taxRate: 0.5, capacity: 0 }, { traders: 1, capacity: 30 }])(
  "the contract holds with %o",
  (params) => {
    expect(checkEconomy(marketEntry, { params, periods: 60 }).filter(({ pass }) => !pass)).toEqual([]);
  },
);
