// The part of bridges in a small economy whose senders order at random: accounts, shared room, halts, failures, and matrices that cannot be.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { checkEconomy, compose, createSimulation, extension, f64, part, resolveParams } from "../economy/index.ts";
import { bridge } from "./bridge.ts";

/** Orders of random sizes on every lane, and on the diagonal, where there is no bridge. */
const senders = part({
  name: "senders",
  populations: { lanes: extension({ state: { order: f64({ unit: "tokens" }), cost: f64({ unit: "money" }) } }) },
  phases: ({ each }) => ({
    order: each("lanes", { doc: "up to 100 tokens" }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("order");
      for (let l = from; l < to; l++) {
        k.order[l] = 100 * u[l]! * u[l]!;
        k.cost[l] = 7 * k.order[l]!;
      }
    }),
  }),
});
const traffic = compose({
  name: "traffic",
  source: "a test",
  summary: "Tokens go over bridges at random.",
  parts: { bridge, senders },
  derive: { senders: () => 3 },
  horizon: 1e6,
  start: ({ bridge }) => ({ build: bridge.build }),
  phases: ({ bridge, senders }) => ({ settle: bridge.settle, order: senders.order, ship: bridge.ship }),
});

const simulated = (params: Record<string, number | string | readonly number[]>, periods: number) => {
  const simulation = fresh(createSimulation(traffic, { params, seed: 3 }), periods);
  const column = (name: string) => simulation.columns[`lanes.${name}`] as Float64Array;
  return { simulation, column, off: () => traffic.identities.transfers!.of(simulation.worlds[0]!, simulation.params) };
};
const sum = (x: Iterable<number>) => [...x].reduce((a, b) => a + b, 0);

test("accounts are exact with fees, failures and a halt, and tokens wait while their chain's bridges are halted", () => {
  const delays = [1, 2, 5, 1, 1, 3, 4, 2, 1];
  for (const failure of ["return", "delay"]) {
    const params = {
      chains: 3,
      delays,
      bridgeFee: 0.01,
      failureRate: 0.3,
      failure,
      haltFrom: 50,
      haltLength: 20,
      haltChain: 1,
    };
    const { simulation, column, off } = simulated(params, 50);
    const before = [column("inFlight").slice(), column("allSent").slice()];
    goOn(simulation, 20);
    for (let l = 0; l < 27; l++) {
      const [i, j] = [Math.floor(l / 3) % 3, l % 3];
      const sent = column("allSent")[l]! - before[1]![l]!;
      if (i === j) expect(column("allSent")[l]).toBe(0);
      else if (i === 1 || j === 1) {
        expect(sent).toBe(0);
        expect(column("inFlight").slice(5 * l, 5 * l + 5)).toEqual(before[0]!.slice(5 * l, 5 * l + 5));
      } else expect(sent).toBeGreaterThan(0);
    }
    goOn(simulation, 230);
    expect(off()).toBe(0);
    const [sent, returned, arrived] = ["allSent", "allReturned", "allArrived"].map((name) => sum(column(name)));
    expect(sum(column("allFees")) / sent!).toBeCloseTo(0.01, 6);
    // Of 27 − 9 lanes and 280 periods: 5040 transfers, .3 of which fail to 4 s.e. = .026.
    expect(Math.abs(returned! / (returned! + arrived!) - (failure === "return" ? 0.3 : 0))).toBeLessThan(0.05);
    expect(sum(column("allMinted"))).toBe(arrived);
  }
});

test("what arrives was sent as many periods before as the delay says, at the rate of its bridge, with what was paid for it", () => {
  const params = { rates: [1, 0.5, 2, 1], delays: [1, 3, 2, 1] };
  const { simulation, column } = simulated(params, 0);
  const taken: number[][] = [];
  for (let t = 0; t < 12; t++) {
    goOn(simulation, 1);
    taken.push([...column("taken")]);
    for (let s = 0; s < 3; s++)
      for (const [lane, rate, delay] of [
        [4 * s + 1, 0.5, 3],
        [4 * s + 2, 2, 2],
      ] as const) {
        const sent = taken[t - delay]?.[lane] ?? 0;
        expect(column("minted")[lane]).toBe(Math.floor(rate * sent * 2 ** 20) / 2 ** 20);
        expect(column("spent")[lane]).toBeCloseTo(7 * sent, 4);
      }
  }
});

test("senders of one route share its room in proportion to their orders, and no route carries more than its room", () => {
  const { simulation, column } = simulated({ capacity: 120, delays: [4], bridgeFee: 0.1 }, 1);
  for (const route of [1, 2]) {
    const lanes = [0, 1, 2].map((s) => 4 * s + route);
    const wanted = 0.9 * sum(lanes.map((l) => column("order")[l]!));
    for (const l of lanes) expect(column("taken")[l]).toBeCloseTo(column("order")[l]! * Math.min(1, 120 / wanted), 4);
  }
  for (let t = 0; t < 30; t++) {
    goOn(simulation, 1);
    for (const route of [1, 2])
      expect(
        sum([0, 1, 2].flatMap((s) => [...column("inFlight").slice(4 * (4 * s + route), 4 * (4 * s + route) + 4)])),
      ).toBeLessThanOrEqual(120);
  }
  expect(sum(column("allReturned"))).toBe(0);
});

test("matrices that cannot be are refused at the reset, with what is wrong", () => {
  const refused = (params: Record<string, readonly number[] | number>) => expect(() => simulated(params, 1));
  refused({ rates: [1, 1.1, 1, 1] }).toThrow("the cycle 1 → 0 → 1 returns 1.1 tokens for one, expected at most 1");
  refused({ rates: [1, 0, 1, 1] }).toThrow("no way leads from chain 0 to chain 1");
  refused({ rates: [1, 1, 1] }).toThrow(
    "bridge: rates has 3 numbers, expected one for all bridges or the 4 of a matrix of 2 chains, row by row.",
  );
  refused({ delays: [1, 1] }).toThrow("bridge: delays has 2 numbers");
  refused({ rates: [2] }).toThrow("the cycle 1 → 0 → 1 returns 4 tokens");
  expect(resolveParams(traffic, { delays: [1, 7, 2, 1], chains: 2 })).toMatchObject({ slots: 7, lanes: 12 });
});

test("the contract holds", () => {
  for (const params of [{}, { chains: 3, capacity: 50, failureRate: 0.5, haltFrom: 2, haltLength: 2 }])
    expect(checkEconomy(traffic, { params, periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});
