// Replay against lists: every transition of random histories is computed again from what was decided, and drawn equally often.
import { describe, expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { type Stream, seedStream } from "../../random/index.ts";
import type { TrainContext } from "../algorithm.ts";
import { createReplay, type Replay, type ReplayOptions } from "./replay.ts";

const [E, N, F, D, K, B, T] = [2, 3, 2, 2, 5, 64, 6];
const γ = 0.9;

interface Decision {
  readonly obs: readonly number[];
  readonly action: readonly number[];
  readonly mask: readonly number[];
  reward: number;
  ended: "no" | "terminated" | "truncated";
  final: readonly number[];
  finalMask: readonly number[];
  done: boolean;
}
interface World extends Partial<ReplayOptions> {
  readonly apart: boolean;
  readonly masked?: boolean;
  readonly turns: number;
  /** Chance that somebody decides, and that an episode ends. */
  readonly decides: number;
  readonly ends: number;
  /** Agents who decide once only. */
  readonly leavers?: readonly number[];
  /** Called where ranks meet. */
  readonly meet?: (before: number) => void;
  /** Called after each turn. */
  readonly after?: (turn: number, replay: Replay) => void;
}

/** A random history, told to a replay turn by turn as an environment would, and kept in lists [E N] of decisions. */
function play({
  apart,
  masked = false,
  turns,
  decides,
  ends,
  leavers = [],
  after,
  meet = () => {},
  ...options
}: World) {
  const arena = createArena({ bytes: 1 << 22 });
  const width = masked ? K : 0;
  const batch = {
    obs: new Float32Array(E * N * F),
    finalObs: new Float32Array(E * N * F),
    actionMask: masked ? new Uint8Array(E * N * width) : null,
    finalActionMask: masked ? new Uint8Array(E * N * width) : null,
    rewards: new Float32Array(E * N),
    acting: new Uint8Array(E * N),
    terminated: new Uint8Array(E * N),
    truncated: new Uint8Array(E * N),
  };
  const spec = {
    ...{ size: N, features: ["a", "b"], masked, apart },
    actions: [2, 3].map((count) => ({ name: `x${count}`, space: { kind: "discrete", count } })), // K together
  };
  const position = { cursor: 0 };
  let barriers = 0;
  const context = {
    env: { numEnvs: E, localWorlds: [0, 1], batch: { all: batch }, decisionAt: ["others", "all"], position },
    ...{ arena, team: { rank: 0, size: 1, barrier: () => meet(barriers++) } },
  } as unknown as TrainContext<unknown>;
  const groupSize = options.groupSize ?? N;
  const replay = createReplay(context, "all", spec as never, {
    ...{ capacity: T * E * N, batchSize: B, gamma: γ, rewardScale: 2, nSteps: 1, priorityExponent: null },
    ...options,
    groupSize,
  });
  replay.begin();
  const rng = seedStream(3).fork("history");
  const streams = ["age", "row", "mass"].map((name) => rng.fork(name)) as [Stream, Stream, Stream];
  replay.seed({ age: streams[0], row: streams[1], mass: streams[2] });
  const coin = rng.fork("coin");
  const lists: Decision[][] = Array.from({ length: E * N }, () => []);
  const actions = new Float32Array(E * N * D);
  const cohort = apart ? 1 : N;
  let told = 0;
  const fresh = (out: Float32Array | Uint8Array, from: number, size: number): number[] => {
    for (let k = from; k < from + size; k++) out[k] = out instanceof Uint8Array ? told++ % 3 : told++;
    return [...out.subarray(from, from + size)];
  };
  for (let turn = 0; turn < turns; turn++) {
    for (let r = 0; r < E * N; r++) {
      const first = r - (r % cohort);
      const list = lists[r];
      const last = list.at(-1);
      const open = last && !last.done;
      const ended = open && coin.uniformAt(0, turn, first) < ends;
      const how = coin.uniformAt(1, turn, first) < 0.5 ? "terminated" : "truncated";
      const acting = coin.uniformAt(2, turn, first) < decides && !(leavers.includes(first) && list.length > 0);
      batch.acting[r] = acting ? 1 : 0;
      batch.terminated[r] = ended && how === "terminated" ? 1 : 0;
      batch.truncated[r] = ended && how === "truncated" ? 1 : 0;
      batch.rewards[r] = ++told;
      const seen = fresh(batch.obs, r * F, F);
      const final = fresh(batch.finalObs, r * F, F);
      const allowed = masked ? fresh(batch.actionMask!, r * K, K) : [];
      const finalMask = masked ? fresh(batch.finalActionMask!, r * K, K) : [];
      if (last && open && (acting || ended))
        Object.assign(last, {
          reward: batch.rewards[r],
          done: true,
          final,
          finalMask,
          ended: ended ? how : "no",
        });
      if (!acting) continue;
      const action = fresh(actions, r * D, D);
      const unknown = { reward: 0, ended: "no", final: [], finalMask: [], done: false } as const;
      list.push({ obs: seen, action, mask: allowed, ...unknown });
    }
    expect(replay.onTurn()).toBe(false);
    position.cursor = 1;
    expect(replay.onTurn()).toBe(true);
    replay.follow();
    barriers = 0;
    replay.settle();
    expect(barriers).toBe(2); // nobody counts before all have written, nor writes before all have counted
    const { agents, worlds } = replay.look();
    const acting = [...batch.acting.keys()].filter((r) => batch.acting[r]);
    expect(agents).toEqual(acting);
    expect(worlds).toEqual([...new Set(acting.map((r) => Math.floor(r / N)))]);
    replay.remember(actions);
    position.cursor = 0;
    after?.(turn, replay);
  }
  // What the last turn began is not told any more: its observations cannot be drawn.
  const complete = lists.map((list) => list.filter(({ done }) => done));
  /** Times of agent r that can be drawn, by the rules in words. */
  const drawable = (r: number): number[] => {
    const n = options.nSteps ?? 1;
    const slots = Math.max(n + 2, Math.ceil((options.capacity ?? T * E * N) / (E * N)));
    const list = complete[r];
    return [...list.keys()].filter((t) => {
      const kept = t > list.length - slots;
      const followed = t + n < list.length;
      const over = apart && list.slice(t).some(({ ended }) => ended !== "no");
      return kept && (followed || over);
    });
  };
  /** The transition of agent r at its decision t: obs, action, return, discount, what came then, and its mask. */
  const transition = (r: number, t: number): (number | readonly number[])[] => {
    const list = complete[r];
    let [sum, discount, k] = [0, 1, t];
    for (; k < t + (options.nSteps ?? 1); k++) {
      sum += discount * 2 * list[k].reward;
      discount *= γ;
      if (list[k].ended !== "no") break;
    }
    const { obs, action, mask } = list[t];
    const end = list[Math.min(k, list.length - 1)];
    if (k < t + (options.nSteps ?? 1)) {
      if (end.ended === "terminated") return [obs, action, sum, 0, obs, mask, mask];
      return [obs, action, sum, discount, end.final, mask, end.finalMask];
    }
    return [obs, action, sum, discount, lists[r][k].obs, mask, lists[r][k].mask];
  };
  return { replay, complete, drawable, transition, groupSize };
}

function sampled({ replay }: ReturnType<typeof play>, g: number, minibatches: number, width = 1) {
  const rows: (number | number[])[][] = [];
  const size = (B / 4) * width;
  const to = {
    ...{ obs: new Float32Array(size * F), actions: new Int32Array(size * D), nextObs: new Float32Array(size * F) },
    ...{ reward: new Float64Array(size), discount: new Float64Array(size), weight: new Float32Array(B / 4) },
    ...{ mask: new Float32Array(size * K), nextMask: new Float32Array(size * K) },
  };
  for (let batches = 0; batches < minibatches; batches++)
    for (let s = 0; s < 4; s++) {
      replay.sample(to, g, s, { batches, importance: 1 });
      for (let b = 0; b < size; b++) {
        const of = (x: Float32Array | Int32Array, w: number) => [...x.subarray(b * w, (b + 1) * w)];
        const [mask, nextMask] = [of(to.mask, K), of(to.nextMask, K)];
        rows.push([of(to.obs, F), of(to.actions, D), to.reward[b], to.discount[b], of(to.nextObs, F), mask, nextMask]);
      }
    }
  return rows;
}

const worlds: Readonly<Record<string, World>> = {
  "all together": { apart: false, turns: 15, decides: 1, ends: 0.3 },
  "all together, three steps": { apart: false, turns: 15, decides: 1, ends: 0.3, nSteps: 3 },
  "worlds that skip turns": { apart: false, turns: 30, decides: 0.4, ends: 0.2, nSteps: 2 },
  "agents apart": { apart: true, turns: 30, decides: 0.4, ends: 0.2 },
  "agents apart, three steps": { apart: true, turns: 40, decides: 0.4, ends: 0.3, nSteps: 3 },
  "agents apart, each alone": { apart: true, turns: 40, decides: 0.4, ends: 0.3, nSteps: 2, groupSize: 1 },
  "together, each alone": { apart: false, turns: 9, decides: 1, ends: 0.3, nSteps: 2, groupSize: 1 },
  "agents who leave for good": { apart: true, turns: 40, decides: 0.5, ends: 0.5, nSteps: 3, leavers: [1, 4] },
  masked: { apart: true, masked: true, turns: 30, decides: 0.5, ends: 0.3, nSteps: 2 },
};

describe.each(Object.entries(worlds))("%s", (_name, world) => {
  const { groupSize = N } = world;
  const groups = Array.from({ length: N / groupSize }, (_, g) => g);
  const agentsOf = (g: number) =>
    Array.from({ length: E * N }, (_, r) => r).filter((r) => Math.floor((r % N) / groupSize) === g);

  test("what can be drawn is what is complete and kept, equally often, and as it happened", () => {
    const history = play(world);
    const { replay, drawable, transition } = history;
    for (const g of groups) {
      const expected = agentsOf(g).flatMap((r) => drawable(r).map((t) => transition(r, t)));
      expect(replay.usable(g)).toBe(expected.length);
      expect(expected.length).toBeGreaterThan(5);
      const byObs = new Map(expected.map((row) => [String(row[0]), { row, drawn: 0 }]));
      expect(byObs.size).toBe(expected.length);
      const rows = sampled(history, g, 40);
      for (const row of rows) {
        const known = byObs.get(String(row[0]))!;
        const masks = world.masked ? 7 : 5;
        expect(row.slice(0, masks)).toEqual(
          known.row.slice(0, masks).map((x) => (typeof x === "number" ? expect.closeTo(x, 6) : x)),
        );
        known.drawn++;
      }
      const mean = rows.length / expected.length;
      const chiSquare = [...byObs.values()].reduce((sum, { drawn }) => sum + (drawn - mean) ** 2 / mean, 0);
      const df = expected.length - 1;
      expect(chiSquare).toBeLessThan(df + 4 * Math.sqrt(2 * df)); // four standard deviations
    }
  });

  test("by priority, the mass is that of what can be drawn", () => {
    const byPriority = play({ ...world, priorityExponent: 0.5 });
    const { drawable, transition } = byPriority;
    for (const g of groups) {
      const expected = agentsOf(g).flatMap((r) => drawable(r).map((t) => transition(r, t)));
      const nodes = byPriority.replay.state[groups.length > 1 ? `priorities/${g}` : "priorities"] as Float64Array;
      expect(nodes[1]).toBe(expected.length); // of 1 each
      const known = new Set(
        expected.map(([obs, , reward, discount]) =>
          String([obs, Math.fround(Number(reward)), Math.fround(Number(discount))]),
        ),
      );
      const rows = sampled(byPriority, g, 20);
      for (const [obs, , reward, discount] of rows)
        expect(known.has(String([obs, Math.fround(Number(reward)), Math.fround(Number(discount))]))).toBe(true);
      expect(new Set(rows.map(([obs]) => String(obs))).size).toBe(expected.length);
    }
  });
});

test("a joint draw is a whole team's, and needs no draws for its members", () => {
  for (const priorityExponent of [null, 0.6]) {
    const history = play({ apart: false, turns: 12, decides: 1, ends: 0.3, joint: true, nSteps: 2, priorityExponent });
    expect(history.replay.usable(0)).toBe(history.drawable(0).length * E);
    const rows = sampled(history, 0, 5, N);
    for (let b = 0; b < rows.length; b += N) {
      const [e, t] = [0, 1]
        .flatMap((e) => history.drawable(e * N).map((t) => [e, t]))
        .find(([e, t]) => String(history.transition(e * N, t)[0]) === String(rows[b][0]))!;
      for (let i = 0; i < N; i++)
        expect(rows[b + i].slice(0, 5)).toEqual(
          history
            .transition(e * N + i, t)
            .slice(0, 5)
            .map((x) => (typeof x === "number" ? expect.closeTo(x, 6) : x)),
        );
    }
  }
});

test("the mean reward is per agent and decision since the last report", () => {
  for (const apart of [true, false]) {
    let [first, before] = [0, 0];
    const { replay, complete } = play({
      ...{ apart, turns: 20, decides: 0.6, ends: 0.2 },
      after(turn, replay) {
        if (turn !== 10) return;
        [first, before] = [replay.meanReward(), replay.stored];
        replay.forget();
      },
    });
    const rewards = complete.flat().map(({ reward }) => reward);
    const sum = rewards.reduce((a, b) => a + b);
    expect(replay.stored).toBe(rewards.length);
    expect(before).toBeGreaterThan(5);
    // What was told until then, and what was told since
    const since = rewards.length - before;
    expect(replay.meanReward()).toBeCloseTo((sum - first * before) / since, 9);
    expect(first * before).toBeCloseTo(
      rewards
        .sort((a, b) => a - b)
        .slice(0, before)
        .reduce((a, b) => a + b),
      6,
    );
    replay.forget();
    expect(replay.meanReward()).toBe(0);
  }
});

test("a baseline is subtracted from every reward before it is scaled; by default that is 0", () => {
  const history = play({ apart: false, turns: 4, decides: 1, ends: 0, nSteps: 2 });
  expect(history.replay.baseline[0]).toBe(0);
  const first = history.complete.map(([{ reward }]) => reward);
  const mean = first.reduce((a, b) => a + b) / first.length;
  expect(history.replay.firstReward()).toBe(mean);
  history.replay.baseline[0] = mean;
  const returns = new Set(
    history.complete.flatMap((list, r) =>
      history.drawable(r).map((t) => {
        const [a, b] = [list[t], list[t + 1]].map(({ reward }) => 2 * (reward - mean));
        return (a + γ * b).toFixed(6);
      }),
    ),
  );
  for (const [, , reward] of sampled(history, 0, 3)) expect(returns.has(Number(reward).toFixed(6))).toBe(true);
});

test("continued from its arrays, it draws what it would have drawn", () => {
  for (const world of Object.values(worlds)) {
    const whole = play(world);
    // Another rank copies arrays back, until all meet.
    const short = play({
      ...world,
      turns: 0,
      meet() {
        for (const [name, array] of Object.entries(whole.replay.state))
          (short.replay.state[name] as Float32Array).set(array as Float32Array);
      },
    });
    short.replay.resume();
    expect(short.replay.stored).toBe(whole.replay.stored);
    expect(sampled(short, 0, 3)).toEqual(sampled(whole, 0, 3));
    expect(short.replay.meanReward()).not.toBeNaN();
  }
});

test("errors that were learned from decide what is drawn, and are not forgotten by a continuation", () => {
  const world = { apart: true, turns: 20, decides: 0.6, ends: 0.2, priorityExponent: 1 };
  const [whole, short] = [play(world), play({ ...world, turns: 0 })];
  const first = sampled(whole, 0, 1);
  // The first row of the minibatch is all that went wrong.
  whole.replay.learned(
    0,
    Float32Array.from(first, (row) => (String(row[0]) === String(first[0][0]) ? 1e6 : 0)),
  );
  const mass = (replay: Replay) => (replay.state["priorities"] as Float64Array)[1];
  expect(mass(whole.replay)).toBeGreaterThan(1e6);
  expect(mass(whole.replay)).toBeLessThan(1e6 + 100);
  for (const [name, array] of Object.entries(whole.replay.state))
    (short.replay.state[name] as Float32Array).set(array as Float32Array);
  short.replay.resume();
  expect(mass(short.replay)).toBe(mass(whole.replay));
  for (const { replay } of [whole, short])
    expect(new Set(sampled({ ...whole, replay }, 0, 3).map(([obs]) => String(obs)))).toEqual(
      new Set([String(first[0][0])]),
    );
});

test("there is room for n successors and the slot that is written next, however small the capacity", () => {
  const history = play({ apart: false, turns: 30, decides: 1, ends: 0.2, nSteps: 3, capacity: 1 });
  expect(history.replay.usable(0)).toBe(E * N);
  const [known] = [history.drawable(0)];
  expect(known).toHaveLength(1);
  for (const [obs] of sampled(history, 0, 2))
    expect(Array.from({ length: E * N }, (_, r) => String(history.transition(r, known[0])[0]))).toContain(String(obs));
});

test("first rewards are those of whoever has earned something", () => {
  let mean = Number.NaN;
  const { complete } = play({
    ...{ apart: true, turns: 3, decides: 0.5, ends: 0 },
    after: (_turn, replay) => {
      mean = replay.firstReward();
    },
  });
  const first = complete.flatMap((list) => list.slice(0, 1).map(({ reward }) => reward));
  expect(first.length).toBeGreaterThan(1);
  expect(first.length).toBeLessThan(E * N);
  expect(mean).toBeCloseTo(first.reduce((a, b) => a + b) / first.length, 9);
});
