import { expect, test } from "vitest";
import { consumptionFigure, createLorenzMean, lorenzFigure, lorenzShares } from "./wealth.ts";

test("Lorenz shares are exact between households: of 1, 2, 3 and 4 the poorest tenth hold 4 % of all", () => {
  const shares = lorenzShares([4, 1, 3, 2]); // 0, 1, 3, 6, 10 tenths at quarters
  expect(shares).toHaveLength(21);
  [0, 0.04, 0.1, 0.3, 0.6, 1].forEach((share, k) => {
    expect(shares[[0, 2, 5, 10, 15, 20][k]!]).toBeCloseTo(share, 14);
  });
});

test("a mean of Lorenz curves is over what was added, by percentages of households", () => {
  const mean = createLorenzMean();
  mean.add([1, 1]);
  mean.add([0, 5]); // the poorer half hold nothing
  const of = mean.of("lorenz");
  expect(Object.keys(of)).toHaveLength(21);
  expect([of["lorenz/0"], of["lorenz/25"], of["lorenz/50"], of["lorenz/75"], of["lorenz/100"]]).toEqual([
    0, 0.125, 0.25, 0.625, 1,
  ]);
});

test("figures draw what was learned over what is exact, at the same wealth and percentages", () => {
  const lorenz = lorenzFigure({
    lines: [{ label: "learned", measured: "lorenz" }],
    exact: Array.from({ length: 101 }, (_, k) => (k / 100) ** 2),
    caption: "Of squares.",
  });
  expect(lorenz.lines).toMatchObject([
    { measured: "lorenz" },
    { label: "exact" },
    {
      points: [
        [0, 0],
        [100, 1],
      ],
    },
  ]);
  const [, exact] = lorenz.lines;
  expect("points" in exact! && exact.points[30]).toEqual([30, 0.09]);
  const policy = consumptionFigure({
    kinds: [
      { label: "with work", measured: "employed", exact: (a) => 1 + a },
      { label: "without", measured: "unemployed", exact: (a) => a },
    ],
    low: 1,
    high: 7,
    caption: "Of lines.",
  });
  expect(policy.lines.map(({ label }) => label)).toEqual([
    "with work, learned",
    "without, learned",
    "with work, exact",
    "without, exact",
  ]);
  const [, , employed] = policy.lines;
  expect("points" in employed! && [employed.points[0], employed.points.at(-1)]).toEqual([
    [1, 2],
    [7, 8],
  ]);
});
