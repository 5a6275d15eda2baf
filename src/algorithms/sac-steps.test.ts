// Every minibatch of a short training is read again: its rows are transitions that were stored, its number follows the settings, and metrics are its means.
import { expect, test } from "vitest";
import { field, SENSIBLE } from "../../test/field.ts";
import { type LossRun, recording, type Transition, transitions } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { sac } from "./sac.ts";

const [E, N, STEPS, BATCH] = [2, 3, 14, 8];
const SETTINGS = {
  ...{ hiddenWidth: 8, hiddenLayers: 1, batchSize: BATCH, bufferSize: 1000, learningStarts: 19, gradientSteps: 0.75 },
  ...{ gamma: 0.9, rewardScale: 2, alpha: 0.7, learningRate: 0.01, finalRate: 0.25, temperatureLearningRate: 0.1 },
};
const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;

test.each<
  ["boxes" | "choices", boolean, { nSteps?: number; prioritized?: boolean; importanceStart?: number }, boolean?]
>([
  ["boxes", false, {}],
  ["boxes", true, { nSteps: 2 }],
  ["boxes", false, { nSteps: 3, prioritized: true, importanceStart: 0.3 }],
  ["choices", false, {}],
  ["choices", true, {}],
  ["choices", false, { nSteps: 2 }, true],
])(
  "for %s, networks of their own: %s, %j, minibatches are dealt from what was stored and metrics are their means",
  (kind, independent, more, masked = false) => {
    const { backend, runs } = recording();
    const config = { ...SETTINGS, ...more, independent, updates: STEPS };
    const { nSteps = 1, prioritized = false } = more;
    const trained = trainOn(sac, field(kind, { masked }), {
      config,
      numEnvs: E,
      totalSteps: E * STEPS,
      backend,
    });
    const { updates, env } = trained;
    const known = transitions(trained, "players");
    const first = updates[0].arrays as Record<string, Float32Array>;
    const groups = independent ? N : 1;
    const spaces = env.spec.players.actions.map(({ space }) => space);
    /** As critics are given them: in (−1, 1), or 1 in the column of the choice. */
    const given = (actions: readonly number[]): number[] =>
      kind === "boxes"
        ? actions.map((x, d) => (2 * (x - spaces[d].low)) / (spaces[d].high - spaces[d].low) - 1)
        : actions.flatMap((a, d) => Array.from({ length: spaces[d].count }, (_, k) => Number(k === a)));
    const near = (x: readonly number[], y: readonly number[]) => x.every((value, k) => Math.abs(value - y[k]) < 1e-5);

    let [owed, read, learned] = [0, 0, 0];
    const drawn = new Set<string>();
    for (let k = 0; k < STEPS; k++) {
      const stored = k + 1; // by the end of this step
      let minibatches = 0;
      if (stored * E * N >= 19) for (owed += 0.75; owed >= 1; owed--) minibatches++;
      const mine: LossRun[] = runs.slice(read, (read += minibatches * groups * 4 * 3));
      expect(mine).toHaveLength(minibatches * groups * 4 * 3);
      const [critics, policies] = [0, 1].map((which) => mine.filter((_, r) => r % 3 === which));
      for (const [r, { inputs }] of critics.entries()) {
        const g = Math.floor(r / 4) % groups;
        expect(policies[r].inputs.obs).toEqual(inputs.obs);
        for (let b = 0; b < BATCH / 4; b++) {
          const row = (name: string) =>
            inputs[name].slice(b * (inputs[name].length / 2), (b + 1) * (inputs[name].length / 2));
          const isRow = ({ agent, obs }: Transition) => (!independent || agent === g) && near(row("obs"), obs);
          // decisions whose successors are stored: all but the last; the very first is not known
          const ready = known.slice(0, stored - 1 - nSteps);
          const when = ready.findIndex((transitions) => transitions.some(isRow));
          const found = ready[when]?.find(isRow);
          if (!found) {
            // of the very first decision, which nothing was reported before
            const at = first["players/replay/obs"];
            const own = Array.from({ length: E * N }, (_, i) => [at[2 * i], at[2 * i + 1]]);
            expect(own.some((obs, i) => (!independent || i % N === g) && near(row("obs"), obs))).toBe(true);
            continue;
          }
          drawn.add(`${found.world} ${found.agent} ${found.obs}`);
          expect(near(row("action"), given(found.actions))).toBe(true);
          let [sum, discount] = [0, 1];
          let last = found;
          for (let t = when; t < when + nSteps; t++) {
            last = known[t].find(({ world, agent }) => world === found.world && agent === found.agent)!;
            sum += discount * 2 * last.reward;
            discount *= 0.9;
            const goesOn = known[t + 1]?.some(({ obs }) => obs.join() === last.next.join());
            if (!goesOn) break;
          }
          expect(row("reward")[0]).toBeCloseTo(sum, 5);
          expect(row("discount")[0]).toBeCloseTo(last.terminated ? 0 : discount, 6);
          if (!last.terminated) expect(near(row("nextObs"), last.next)).toBe(true);
          if (!masked) continue;
          // what made sense then, by column
          for (const [inputs, name] of [
            [policies[r].inputs, "mask"],
            ...(last.terminated ? [] : [[critics[r].inputs, "nextMask"]]),
          ] as const) {
            const [x, y] = name === "mask" ? found.obs : last.next;
            const sensible = env.spec.players.actions.flatMap(({ name, space }) =>
              Array.from({ length: space.count }, (_, k) => Number(SENSIBLE[name]?.(k, x, y) ?? true)),
            );
            expect(
              (inputs as LossRun["inputs"])[name as string].slice(b * sensible.length, (b + 1) * sensible.length),
            ).toEqual(sensible);
          }
        }
      }
      const { metrics, arrays } = updates[k];
      if (minibatches === 0) expect(metrics["losses/critic"]).toBeNaN();
      else {
        learned += minibatches;
        expect(metrics["losses/critic"]).toBeCloseTo(mean(critics.map(({ loss }) => loss)), 5);
        expect(metrics["losses/policy"]).toBeCloseTo(mean(policies.map(({ loss }) => loss)), 5);
        expect(metrics["charts/entropy"]).toBeCloseTo(-mean(policies.flatMap(({ outputs }) => outputs.logProb)), 5);
        expect(metrics["charts/value"]).toBeCloseTo(mean(policies.flatMap(({ outputs }) => outputs.q)), 5);
      }
      if (stored * E * N >= 19) {
        // geometric from 1 at half-time to ¼
        const rate = 0.25 ** Math.max(0, (2 * k) / STEPS - 1);
        expect(metrics["charts/learningRate"]).toBeCloseTo(0.01 * rate, 8);
      }
      const rewards = k === 0 ? [...first["env/batch/players/rewards"]] : known[k - 1].map(({ reward }) => reward);
      expect(metrics["charts/reward"]).toBeCloseTo(mean(rewards), 5);
      if (learned === 0) expect(metrics["charts/alpha"]).toBeCloseTo(0.7, 6);
      expect(Object.keys(arrays).filter((name) => name.includes("/adam/"))).toHaveLength(6 * groups);
    }
    expect([read, learned]).toEqual([runs.length, 8]);
    if (prioritized) {
      const weights = runs.flatMap(({ inputs }) => inputs.weight ?? []);
      expect([Math.max(...weights), Math.min(...weights) < 0.9]).toEqual([1, true]);
    }
    if (!independent && nSteps === 1) expect(drawn.size).toBeGreaterThan(20); // of 6 · 11, 64 draws with replacement
    expect(updates.at(-1)!.metrics["charts/alpha"]).not.toBeCloseTo(0.7, 3);
  },
);

