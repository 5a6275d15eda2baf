// 200 economies drawn from the kinds of phase: the same bits for any cut, for threads, and stopped and continued (browser.test.ts: in Chromium). A failure
// shrinks to a short recipe.
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTeam, TEAM_WORDS } from "../src/engine/team.ts";
import { createArena } from "../src/kernels/arena.ts";
import { createPost } from "./apart.ts";
import { decides, fingerprint, playDeciding, playGenerated } from "./generated-economies.ts";
import { drawnRecipes, PERIODS, RUNS, recipes, SEED } from "./generated-recipes.ts";

test("any cut, and running pieces backwards, gives the same bits", () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const whole = fingerprint(playGenerated(recipe, PERIODS));
      for (const [pieces, backwards] of [
        [1, false],
        [2, true],
        [7, false],
        [7, true],
      ] as const)
        expect(fingerprint(playGenerated(recipe, PERIODS, { cut: "rows", pieces, backwards }))).toBe(whole);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test("stopped after any period and continued from its columns, the bits are the same", () => {
  fc.assert(
    fc.property(recipes, fc.integer({ min: 1, max: PERIODS - 1 }), (recipe, periods) => {
      const whole = fingerprint(playGenerated(recipe, PERIODS));
      const before = playGenerated(recipe, periods);
      expect(fingerprint(playGenerated(recipe, PERIODS - periods, {}, before))).toBe(whole);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test("worlds that stop for decisions at events do not depend on how long others keep them waiting", () => {
  fc.assert(
    fc.property(recipes.filter(decides), (recipe) => {
      const [two, three] = [2, 3].map((numEnvs) => playDeciding(recipe, { periods: PERIODS, numEnvs }).prints);
      expect(three.slice(0, 2)).toEqual(two);
    }),
    { numRuns: RUNS / 4, seed: SEED },
  );
});

test("stopped at any decision and continued from its columns, the bits are the same", () => {
  let amid = 0;
  fc.assert(
    fc.property(recipes.filter(decides), fc.integer({ min: 1, max: 30 }), (recipe, steps) => {
      const before = playDeciding(recipe, { periods: PERIODS, steps });
      const { stops } = before.env.simulation;
      if (before.env.position.tick < PERIODS && stops.some((one) => one?.event.some((x) => x > 0))) amid++;
      const whole = playDeciding(recipe, { periods: PERIODS }).prints;
      const rest = playDeciding(recipe, { periods: PERIODS, before: before.env }).prints;
      expect(
        rest.map((prints, e) => Array.from({ length: PERIODS }, (_, t) => prints[t] ?? before.prints[e][t])),
      ).toEqual(whole);
    }),
    { numRuns: RUNS / 4, seed: SEED },
  );
  expect(amid).toBeGreaterThan(RUNS / 16);
});

test.each([2, 3])("on %d threads, the bits are those of one", async (size) => {
  const drawn = drawnRecipes();
  const arena = createArena({ shared: true, threads: size, rank: 0 });
  const words = new Int32Array(new SharedArrayBuffer(4 * TEAM_WORDS));
  const team = createTeam(words, 0, size);
  const workers = Array.from({ length: size - 1 }, (_, k) => {
    const workerData = { recipes: drawn, periods: PERIODS, memory: arena.memory, words, rank: k + 1, size };
    return new Worker(new URL("./fixtures/generated-worker.ts", import.meta.url), { workerData });
  });
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise((resolve, reject) => {
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    for (const recipe of drawn) {
      const shared = fingerprint(playGenerated(recipe, PERIODS, { cut: "rows", team, memory: arena }));
      expect([recipe, shared]).toEqual([recipe, fingerprint(playGenerated(recipe, PERIODS))]);
    }
  } finally {
    team.abandon();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

test("on three ranks with memories of their own, all have the bits of one", async () => {
  const size = 3;
  const drawn = drawnRecipes();
  const post = createPost(size, 1 << 20);
  const prints = await Promise.all(
    Array.from(
      { length: size },
      (_, rank) =>
        new Promise<number[]>((resolve, reject) => {
          const workerData = { recipes: drawn, periods: PERIODS, post, rank };
          const worker = new Worker(new URL("./fixtures/apart-worker.ts", import.meta.url), { workerData });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
  for (const [r, recipe] of drawn.entries()) {
    const print = fingerprint(playGenerated(recipe, PERIODS));
    expect([recipe, ...prints.map((of) => of[r])]).toEqual([recipe, ...prints.map(() => print)]);
  }
});

test("the recipes that are drawn have every kind of phase, and do something", () => {
  const drawn = drawnRecipes();
  const kinds = new Set(drawn.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
  expect(kinds.size).toBe(21);
  const ends = new Set(drawn.map((recipe) => fingerprint(playGenerated(recipe, PERIODS))));
  expect(ends.size).toBeGreaterThan(0.95 * RUNS);
  for (const recipe of drawn.slice(0, 20))
    expect(fingerprint(playGenerated(recipe, PERIODS, { seed: 2 }))).not.toBe(
      fingerprint(playGenerated(recipe, PERIODS)),
    );
});
