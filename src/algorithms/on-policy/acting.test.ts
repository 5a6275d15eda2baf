// Policies that were learned, played: beside plain loops on the same parameters, for choices and boxes, with masks, memory, moments and networks of one's own.
import { expect, test } from "vitest";
import { field } from "../../../test/field.ts";
import { named } from "../../../test/objectives.ts";
import { plainGru, plainMlp, plainSoftmax } from "../../../test/plain.ts";
import { recording } from "../../../test/recording.ts";
import { trainOn } from "../../../test/tiny-economies.ts";
import { makeVectorEnv } from "../../env/vector-env.ts";
import { layoutOf } from "../../nn/index.ts";
import { seedStream } from "../../random/index.ts";
import { resolveConfig } from "../algorithm.ts";
import { objective, type PpoConfig, ppo } from "../ppo.ts";

const [N, F, D, H] = [3, 2, 2, 3];
const rng = seedStream(11);
/** The same numbers within ±size for every name. */
const some = (name: string, n: number, size: number) => {
  const u = new Float64Array(n);
  seedStream(11).fork(name).uniform(u, { lane: 0, period: 0, from: 0 });
  return Float32Array.from(u, (x) => size * (2 * x - 1));
};
const means = [0.3, -0.2];
const variances = [4, 0.25];

function learned(kind: "boxes" | "choices", masked: boolean, settings: Partial<PpoConfig>) {
  const { spec } = makeVectorEnv(field(kind, { masked }), { numEnvs: 1 });
  const c = resolveConfig(ppo, { hiddenLayers: 1, hiddenWidth: 5, memoryWidth: H, sequenceLength: 1, ...settings });
  const layout = layoutOf(objective(spec.players, c, 1));
  const suffixes = c.independent ? ["/0", "/1", "/2"] : [""];
  const thetas = Object.fromEntries(
    suffixes.map((suffix) => [`players/theta${suffix}`, some(`theta${suffix}`, layout.size, 1.5)]),
  );
  const seen = Float64Array.of(100, ...means, ...variances);
  const policy = ppo.policy("players", spec.players, c);
  policy.load({ ...thetas, "players/rollout/seen": seen });
  const networks = Object.values(thetas).map((theta) => named(theta, layout));
  const θ = (i: number) => networks[c.independent ? i : 0];
  /** What an actor puts out for agent i, and what it remembers then. */
  const outputsOf = (i: number, obs: readonly number[], memory: readonly number[], mask: readonly number[]) => {
    const x = c.normalizeObs ? obs.map((o, f) => (o - means[f]) / Math.sqrt(variances[f] + 1e-8)) : obs;
    const remembered = c.recurrent ? plainGru(θ(i), "memory", x, memory) : x;
    const out = plainMlp(θ(i), "actor", remembered, "tanh");
    return { remembered, out: kind === "boxes" ? out : out.map((o, k) => (masked && !mask[k] ? -1e9 : o)) };
  };
  const [middle, half] = [
    [5, 1],
    [5, 2],
  ];
  const played = (u: number, d: number) => middle[d] + half[d] * (c.squash ? Math.tanh(u) : u);
  const expectMode = (actions: readonly number[], out: readonly number[]) => {
    if (kind === "boxes") for (const [d, x] of actions.entries()) expect(x).toBeCloseTo(played(out[d], d), 4);
    else {
      const best = (x: readonly number[]) => x.indexOf(Math.max(...x));
      expect(actions).toEqual([best(out.slice(0, 3)), best(out.slice(3))]);
    }
  };
  const expectDrawn = (actions: readonly number[], out: readonly number[], i: number, numbers: readonly number[]) => {
    for (const [d, x] of actions.entries()) {
      const z = numbers[d];
      if (kind === "boxes") expect(x).toBeCloseTo(played(out[d] + Math.exp(θ(i)["actor/logStd"][d]) * z, d), 4);
      else {
        const p = plainSoftmax(d === 0 ? out.slice(0, 3) : out.slice(3));
        const below = p.slice(0, x).reduce((a, b) => a + b, 0);
        expect(z).toBeGreaterThan(below - 1e-5);
        expect(z).toBeLessThan(below + p[x] + 1e-5);
      }
    }
  };
  return { policy, outputsOf, expectMode, expectDrawn };
}

const nothing = Array<number>(H).fill(0);
const maskAt = (t: number) =>
  Uint8Array.from({ length: N * 5 }, (_, k) => (k % 5 === t % 3 || k % 5 === 3 + (t % 2) ? 0 : 1));
const newActions = (kind: "boxes" | "choices") => (kind === "boxes" ? new Float32Array(N * D) : new Int32Array(N * D));
const of = <X extends ArrayLike<number>>(x: X, i: number, width: number) =>
  Array.from(x).slice(i * width, (i + 1) * width);

