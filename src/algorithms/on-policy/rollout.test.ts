import { expect, test } from "vitest";
import { alone, defineEconomy, discrete, f64, param, population } from "../../economy/index.ts";
import { makeVectorEnv } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/index.ts";
import { createRollout, type RolloutOptions } from "./rollout.ts";

/** Two wanderers decide every `every` periods; each period ends the world with probability `hazard`, and pays its number since the start of all. */
const journey = defineEconomy({
  name: "journey",
  source: "test",
  summary: "Worlds that end by chance, and pay something else every period.",
  params: { every: param(3, { integer: true }), hazard: param(0.15), horizon: param(8, { integer: true }) },
  horizon: "horizon",
  world: { over: f64() },
  populations: {
    wanderers: population({
      size: 2,
      state: { now: f64(), pay: f64(), price: f64({ initial: 0.5 }) },
      actions: { way: discrete(3) },
    }),
  },
  phases: ({ decide, world }) => ({
    walk: decide("wanderers", { doc: "a way", every: "every" }),
    fall: world({ doc: "the end, perhaps" }, (w, p, draw) => {
      w.over = draw.uniform("end") < p.hazard ? 1 : 0;
      for (let i = 0; i < 2; i++) {
        w.wanderers.now[i] = Math.floor(1e6 * draw.uniform(`now${i}`));
        w.wanderers.price[i] = (w.wanderers.now[i] % 3) / 2;
        w.wanderers.pay[i] = w.wanderers.now[i] % 7;
      }
    }),
  }),
  mask: { wanderers: { way: { doc: "not the same for both", allows: (k, i, way) => (k.now[i] + way) % 3 !== 0 } } },
  observe: { wanderers: { now: { column: "now", doc: "a number" } } },
  reward: { wanderers: { column: "pay", doc: "its rest" } },
  end: (w) => w.over === 1,
});

const T = 4;
const E = 5;
const options: RolloutOptions = {
  gamma: 0.9,
  numSteps: T,
  normalizeObs: false,
  scaleRewards: false,
  squash: false,
  recurrent: true,
  memoryWidth: 2,
  sequenceLength: 1,
  informationCostFrom: "price",
};

/** A decision of one world: marks that the test writes in place of actions and memory, what was seen, and what followed. */
interface Decision {
  readonly mark: number;
  readonly remembered: number;
  readonly obs: readonly number[];
  readonly mask: readonly number[];
  /** What was paid for information. */
  readonly paid: readonly number[];
  /** Less what was paid. */
  rewards: readonly number[];
}

