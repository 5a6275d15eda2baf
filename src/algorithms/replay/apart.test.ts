// Learners with replay where agents decide apart: what they are given as rewards, by hand.
import { expect, test } from "vitest";
import { field } from "../../../test/field.ts";
import { recording } from "../../../test/recording.ts";
import { shifts } from "../../../test/shifts.ts";
import { trainOn } from "../../../test/tiny-economies.ts";
import { defineEconomy, type Economy, f64, grid, i32, population } from "../../economy/index.ts";
import type { Backend } from "../../nn/index.ts";
import { dqn } from "../dqn.ts";
import { qmix } from "../qmix.ts";
import { sac } from "../sac.ts";

const SMALL = { hiddenLayers: 1, hiddenWidth: 4, batchSize: 16, bufferSize: 400, learningStarts: 0, updates: 2 };

/** Everything that a loss was given under this name with the nurses' observations, which are two; the clerk's is one. */
function given(algorithm: typeof dqn | typeof sac, config: object, boxes: boolean, input: string): number[] {
  const { backend, runs } = recording();
  trainOn(algorithm as never, shifts(boxes), {
    config: { ...SMALL, ...config },
    numEnvs: 2,
    totalSteps: 2 * 60,
    backend,
  } as never);
  const theirs = runs.filter(({ inputs }) => inputs[input] && inputs["obs"]!.length === 2 * inputs[input].length);
  return [...new Set(theirs.flatMap(({ inputs }) => inputs[input]!))].sort((a, b) => a - b);
}

// In period t = 0 … 3 nurse i earns 100 i + t + 1; nurse 0 decides in all of them, nurse 1 in periods 1 and 3, nurse 2 in period 2.
const ONE_STEP = [1, 2, 3, 4, 102 + 103, 104, 203 + 204];
const TWO_STEPS = [1 + 0.5 * 2, 2 + 0.5 * 3, 3 + 0.5 * 4, 4, 102 + 103 + 0.5 * 104, 104, 203 + 204];
const sorted = (x: readonly number[]) => [...new Set(x)].sort((a, b) => a - b);

test("a decision earns all rewards until the agent's own next one, or the end of its episode", () => {
  expect(given(dqn, { gamma: 0 }, false, "target")).toEqual(sorted(ONE_STEP));
  for (const boxes of [false, true]) {
    expect(given(sac, { gamma: 0.5 }, boxes, "reward")).toEqual(sorted(ONE_STEP));
    expect(given(sac, { gamma: 0.5, nSteps: 2 }, boxes, "reward")).toEqual(sorted(TWO_STEPS));
    // One decision after another, or none after the last of an episode
    expect(given(sac, { gamma: 0.5, nSteps: 2 }, boxes, "discount")).toEqual([0.25, 0.5]);
  }
});

test("an agent with networks of its own learns from its own rewards alone, each as often as it decided", () => {
  const { backend, runs } = recording();
  trainOn(dqn, shifts(), {
    config: { ...SMALL, gamma: 0, independent: true, prioritized: true },
    numEnvs: 2,
    totalSteps: 2 * 60,
    backend,
  });
  const seen = runs.filter(({ inputs }) => inputs["obs"]!.length === 2 * inputs["target"]!.length);
  const sets = new Set(
    seen.map(({ inputs }) =>
      sorted(inputs["target"]!)
        .map((x) => Math.floor(x / 100))
        .join(),
    ),
  );
  // Nurse 0 below 100, nurse 1 at 104 and 205, nurse 2 at 407, nurse 3 never
  for (const set of sets) expect(["0", "0,0", "0,0,0", "0,0,0,0", "1", "2", "1,2", "4"]).toContain(set);
  expect(sets.has("4")).toBe(true);
  expect(sets.has("1,2")).toBe(true);
});

test("worlds that end early and decide every second period go out of step, and are learned from all the same", () => {
  for (const algorithm of [dqn, sac, qmix]) {
    const { backend, runs } = recording();
    const train = (from: unknown, backend?: Backend) =>
      trainOn(algorithm as never, field("choices", { slow: true }), {
        ...{ config: { ...SMALL, gradientSteps: 4, updates: 30 }, numEnvs: 3, totalSteps: 3 * 60, from, backend },
      } as never);
    const whole = train(undefined, backend);
    const completed = whole.last.arrays["players/replay/completed"] as Int32Array;
    expect(completed).toHaveLength(3);
    expect(new Set(completed).size).toBeGreaterThan(1);
    for (const k of [4, 17]) expect(train(whole.updates[k]).updates).toEqual(whole.updates.slice(k + 1));
    // What is seen is drawn anew in every period. 64 draws per turn that adds ρ ≈ 8 transitions miss one of age share 1 − x with chance x^(64/ρ): 1 in 9 of all.
    const seen = new Set(runs.flatMap(({ inputs }) => (inputs["obs"] ?? []).filter((_, k) => k % 2 === 0)));
    const decisions = 3 * completed.reduce((a, b) => a + b);
    expect(seen.size).toBeGreaterThan(0.8 * decisions);
    expect(seen.size).toBeLessThanOrEqual(decisions);
  }
});

test("rewards are centred by the first that are known, however late that is", () => {
  /** Two runners in turn; what one earns is told when it runs again. */
  const relay = defineEconomy({
    name: "relay",
    source: "test",
    summary: "Runners take turns.",
    params: {},
    horizon: 100,
    populations: {
      runners: population({ size: 2, state: { on: i32(), pay: f64() }, actions: { step: grid(0, 1, 2) } }),
    },
    phases: ({ decide, world }) => ({
      pass: world({ doc: "the baton" }, (w) => {
        for (let i = 0; i < 2; i++) w.runners.on[i] = w.period % 2 === i ? 1 : 0;
      }),
      run: decide("runners", { doc: "a step", who: "on" }),
      pay: world({ doc: "3 and 5 per period" }, (w) => {
        w.runners.pay.set([3, 5]);
      }),
    }),
    observe: { runners: { pay: { column: "pay", doc: "" } } },
    reward: { runners: { column: "pay", doc: "" } },
  }) as Economy;
  const { backend, runs } = recording();
  const config = { ...SMALL, gamma: 0, centerRewards: true };
  const { last } = trainOn(dqn, relay, { config, totalSteps: 40, backend } as never);
  expect([...(last.arrays["runners/replay/baseline"] as Float64Array)]).toEqual([6]);
  expect(sorted(runs.flatMap(({ inputs }) => inputs["target"]!))).toEqual([0, 4]);
});