test.each(
  (["choices", "masked", "boxes", "squashed"] as const).flatMap((kind) =>
    [false, true].flatMap((independent) => [false, true].map((recurrent) => [kind, independent, recurrent] as const)),
  ),
)(
  "%s, networks of their own: %s, memory: %s: the likeliest is played, or what is drawn",
  (of_, independent, recurrent) => {
    const kind = of_ === "choices" || of_ === "masked" ? "choices" : "boxes";
    const masked = of_ === "masked";
    const settings = { independent, recurrent, squash: of_ === "squashed", normalizeObs: recurrent };
    const { policy, outputsOf, expectMode, expectDrawn } = learned(kind, masked, settings);
    const memories: Record<number, (readonly number[])[]> = {
      0: [nothing, nothing, nothing],
      4: [nothing, nothing, nothing],
    };
    for (let t = 0; t < 12; t++) {
      const world = t % 3 === 1 ? 4 : 0;
      const obs = some(`obs ${t}`, N * F, 2);
      const mask = masked && t !== 7 ? maskAt(t) : null; // without one, everything may be chosen
      const actions = newActions(kind);
      const who = t % 4 === 3 ? Uint8Array.of(1, 0, 1) : null;
      const drawn = t % 2 === 0;
      const at = { lane: world, period: t };
      if (drawn) policy.sample!(actions, obs, N, rng, at, mask, who);
      else policy.act(actions, obs, N, mask, world, who);
      const numbers = new Float64Array(N * D);
      rng[kind === "boxes" ? "normal" : "uniform"](numbers, { ...at, from: 0 });
      for (let i = 0; i < N; i++) {
        const allowed = mask ? of(mask, i, 5) : [1, 1, 1, 1, 1];
        const { out, remembered } = outputsOf(i, of(obs, i, F), memories[world][i], allowed);
        if (who && !who[i]) continue; // whose action nobody asked for
        if (drawn) expectDrawn(of(actions, i, D), out, i, of(numbers, i, D));
        else expectMode(of(actions, i, D), out);
        memories[world][i] = recurrent ? remembered : nothing;
      }
      if (t === 8) {
        policy.reset?.(0, 2); // one agent in one world
        memories[0][2] = nothing;
      }
      if (t === 9) {
        policy.reset?.(4);
        memories[4] = [nothing, nothing, nothing];
      }
    }
    expect(policy.reset !== undefined).toBe(recurrent);
    policy.reset?.();
    const actions = newActions(kind);
    const obs = some("at last", N * F, 2);
    policy.act(actions, obs, 2); // the first two alone, in world 0
    for (let i = 0; i < 2; i++)
      expectMode(of(actions, i, D), outputsOf(i, of(obs, i, F), nothing, [1, 1, 1, 1, 1]).out);
    expect([...actions].slice(2 * D)).toEqual([0, 0]);
    expect(() => policy.act(newActions(kind), obs, 4)).toThrow("Policy of players: got 4 rows, expected at most 3.");
  },
);

test("more agents than a pass takes decide alike: every row that is learned from has the probability of its action", () => {
  const [E, T] = [400, 2]; // 1200 agents, of which a pass takes 1024
  for (const independent of [false, true]) {
    const { backend, runs } = recording();
    const config = { hiddenLayers: 1, hiddenWidth: 3, numSteps: T, numMinibatches: 1, updateEpochs: 1, independent };
    const { updates, env } = trainOn(ppo, field("choices"), {
      config: { ...config, learningRate: 1e-12, updates: 1 },
      numEnvs: E,
      totalSteps: E * T,
      backend,
    });
    const layout = layoutOf(objective(env.spec.players, resolveConfig(ppo, config), 1));
    const groups = independent ? N : 1;
    expect(runs.length % groups).toBe(0);
    let rows = 0;
    for (const [k, { inputs }] of runs.entries()) {
      const g = Math.floor((k * groups) / runs.length);
      const θ = named(updates[0].arrays[`players/theta${independent ? `/${g}` : ""}`] as Float32Array, layout);
      for (let b = 0; b < inputs.weight.length; b += 7) {
        if (inputs.weight[b] === 0) continue; // fills up
        const obs = inputs.obs.slice(b * F, (b + 1) * F);
        const out = plainMlp(θ, "actor", obs, "tanh");
        const [p, q] = [plainSoftmax(out.slice(0, 3)), plainSoftmax(out.slice(3))];
        const [first, second] = inputs.actions.slice(b * D, (b + 1) * D);
        expect(inputs.logProb[b]).toBeCloseTo(Math.log(p[first] * q[second]), 4);
        expect(inputs.value[b]).toBeCloseTo(plainMlp(θ, "critic", obs, "tanh")[0], 4);
        rows++;
      }
    }
    expect(rows).toBeGreaterThan((E * N * T) / 8);
  }
});
