// Every choice and every row of a short training of DQN is computed again, by plain loops on networks that stand still.
import { expect, test } from "vitest";
import { field, SENSIBLE, shown } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainMlp } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { type DqnConfig, dqn, lossGraph } from "./dqn.ts";

const [E, N, F, D, STEPS, BATCH] = [2, 3, 2, 2, 26, 8];
const FROZEN = { learningRate: 1e-12, finalLearningRate: 1e-12 };
const SETTINGS: Partial<DqnConfig> = {
  ...FROZEN,
  ...{ hiddenLayers: 1, hiddenWidth: 5, batchSize: BATCH, bufferSize: E * N * 12, learningStarts: 30, gamma: 0.9 },
  ...{ rewardScale: 0.5, gradientSteps: 1.5, epsilonStart: 0.9, epsilonEnd: 0.2, explorationFraction: 0.5 },
  ...{ trembleStart: 0.4, trembleEnd: 0.05, updates: STEPS },
};
const geometric = (a: number, b: number, share: number) => a * (b / a) ** Math.min(1, Math.max(0, share));

test.each<[string, Partial<DqnConfig>, masked?: boolean]>([
  ["one step", { nSteps: 1 }],
  ["three steps", { nSteps: 3 }],
  ["double, dueling, two steps", { nSteps: 2, doubleQ: true, dueling: true, valueScale: 3 }],
  ["each alone, centred rewards", { nSteps: 2, independent: true, centerRewards: true }],
  ["by priority", { nSteps: 2, prioritized: true, priorityExponent: 0.7, importanceStart: 0.4 }],
  ["by priority, each alone", { nSteps: 1, prioritized: true, independent: true }],
  ["masked", { nSteps: 2 }, true],
  ["masked, double, each alone", { nSteps: 1, doubleQ: true, independent: true }, true],
])("%s: choices are greedy, shaken or uniform, and targets are n-step returns", (_name, changes, masked = false) => {
  const config = { ...SETTINGS, ...changes };
  const c = resolveConfig(dqn, config);
  const { backend, runs } = recording();
  const { updates, played, env } = trainOn(dqn, field("grids", { masked }), {
    config,
    numEnvs: E,
    totalSteps: E * STEPS,
    backend,
  });
  const spec = env.spec.players;
  const counts = spec.actions.map(({ space }) => space.count);
  const layout = layoutOf(lossGraph(spec, c, 1));
  const networks = Array.from({ length: c.independent ? N : 1 }, (_, g) =>
    named(updates[0].arrays[`players/theta${c.independent ? `/${g}` : ""}`] as Float32Array, layout),
  );
  /** Values of all choices of both dimensions. */
  const valuesOf = (obs: readonly number[], agent: number): number[] => {
    const θ = networks[c.independent ? agent : 0];
    const h = plainMlp(θ, "trunk", obs, "relu").map((x) => Math.max(0, x));
    const value = c.dueling ? 3 * h.reduce((sum, x, j) => sum + x * θ["value/weight"][j], θ["value/bias"][0]) : 0;
    return Array.from(θ["branches/bias"], (b, k) =>
      h.reduce((sum, x, j) => sum + x * θ["branches/weight"][k * 5 + j], b + value / D),
    );
  };
  const branches = (q: readonly number[]) => [q.slice(0, counts[0]), q.slice(counts[0])];
  /** Choices of dimension d that make sense. */
  const allowed = (obs: readonly number[], d: number): number[] =>
    [...Array(counts[d]).keys()].filter((a) => !masked || SENSIBLE[spec.actions[d].name](a, obs[0], obs[1]));
  const best = (q: readonly number[], obs: readonly number[]) =>
    branches(q).map((x, d) => allowed(obs, d).reduce((best, a) => (x[a] > x[best] ? a : best)));
  const worth = (q: readonly number[], obs: readonly number[]) =>
    branches(q).reduce((sum, x, d) => sum + x[best(q, obs)[d]], 0);

  // What was seen, from what the environment showed after each step; before the first step it is what the replay has.
  const { at, rowOf, ended } = shown(updates, E);
  const obsOf = (t: number, r: number) =>
    t === 0 ? rowOf(updates[0].arrays["players/replay/obs"] as Float32Array, r) : rowOf(at(t - 1, "obs"), r);
  let [greedy, shaken, uniform] = [0, 0, 0];
  for (let t = 0; t < STEPS; t++) {
    const ε = 0.9 + (0.2 - 0.9) * Math.min(1, t / STEPS / 0.5);
    const tremble = geometric(0.4, 0.05, (t / STEPS - 0.5) / (0.85 - 0.5));
    expect(updates[t].metrics["charts/epsilon"]).toBeCloseTo(ε, 12);
    expect(updates[t].metrics["charts/tremble"]).toBeCloseTo(tremble, 12);
    for (let d = 0; d < D; d++) {
      const s = seedStream(5).fork("players");
      const [coin, noise] = [s.fork(`coin/${d}`), s.fork(`noise/${d}`)];
      for (let e = 0; e < E; e++)
        for (let i = 0; i < N; i++) {
          const r = e * N + i;
          const choices = allowed(obsOf(t, r), d);
          const first = choices.indexOf(best(valuesOf(obsOf(t, r), i), obsOf(t, r))[d]);
          const n = choices.length;
          const u = coin.uniformAt(e, t, i);
          let expected = first;
          if (u < ε) {
            expected = Math.floor((u / ε) * n);
            uniform++;
          } else if (d === 0) {
            const step = Math.round(tremble * (n - 1) * noise.normalAt(e, t, i));
            const inside = [first + step, first - step, first].find((choice) => choice >= 0 && choice < n)!;
            expected = inside;
            shaken++;
          } else greedy++;
          expect([t, r, d, played[t].players[r * D + d]]).toEqual([t, r, d, choices[expected]]);
        }
    }
  }
  expect(Math.min(greedy, shaken, uniform)).toBeGreaterThan(30);

  const first = Array.from(at(0, "rewards"));
  const centre = c.centerRewards ? first.reduce((a, b) => a + b) / first.length : 0;
  const places = new Map<string, readonly [t: number, e: number, i: number]>();
  for (let t = 0; t < STEPS; t++)
    for (let r = 0; r < E * N; r++) places.set(obsOf(t, r).join(), [t, Math.floor(r / N), r % N]);
  const slots = 12; // of the buffer
  let [read, owed] = [0, 0];
  const drawn = new Set<string>();
  for (let t = 0; t < STEPS; t++) {
    const stored = t + 1;
    const usable = Math.min(stored, slots - 1) - c.nSteps;
    let minibatches = 0;
    if (usable >= 1 && stored * E * N >= 30) for (owed += 1.5; owed >= 1; owed--) minibatches++;
    const groups = networks.length;
    for (let run = 0; run < minibatches * groups * 4; run++, read++) {
      const { inputs, outputs, loss } = runs[read];
      const g = Math.floor(run / 4) % groups;
      const squares: number[] = [];
      for (let b = 0; b < BATCH / 4; b++) {
        const seen = inputs.obs.slice(b * F, (b + 1) * F);
        const [when, e, i] = places.get(seen.join())!;
        drawn.add(seen.join());
        if (c.independent) expect(i).toBe(g);
        expect(when).toBeLessThanOrEqual(stored - 1 - c.nSteps);
        expect(when).toBeGreaterThanOrEqual(stored - c.nSteps - usable);
        const actions = played[when].players.slice((e * N + i) * D, (e * N + i + 1) * D);
        expect(inputs.actions.slice(b * D, (b + 1) * D)).toEqual([actions[0], counts[0] + actions[1]]);
        let [sum, discount, over] = [0, 1, 0];
        let next = obsOf(when + c.nSteps, e * N + i);
        for (let k = 0; k < c.nSteps && !over; k++) {
          sum += discount * 0.5 * (at(when + k, "rewards")[e * N + i] - centre);
          discount *= 0.9;
          over = ended(when + k, e);
          if (over) next = rowOf(at(when + k, "finalObs"), e * N + i);
        }
        const target = sum + (over === 2 ? 0 : discount * worth(valuesOf(next, i), next));
        expect(inputs.target[b]).toBeCloseTo(target, 4);
        const q = branches(valuesOf(seen, i));
        const error = q[0][actions[0]] + q[1][actions[1]] - target;
        expect(outputs.error[b]).toBeCloseTo(error, 4);
        squares.push((0.5 * error * error * (c.prioritized ? inputs.weight[b] : 1)) / (BATCH / 4));
      }
      expect(loss).toBeCloseTo(
        squares.reduce((a, b) => a + b),
        3,
      );
    }
    if (c.prioritized && usable >= 0)
      expect(updates[t].metrics["charts/importance"]).toBeCloseTo(
        c.importanceStart + (1 - c.importanceStart) * (t / STEPS),
        9,
      );
  }
  expect(read).toBe(runs.length);
  expect(drawn.size).toBeGreaterThan(c.independent ? 40 : 60);
});

test("a policy answers for each row of each agent's own network, and takes no more rows than there are agents", () => {
  for (const independent of [false, true]) {
    const config = {
      ...SETTINGS,
      independent,
      updates: 1,
      learningStarts: 1e6,
      epsilonStart: 0,
      epsilonEnd: 0,
      trembleStart: 0,
      trembleEnd: 0,
    };
    const { last, played, env, config: resolved } = trainOn(dqn, field("grids"), { config, numEnvs: 1, totalSteps: 1 });
    const policy = dqn.policy("players", env.spec.players, resolved as never);
    policy.load(last.arrays);
    const obs = (last.arrays["players/replay/obs"] as Float32Array).slice(0, N * F);
    const answer = new Int32Array(N * D).fill(-1);
    policy.act(answer, obs, N);
    expect([...answer]).toEqual(played[0].players);
    const two = new Int32Array(N * D).fill(-1);
    policy.act(two, obs.subarray(0, 2 * F), 2);
    expect([...two]).toEqual([...played[0].players.slice(0, 2 * D), -1, -1]);
    expect(() => policy.act(new Int32Array(8), new Float32Array(8), 4)).toThrow(
      "dqn policy: got 4 rows, expected at most 3.",
    );
  }
});
