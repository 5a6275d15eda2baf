// Every choice and every row of a short training of VDN and QMIX is computed again, by plain loops on networks that stand still.
import { expect, test } from "vitest";
import { field, shown } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainMlp } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { type QmixConfig, qmix, qmixLoss } from "./qmix.ts";

const [E, N, F, D, STEPS, BATCH] = [2, 3, 2, 2, 24, 8];
const SETTINGS: Partial<QmixConfig> = {
  ...{ learningRate: 1e-12, finalLearningRate: 1e-12, hiddenLayers: 1, hiddenWidth: 5, batchSize: BATCH, gamma: 0.9 },
  ...{ bufferSize: E * 10, learningStarts: 12, rewardScale: 0.5, gradientSteps: 0.75, updates: STEPS },
  ...{ epsilonStart: 0.9, epsilonEnd: 0.2, explorationFraction: 0.5, agentIndex: false },
};

test.each<[string, Partial<QmixConfig>]>([
  ["vdn", { mixer: "vdn" }],
  ["vdn, each alone", { mixer: "vdn", independent: true }],
  ["qmix", { mixer: "qmix" }],
])("%s: choices are everybody's own best or uniform, and rows are whole teams' transitions", (_name, changes) => {
  const config = { ...SETTINGS, ...changes };
  const c = resolveConfig(qmix, config);
  const { backend, runs } = recording();
  const { updates, played, env } = trainOn(qmix, field("choices"), {
    config,
    numEnvs: E,
    totalSteps: E * STEPS,
    backend,
  });
  const spec = env.spec.players;
  const counts = spec.actions.map(({ space }) => space.count);
  const θ = named(updates[0].arrays["players/theta"] as Float32Array, layoutOf(qmixLoss(spec, c, 1)));
  /** Values of the choices of both dimensions. */
  const valuesOf = (obs: readonly number[], agent: number): number[][] => {
    const name = `online/agent${c.independent ? `/${agent}` : ""}`;
    const layers = Object.fromEntries(
      ["weight", "bias"].flatMap((part) => [
        [`q/0/${part}`, θ[`${name}/0/${part}`]],
        [`q/1/${part}`, θ[`${name}/out/${part}`]],
      ]),
    );
    const q = plainMlp(layers, "q", obs, c.activation === "tanh" ? "tanh" : "relu");
    return [q.slice(0, counts[0]), q.slice(counts[0])];
  };
  const { at, rowOf, ended } = shown(updates, E);
  const obsOf = (t: number, r: number) =>
    t === 0 ? rowOf(updates[0].arrays["players/replay/obs"] as Float32Array, r) : rowOf(at(t - 1, "obs"), r);

  const coins = seedStream(5).fork("players").fork("explore");
  for (let t = 0; t < STEPS; t++) {
    const ε = 0.9 - 0.7 * Math.min(1, t / STEPS / 0.5);
    expect(updates[t].metrics["charts/epsilon"]).toBeCloseTo(ε, 12);
    for (let e = 0; e < E; e++)
      for (let i = 0; i < N; i++)
        for (let d = 0; d < D; d++) {
          const u = coins.uniformAt(e, t, i * D + d);
          const q = valuesOf(obsOf(t, e * N + i), i)[d];
          const expected = u < ε ? Math.floor((u / ε) * counts[d]) : q.indexOf(Math.max(...q));
          expect([t, e, i, d, played[t].players[(e * N + i) * D + d]]).toEqual([t, e, i, d, expected]);
        }
  }

  const teams = new Map<string, readonly [t: number, e: number]>();
  const teamOf = (t: number, e: number) => [0, 1, 2].flatMap((i) => obsOf(t, e * N + i));
  for (let t = 0; t < STEPS; t++) for (let e = 0; e < E; e++) teams.set(teamOf(t, e).join(), [t, e]);
  let [read, owed] = [0, 0];
  const drawn = new Set<string>();
  for (let t = 0; t < STEPS; t++) {
    const stored = t + 1;
    const usable = Math.max(0, Math.min(stored, 9) - 1); // of ten slots
    let minibatches = 0;
    if (usable >= 1 && stored * E >= 12) for (owed += 0.75; owed >= 1; owed--) minibatches++;
    for (let run = 0; run < minibatches * 4; run++, read++) {
      const { inputs, outputs, loss } = runs[read];
      const squares: number[] = [];
      for (let b = 0; b < BATCH / 4; b++) {
        const row = (name: string, width: number) => inputs[name].slice(b * width, (b + 1) * width);
        const [when, e] = teams.get(row("obs", N * F).join())!;
        drawn.add(`${when} ${e}`);
        expect(when).toBeLessThanOrEqual(stored - 2);
        expect(when).toBeGreaterThanOrEqual(stored - 1 - usable);
        const actions = played[when].players.slice(e * N * D, (e + 1) * N * D);
        expect(row("actions", N * D)).toEqual(actions);
        const over = ended(when, e);
        const rewards = [0, 1, 2].map((i) => 0.5 * at(when, "rewards")[e * N + i]);
        for (const i of [0, 1, 2]) {
          expect(row("reward", N)[i]).toBeCloseTo(rewards[i], 6);
          expect(row("discount", N)[i]).toBeCloseTo(over === 2 ? 0 : 0.9, 6);
        }
        const next = over ? [0, 1, 2].flatMap((i) => rowOf(at(when, "finalObs"), e * N + i)) : teamOf(when + 1, e);
        expect(row("nextObs", N * F)).toEqual(next);
        if (c.mixer !== "vdn") continue;
        const sum = (of: (i: number, d: number) => number) =>
          [0, 1, 2].reduce((total, i) => total + of(i, 0) + of(i, 1), 0);
        const total = sum((i, d) => valuesOf(teamOf(when, e).slice(i * F, (i + 1) * F), i)[d][actions[i * D + d]]);
        expect(outputs.total[b]).toBeCloseTo(total, 4);
        const best = sum((i, d) => Math.max(...valuesOf(next.slice(i * F, (i + 1) * F), i)[d]));
        const target = rewards.reduce((x, y) => x + y) + (over === 2 ? 0 : 0.9 * best);
        squares.push((0.5 * (total - target) ** 2) / (BATCH / 4));
      }
      if (c.mixer === "vdn")
        expect(loss).toBeCloseTo(
          squares.reduce((x, y) => x + y),
          3,
        );
    }
  }
  expect(read).toBe(runs.length);
  expect(drawn.size).toBeGreaterThan(25); // of 44
});
