// A stress test of an economy whose losses, failures and links are known: three dominoes, of which each falls on the next.
import { expect, test } from "vitest";
import { defineEconomy, f64, i32, links, param, population, u8 } from "../economy/index.ts";
import { renderStress, type StressContext, stressDocument, stressFindings } from "../report/index.ts";
import { stressTest } from "./stress.ts";

const dominoes = defineEconomy({
  name: "dominoes",
  source: "a test",
  summary: "In period t + 1 of a push at the first, domino t falls and hands its load on.",
  params: { push: param(1, { min: 0, max: 10 }), rows: param(3, { min: 2, max: 100, integer: true }) },
  horizon: 10,
  world: { lost: f64(), luck: f64() },
  populations: { stones: population({ size: "rows", state: { down: u8(), rank: i32() } }) },
  links: { next: links("stones", { degree: 1, state: { load: f64() } }) },
  start: ({ wire }) => ({
    stand: wire("next", { doc: "each to the one behind" }, (p) => (link) => {
      for (let i = 0; i + 1 < p.rows; i++) link(i, i + 1);
    }),
  }),
  phases: ({ world }) => ({
    fall: world({ doc: "period by period; the last two together, the very last first" }, (w, p, draw) => {
      w.luck = draw.normal("luck");
      w.lost = 0;
      const { down, rank } = w.stones;
      w.next.load.fill(0);
      if (p.push === 0) return;
      if (w.period === 0) {
        down[1] = down[2] = 1;
        rank[1] = 2;
        rank[2] = 1;
        w.next.load[1] = 3 * p.push;
      }
      if (w.period === 1) {
        down[0] = 1;
        rank[0] = 1;
        w.next.load[0] = p.push;
        w.next.load[1] = p.push;
      }
      w.lost = p.push * (w.period + 1);
    }),
  }),
  metrics: {
    lost: { unit: "1", doc: "push × periods", of: (w) => w.lost },
    luck: { unit: "1", doc: "of this period", of: (w) => w.luck },
  },
  stress: {
    shocks: { push: [0, 2, 3] },
    loss: "lost",
    fails: { population: "stones", column: "down", order: "rank" },
    carries: { links: "next", column: "load" },
  },
});

const { fails, carries } = dominoes.stress!;
const asked = {
  economy: dominoes,
  params: {},
  loss: "lost",
  lessIsWorse: false,
  statistic: "worst",
  fails: { ...fails!, order: fails!.order! },
  carries: carries!,
  level: 0.9,
  worlds: 4,
  periods: 3,
  seed: 5,
} as const;
const scenarios = [0, 2].map((push) => ({ label: `push ${push}`, set: { push } }));

test("losses, who fails first, and what links carry, of the worst period and of all", () => {
  const [calm, hit] = stressTest({ ...asked, scenarios });
  expect(calm).toMatchObject({ losses: [0, 0, 0, 0], anyFailure: 0, failures: 0, first: [], carried: [] });
  expect(hit).toMatchObject({
    losses: [6, 6, 6, 6],
    mean: 6,
    valueAtRisk: 6,
    expectedShortfall: 6,
    anyFailure: 1,
    failures: 1,
    first: [{ row: 2, share: 1 }],
    carried: [
      { source: 1, target: 2, amount: 8 },
      { source: 0, target: 1, amount: 2 },
    ],
    worst: { world: 0, period: 2, loss: 6, failed: [1, 2, 1] },
  });
  const [, mean] = stressTest({ ...asked, scenarios, statistic: "mean", fails: { ...asked.fails, order: null } });
  expect(mean!.mean).toBeCloseTo(4, 12);
  expect(mean!.first).toEqual([
    { row: 1, share: 0.5 },
    { row: 2, share: 0.5 },
  ]);
});

test("scenarios meet the same draws; the tail of losses is that of the metric with the sign asked for", () => {
  const luck = (lessIsWorse: boolean) =>
    stressTest({ ...asked, scenarios, loss: "luck", lessIsWorse, worlds: 30, statistic: "mean" });
  const [calm, hit] = luck(false);
  expect(calm!.losses).toEqual(hit!.losses);
  const sorted = [...calm!.losses].sort((a, b) => a - b);
  expect(calm!.expectedShortfall).toBeCloseTo((sorted[27]! + sorted[28]! + sorted[29]!) / 3, 12);
  expect(luck(true)[0]!.losses).toEqual(calm!.losses.map((x) => -x));
});

test("findings name the severest; the page draws the network and takes nothing for markup", () => {
  const outcomes = stressTest({ ...asked, scenarios: [scenarios[0]!, { label: "<b>push</b>", set: { push: 2 } }] });
  const context: StressContext = {
    ...asked,
    outcomes,
    axis: "push",
    learned: false,
    command: "walras stress dominoes",
    version: "0",
    seconds: 1,
  };
  expect(stressFindings(context)).toEqual([
    "Severest is <b>push</b>: in the worst 10 % of worlds the loss (lost, worst period) is 6 in the mean, 6 over all worlds.",
    "Mildest is push 0, with 0 there.",
    "In <b>push</b> somebody of stones fails in 100 % of worlds, 100 % of them in the mean. First to fail is most often stones 2, in 100 % of worlds.",
    "Most load is carried from 1 to 2: 8 in the mean of a world.",
  ]);
  const page = renderStress(context, { uplotJs: "", uplotCss: "" });
  expect(page).not.toContain("<b>push</b>");
  expect(page.match(/class="fallen"/g)).toHaveLength(3);
  expect(page.match(/class="standing"/g)).toBeNull();
  expect(page).toContain("<title>2 fails, order 1</title>");
  expect(stressDocument(context)).toMatchObject({ economy: "dominoes", loss: "lost", level: 0.9 });
});

test("what an economy declares of its stress is checked", () => {
  const declared = (stress: object) => (): object =>
    defineEconomy({
      ...dominoes,
      phases: () => dominoes.phases,
      start: () => dominoes.start,
      end: () => false,
      truth: () => ({}),
      stress,
    } as never);
  expect(declared({ ...dominoes.stress, loss: "loss" })).toThrow('stress.loss names "loss"');
  expect(declared({ ...dominoes.stress, shocks: { pull: [0, 1, 2] } })).toThrow('stress.shocks names "pull"');
  expect(declared({ ...dominoes.stress, fails: { population: "stones", column: "up" } })).toThrow(
    'stress.fails names "up"',
  );
  expect(declared({ ...dominoes.stress, carries: { links: "after", column: "load" } })).toThrow(
    'stress.carries names "after"',
  );
});
