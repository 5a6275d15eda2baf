// The chain by hand, its path and final size in theory and in simulation, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { epidemic } from "./epidemic.ts";
import { type Epidemic, epidemicPath, finalSize, reproductionNumber } from "./theory/epidemic.ts";

type Settings = Readonly<Record<string, number | string>>;

function ill(params: Settings, periods: number, seed = 1) {
  const simulation = fresh(createSimulation(epidemic, { params, seed, checkIdentities: true }), periods);
  const of = (name: keyof typeof epidemic.metrics) =>
    epidemic.metrics[name].of(simulation.worlds[0], simulation.params);
  return { simulation, of };
}

test("only the susceptible who meet somebody infected are infected, only the infected recover, and at the ends of chances all or nobody", () => {
  const sure = { agents: 60, network: "ring", neighbours: 4, transmission: 1, recovery: 0.5, infected: 0.1 };
  const { simulation } = ill(sure, 0);
  const health = simulation.columns["people.health"] as Uint8Array;
  for (let t = 0; t < 6; t++) {
    const before = health.slice();
    goOn(simulation, 1);
    before.forEach((h, i) => {
      const met = [-2, -1, 1, 2].some((d) => before[(i + d + 60) % 60] === 1);
      if (h === 0) expect(health[i]).toBe(met ? 1 : 0);
      if (h === 1) expect([1, 2]).toContain(health[i]);
      if (h === 2) expect(health[i]).toBe(2);
    });
  }
  const never = ill({ ...sure, transmission: 0 }, 30);
  expect(never.of("caught")).toBe(0.1);
  expect(never.of("infected")).toBeLessThan(0.02);
});

test("a period infects and recovers as often as chances say, where all meet and on a network", () => {
  const N = 40_000;
  const base = { agents: N, transmission: 0.1, recovery: 0.3, infected: 0.25, neighbours: 8 };
  for (const network of ["everybody", "random"]) {
    const { simulation } = ill({ ...base, network }, 1);
    const [left, well] = ["susceptible", "recovered"].map((name) => simulation.worlds[0][name] as number);
    const spared = network === "everybody" ? (1 - 0.8 / (N - 1)) ** (N / 4) : 0.975 ** 8;
    const s = 0.75 * N;
    expect(Math.abs(left - s * spared)).toBeLessThan(3.3 * Math.sqrt(s * spared * (1 - spared)));
    expect(Math.abs(well - 0.3 * 0.25 * N)).toBeLessThan(3.3 * Math.sqrt(0.25 * N * 0.3 * 0.7));
  }
});

test.each([
  { network: "everybody", transmission: 0.06 },
  { network: "everybody", transmission: 0.02 },
  { network: "random", transmission: 0.06 },
  { network: "random", transmission: 0.5, neighbours: 2 },
])("the path ends at the final size, and R₀ is 1 where it begins to matter: %o", (settings) => {
  const p = resolveParams(epidemic, { ...settings, agents: 1e6, infected: 0.001 }) as unknown as Epidemic;
  const { susceptible, infected } = epidemicPath(p, 4000);
  expect(1 - susceptible[4000]).toBeCloseTo(finalSize(p), 9);
  expect(infected[4000]).toBeLessThan(1e-9);
  // the share of new infections per infected in the first period, over the time that illness lasts, is R₀ as long as links are not used up
  if (p.network === "everybody")
    expect((1 - susceptible[1] - 0.001) / 0.001 / 0.2).toBeCloseTo(reproductionNumber(p) * 0.999, 2);
  expect(finalSize(p) > 0.1).toBe(reproductionNumber(p) > 1);
});

// Where all meet the final share has a variance by Sellke's thresholds (luck in being infected, and in how long illness lasts, whose variance over its squared mean is 1 − γ).
test("simulated epidemics end where theory says, within what luck explains", () => {
  const N = 10_000;
  for (const [network, transmission] of [
    ["everybody", 0.05],
    ["random", 0.06],
  ] as const) {
    const params = { agents: N, network, transmission, horizon: 130 };
    const p = resolveParams(epidemic, params);
    const truth = epidemic.truth!(p) as Record<string, number>;
    const { of, simulation } = ill(params, 130);
    const [z, s0, R0] = [truth.finalSize, 0.98, (8 * transmission) / 0.2];
    const s = 1 - z;
    const variance = ((s * (s0 - s)) / s0 + s * s * R0 * R0 * 0.8 * z) / (1 - R0 * s) ** 2;
    const bound = 3.3 * Math.sqrt(variance / N);
    expect(simulation.worlds[0].infected).toBe(0);
    expect(Math.abs(of("caught") - z)).toBeLessThan(bound);
    expect(Math.abs(truth.caught - z)).toBeLessThan(3e-3);
    expect(Math.abs(of("peak") - truth.peak)).toBeLessThan(0.016);
  }
});

test("nobody infected, impossible ties and ties that go both ways leave it unknown; one tie that infects surely reaches all", () => {
  const truth = (params: Settings) => epidemic.truth!(resolveParams(epidemic, params));
  expect(truth({ infected: 0 }).finalSize).toEqual({ unknown: "nobody is infected at the start" });
  expect(truth({ network: "ring", neighbours: 3 }).peak).toEqual({ unknown: "neighbours, 3, is odd" });
  expect(truth({ network: "smallWorld" }).peak).toHaveProperty("unknown");
  expect(truth({ network: "everybody", agents: 3, neighbours: 1000, transmission: 1, infected: 0.5 }).finalSize).toBe(
    1,
  );
});

test("the contract holds", () => {
  for (const network of ["everybody", "random", "smallWorld"])
    expect(
      checkEconomy(epidemic, { params: { agents: 60, network, infected: 0.2 }, periods: 6 }).filter(
        ({ pass }) => !pass,
      ),
    ).toEqual([]);
});