/** Plays by hand, and keeps what rollouts hold beside what has happened. */
function play(every: number, steps: number, hazard = 0.15) {
  const env = makeVectorEnv(journey, { numEnvs: E, params: { every, hazard } });
  const arena = createArena({ bytes: 4 << 20 });
  const context = { env, arena, team: alone } as unknown as Parameters<typeof createRollout>[0];
  const rollout = createRollout(context, "wanderers", env.spec["wanderers"]!, options);
  const batch = env.batch["wanderers"]!;
  const worlds = Array.from({ length: E }, () => ({ happened: [] as Decision[], held: [] as Decision[], earned: 0 }));
  const returns: number[] = [];
  env.onPeriod = (e) => {
    const { pay } = env.simulation.worlds[e]!["wanderers"] as unknown as { readonly pay: Float64Array };
    worlds[e]!.earned += (pay[0]! + pay[1]!) / 2;
  };
  const ended = (e: number): boolean => batch.terminated[e * 2]! + batch.truncated[e * 2]! > 0;
  env.reset(3);
  rollout.begin();
  let marks = 0;
  let left = 0; // decisions that a rollout closed without
  for (let step = 0; step < steps; step++) {
    for (const e of rollout.look()) {
      const row = rollout.rowOf(e) * 2;
      const mark = ++marks;
      const { happened } = worlds[e]!;
      const { price } = env.simulation.worlds[e]!["wanderers"] as unknown as { readonly price: Float64Array };
      happened.push({
        mark,
        remembered: ended(e) ? 0 : (happened.at(-1)?.mark ?? 0),
        obs: [...batch.obs.subarray(e * 2, e * 2 + 2)],
        mask: [...batch.actionMask!.subarray(e * 6, (e + 1) * 6)],
        paid: [0, 1].map((i) => (price[i]! * (mark % 4)) / 4),
        rewards: [],
      });
      for (let i = 0; i < 2; i++) {
        rollout.actions[row + i] = mark + i;
        rollout.logProb[row + i] = -mark - i;
        rollout.information!.nats[row + i] = (mark % 4) / 4;
      }
      rollout.carried!.fill(mark, e * 4, (e + 1) * 4);
    }
    rollout.decided();
    env.step();
    for (const [e, world] of worlds.entries()) {
      if (!batch.acting[e * 2]) continue;
      const last = world.happened.at(-1)!;
      last.rewards = last.paid.map((paid, i) => batch.rewards[e * 2 + i]! - paid);
      // An episode begins with a decision, so all that was paid until now belongs to the one that has ended.
      if (!ended(e)) continue;
      returns.push(world.earned);
      world.earned = 0;
    }
    rollout.follow();
    if (rollout.turns < T) continue;
    rollout.close();
    for (const [e, { held }] of worlds.entries()) {
      left += batch.acting[e * 2] ? 0 : 1;
      for (let t = 0; t < rollout.completed[e]!; t++) {
        const row = (e * T + t) * 2;
        const slot = (e * rollout.S + t) * 2;
        const mark = rollout.actions[row]!;
        expect([...rollout.actions.subarray(row, row + 2)]).toEqual([mark, mark + 1]);
        expect([...rollout.logProb.subarray(row, row + 2)]).toEqual([-mark, -mark - 1]);
        held.push({
          mark,
          remembered: rollout.memory![slot * 2]!,
          obs: [...rollout.obs.subarray(slot, slot + 2)],
          mask: [...rollout.mask!.subarray(row * 3, (row + 2) * 3)],
          paid: [0, 1].map((i) => rollout.information!.price[row + i]! * rollout.information!.nats[row + i]!),
          rewards: [...rollout.rewards.subarray(row, row + 2)],
        });
      }
    }
    rollout.clear();
  }
  return { rollout, worlds, returns, left };
}

test.each([1, 2, 3, 5])(
  "with a decision every %i periods and worlds that end by chance, every decision is in one rollout, with what followed",
  (every) => {
    const { worlds, left } = play(every, 60 * T);
    if (every > 1) expect(left).toBeGreaterThan(0); // decisions were waiting when rollouts closed
    for (const { happened, held } of worlds) {
      expect(held.length).toBeGreaterThan(60);
      expect(held).toEqual(happened.slice(0, held.length));
      expect(happened.length - held.length).toBeLessThanOrEqual(1); // what followed the last one is not known
    }
  },
);

test.each([1, 2, 3, 5])(
  "with a decision every %i periods the episodic return is the mean over all episodes that ended",
  (every) => {
    const { rollout, returns } = play(every, 60 * T);
    expect(returns.length).toBeGreaterThan(50);
    const mean = returns.reduce((a, b) => a + b) / returns.length;
    expect(Math.abs(rollout.episodicReturn() - mean)).toBeLessThan(1e-12 * mean);
    rollout.forgetEpisodes();
    expect(rollout.episodicReturn()).toBeNaN();
  },
);