test("until learning starts actions are uniform over every dimension; afterwards they are the policy's", () => {
  for (const kind of ["boxes", "choices"] as const) {
    const { played, env } = trainOn(sac, field(kind), {
      config: { ...SETTINGS, learningStarts: 6 * 200, updates: 200, gradientSteps: 0 },
      numEnvs: E,
      totalSteps: E * 200,
    });
    const all = played.map(({ players }) => players);
    for (const [d, { space }] of env.spec.players.actions.entries()) {
      const x = all.flatMap((row) => row.filter((_, k) => k % 2 === d));
      const bins = kind === "boxes" ? 4 : space.count;
      const counts = Array.from({ length: bins }, (_, b) => {
        const inBin = (value: number) =>
          kind === "boxes" ? Math.floor((4 * (value - space.low)) / (space.high - space.low)) === b : value === b;
        return x.filter(inBin).length;
      });
      // each share binomial: five standard deviations
      for (const count of counts)
        expect(Math.abs(count / x.length - 1 / bins)).toBeLessThan(
          5 * Math.sqrt(((1 / bins) * (1 - 1 / bins)) / x.length),
        );
    }
    expect(new Set(all.map((row) => row.slice(0, 6).join())).size).toBeGreaterThan(kind === "boxes" ? 199 : 100);
    expect(all.every((row) => row.slice(0, 6).join() !== row.slice(6).join()) || kind === "choices").toBe(true); // worlds differ
  }
});

test("what sac cannot learn says why", () => {
  const blind = { ...field("boxes"), observe: {} };
  expect(() => trainOn(sac, blind, { totalSteps: 1 })).toThrow(
    "sac: players observes nothing; declare observe.players.",
  );
});
