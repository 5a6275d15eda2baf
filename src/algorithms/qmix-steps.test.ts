// Every choice and every row of a short training of VDN and QMIX is computed again, by plain loops on networks that stand still.
import { expect, test } from "vitest";
import { field, SENSIBLE, shown } from "../../test/field.ts";
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

test.each<[string, Partial<QmixConfig>, masked?: boolean]>([
  ["vdn", { mixer: "vdn" }],
  ["vdn, each alone", { mixer: "vdn", independent: true }],
  ["qmix", { mixer: "qmix" }],
  ["vdn, three steps", { mixer: "vdn", nSteps: 3 }],
  ["vdn, two steps, by priority", { mixer: "vdn", nSteps: 2, prioritized: true, importanceStart: 0.3 }],
  ["vdn, masked", { mixer: "vdn" }, true],
  ["vdn, masked, each alone, without double Q", { mixer: "vdn", independent: true, doubleQ: false }, true],
])(
  "%s: choices are everybody's own best or uniform, and rows are whole teams' transitions",
  (_name, changes, masked = false) => {
    const config = { ...SETTINGS, ...changes };
    const c = resolveConfig(qmix, config);
    const { backend, runs } = recording();
    const { updates, played, env } = trainOn(qmix, field("choices", { masked }), {
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
    /** Choices of dimension d that make sense; two has no mask. */
    const allowed = (obs: readonly number[], d: number): number[] => {
      const sensible = SENSIBLE[spec.actions[d].name];
      return [...Array(counts[d]).keys()].filter((a) => !masked || !sensible || sensible(a, obs[0], obs[1]));
    };
    const worth = (obs: readonly number[], i: number, d: number) =>
      Math.max(...allowed(obs, d).map((a) => valuesOf(obs, i)[d][a]));
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
            const choices = allowed(obsOf(t, e * N + i), d);
            const first = choices.reduce((best, a) => (q[a] > q[best] ? a : best));
            const expected = u < ε ? choices[Math.floor((u / ε) * choices.length)] : first;
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
      const usable = Math.max(0, Math.min(stored, 9) - c.nSteps); // of ten slots
      let minibatches = 0;
      if (usable >= 1 && stored * E >= 12) for (owed += 0.75; owed >= 1; owed--) minibatches++;
      for (let run = 0; run < minibatches * 4; run++, read++) {
        const { inputs, outputs, loss } = runs[read];
        const squares: number[] = [];
        for (let b = 0; b < BATCH / 4; b++) {
          const row = (name: string, width: number) => inputs[name].slice(b * width, (b + 1) * width);
          const [when, e] = teams.get(row("obs", N * F).join())!;
          drawn.add(`${when} ${e}`);
          expect(when).toBeLessThanOrEqual(stored - 1 - c.nSteps);
          expect(when).toBeGreaterThanOrEqual(stored - c.nSteps - usable);
          const actions = played[when].players.slice(e * N * D, (e + 1) * N * D);
          expect(row("actions", N * D)).toEqual(actions);
          const rewards = [0, 0, 0];
          let [discount, over] = [1, 0];
          let next = teamOf(when + c.nSteps, e);
          for (let k = when; k < when + c.nSteps && !over; k++) {
            for (const i of [0, 1, 2]) rewards[i] += discount * 0.5 * at(k, "rewards")[e * N + i];
            discount *= 0.9;
            over = ended(k, e);
            if (over) next = [0, 1, 2].flatMap((i) => rowOf(at(k, "finalObs"), e * N + i));
          }
          if (over === 2) discount = 0;
          for (const i of [0, 1, 2]) {
            expect(row("reward", N)[i]).toBeCloseTo(rewards[i], 5);
            expect(row("discount", N)[i]).toBeCloseTo(discount, 6);
          }
          if (over !== 2) expect(row("nextObs", N * F)).toEqual(next);
          if (c.mixer !== "vdn") continue;
          const sum = (of: (i: number, d: number) => number) =>
            [0, 1, 2].reduce((total, i) => total + of(i, 0) + of(i, 1), 0);
          const total = sum((i, d) => valuesOf(teamOf(when, e).slice(i * F, (i + 1) * F), i)[d][actions[i * D + d]]);
          expect(outputs.total[b]).toBeCloseTo(total, 4);
          const best = sum((i, d) => worth(next.slice(i * F, (i + 1) * F), i, d));
          const target = rewards.reduce((x, y) => x + y) + (over === 2 ? 0 : discount * best);
          expect(outputs.error[b]).toBeCloseTo(total - target, 3);
          const weight = c.prioritized ? inputs.weight[b] : 1;
          squares.push((0.5 * weight * (total - target) ** 2) / (BATCH / 4));
        }
        if (c.mixer === "vdn")
          expect(loss).toBeCloseTo(
            squares.reduce((x, y) => x + y),
            3,
          );
      }
    }
    if (c.prioritized) {
      const weights = runs.flatMap(({ inputs }) => inputs.weight);
      expect(Math.max(...weights)).toBe(1);
      expect(Math.min(...weights)).toBeLessThan(0.7);
    }
    expect(read).toBe(runs.length);
    expect(drawn.size).toBeGreaterThan(c.prioritized ? 15 : 25); // of 44
  },
);