test("rewards are divided by the deviation of discounted returns, which begin anew with every episode", () => {
  const env = makeVectorEnv(journey, { numEnvs: E, params: { every: 1 } });
  const context = { env, arena: createArena({ bytes: 4 << 20 }), team: alone } as unknown as Parameters<
    typeof createRollout
  >[0];
  const { informationCostFrom: _, ...plain } = options;
  const scaled = { ...plain, recurrent: false, scaleRewards: true };
  const rollout = createRollout(context, "wanderers", env.spec["wanderers"]!, scaled);
  const batch = env.batch["wanderers"]!;
  env.reset(3);
  rollout.begin();
  const G = new Float64Array(E * 2);
  // As if from 10⁻⁴ of a sample with mean 0 and variance 1
  let [n, sum, squares, ended] = [1e-4, 0, 1e-4, 0];
  for (let k = 0; k < 8; k++) {
    const rewards: number[][] = Array.from({ length: E }, () => []);
    for (let t = 0; t < T; t++) {
      for (const e of rollout.look()) batch.actions.fill(0, e * 2, e * 2 + 2);
      rollout.decided();
      env.step();
      for (let r = 0; r < E * 2; r++) {
        const e = r >> 1;
        rewards[e]!.push(batch.rewards[r]!);
        G[r] = 0.9 * G[r]! + batch.rewards[r]!;
        n += 1;
        sum += G[r]!;
        squares += G[r]! * G[r]!;
        if (batch.terminated[e * 2]! + batch.truncated[e * 2]! === 0) continue;
        G[r] = 0;
        ended++;
      }
      rollout.follow();
    }
    rollout.close();
    const deviation = Math.sqrt(squares / n - (sum / n) ** 2 + 1e-8);
    expect(Math.abs(rollout.rewardScale * deviation - 1)).toBeLessThan(1e-9);
    for (let e = 0; e < E; e++)
      for (let k = 0; k < T * 2; k++)
        expect(Math.abs(rollout.rewards[e * T * 2 + k]! - rewards[e]![k]! / deviation)).toBeLessThan(1e-6);
    rollout.clear();
  }
  expect(ended).toBeGreaterThan(20);
});

test("observations are normalised by the moments of all that was seen before the rollout, final ones as well", () => {
  const env = makeVectorEnv(journey, { numEnvs: E, params: { every: 1, hazard: 0, horizon: 3 } });
  const context = { env, arena: createArena({ bytes: 4 << 20 }), team: alone } as unknown as Parameters<
    typeof createRollout
  >[0];
  const { informationCostFrom: _, ...plain } = options;
  const normalised = { ...plain, recurrent: false, normalizeObs: true };
  const rollout = createRollout(context, "wanderers", env.spec["wanderers"]!, normalised);
  const batch = env.batch["wanderers"]!;
  env.reset(3);
  rollout.begin();
  // As if from 10⁻⁴ of a sample with mean 0 and variance 1
  let [n, sum, squares, finals] = [1e-4, 0, 1e-4, 0];
  let [mean, deviation] = [0, Math.sqrt(1 + 1e-8)];
  const scaled = (x: ArrayLike<number>) =>
    Array.from(x, (value) => Math.max(-10, Math.min(10, (value - mean) / deviation)));
  const row = (array: Float32Array, e: number) => array.subarray(e * 2, e * 2 + 2);
  const close = (slot: number, e: number, expected: readonly number[]) => {
    const at = (e * rollout.S + slot) * 2;
    for (const i of [0, 1]) expect(Math.abs(rollout.obs[at + i]! - expected[i]!)).toBeLessThan(1e-5);
  };
  for (let k = 0; k < 6; k++) {
    const expected: { e: number; slot: number; obs: number[] }[] = [];
    for (let t = 0; t < T; t++) {
      for (const e of rollout.look()) {
        expected.push({ e, slot: t, obs: scaled(row(batch.obs, e)) });
        for (const x of row(batch.obs, e)) {
          n += 1;
          sum += x;
          squares += x * x;
        }
        batch.actions.fill(0, e * 2, e * 2 + 2);
      }
      rollout.decided();
      env.step();
      rollout.follow();
      for (let e = 0; e < E; e++) {
        const slot = rollout.next[e * T + t]!;
        if (slot <= T) continue;
        expected.push({ e, slot, obs: scaled(row(batch.finalObs, e)) });
        finals++;
      }
    }
    for (let e = 0; e < E; e++) expected.push({ e, slot: T, obs: scaled(row(batch.obs, e)) });
    rollout.close();
    for (const { e, slot, obs } of expected) close(slot, e, obs);
    rollout.clear();
    mean = sum / n;
    deviation = Math.sqrt(squares / n - mean * mean + 1e-8);
  }
  expect(finals).toBeGreaterThan(30);
});
