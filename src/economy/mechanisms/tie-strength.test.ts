import fc from "fast-check";
import { expect, test } from "vitest";
import { fresh } from "../../../test/periods.ts";
import { f64, u8 } from "../columns.ts";
import { defineEconomy } from "../define.ts";
import { links } from "../links.ts";
import * as networks from "../networks.ts";
import { population } from "../population.ts";
import { createSimulation, type Simulation } from "../simulation.ts";
import { tieStrength } from "./tie-strength.ts";

const runge = (strength: number, growth: number, decay: number, time: number, steps: number): number => {
  const slope = (η: number) => growth * η * (1 - η) - decay * η;
  const h = time / steps;
  let η = strength;
  for (let k = 0; k < steps; k++) {
    const k1 = slope(η);
    const k2 = slope(η + (h / 2) * k1);
    const k3 = slope(η + (h / 2) * k2);
    η += (h / 6) * (k1 + 2 * k2 + 2 * k3 + slope(η + h * k3));
  }
  return η;
};

test.each([
  [0.2, 0.5, 0.1, 3], // towards a/b = 0.8
  [0.95, 0.5, 0.1, 3],
  [0.6, 0.2, 0.7, 2], // dies out
  [0.6, 0.3, 0.3, 4], // a = 0
  [0.6, 0, 0.4, 2], // no utility: e^{−δt}
  [0.4, -0.5, 0.1, 1.5], // harmful
  [0.3, 0.25, 0.25 + 1e-12, 5], // a close to 0
])("the strength after a while solves its differential equation: from %d, growth %d, decay %d, %d later", (...setting) => {
  expect(tieStrength(...setting)).toBeCloseTo(runge(...setting, 400), 9);
}); // biome-ignore format: a table

test("strengths stay within 0 and 1, settle at 1 − decay/growth, and two steps are one", () => {
  expect(tieStrength(0.01, 2, 0.5, 1e4)).toBe(0.75);
  expect(tieStrength(1, 2, 0, 1e4)).toBe(1);
  expect(tieStrength(0, 5, 0)).toBe(0);
  expect(tieStrength(0.7, 0, 0)).toBe(0.7);
  expect(tieStrength(0.5, 1, 2, 1e4)).toBe(0);
  // Harmful ties of full strength that do not decay stay; e^{at} is below all numbers.
  expect(tieStrength(1, -40, 0, 41)).toBe(1);
  expect(tieStrength(0, 40, 0, 41)).toBe(0);
  const [left, decayed] = [2 ** -52, Math.exp(-40)];
  expect(((left + decayed) * tieStrength(1 - left, -4, 0, 10)) / decayed).toBeCloseTo(1, 12);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const rate = fc.double({ min: 0, max: 50, noNaN: true });
  fc.assert(
    fc.property(share, rate, fc.boolean(), rate, rate, (strength, growth, harmful, decay, time) => {
      const g = harmful ? -growth : growth;
      const after = tieStrength(strength, g, decay, time);
      expect(after).toBeGreaterThanOrEqual(0);
      expect(after).toBeLessThanOrEqual(1);
      const twice = tieStrength(tieStrength(strength, g, decay, time / 2), g, decay, time / 2);
      expect(Math.abs(twice - after)).toBeLessThan(1e-9);
    }),
  );
});

const circle = defineEconomy({
  name: "circle",
  source: "none",
  summary: "People who agree keep their ties; weak ones are replaced.",
  horizon: 10,
  params: {},
  populations: { people: population({ size: 50, state: { taste: f64({ doc: "0 to 1" }) } }) },
  links: {
    ties: links("people", {
      degree: 4,
      state: { strength: f64({ initial: 0.5, doc: "0 to 1" }), stays: u8({ doc: "1: strong enough" }) },
    }),
  },
  start: ({ each, wire }) => ({
    settle: each("people", { doc: "tastes" }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("taste");
      for (let i = from; i < to; i++) k.taste[i] = u[i];
    }),
    meet: wire("ties", { doc: "four each" }, () => networks.picks({ degree: 4 })),
  }),
  phases: ({ each, wire }) => ({
    adapt: each("ties", { doc: "grow with agreement, decay with distance" }, (k, from, to, { people }) => {
      for (let l = from; l < to; l++) {
        const apart = people.taste[k.source[l]] - people.taste[k.target[l]];
        k.strength[l] = tieStrength(k.strength[l], 0.5 * (1 - Math.abs(apart)), 4 * apart * apart);
        k.stays[l] = k.strength[l] > 0.4 ? 1 : 0;
      }
    }),
    rewire: wire("ties", { doc: "others for those too weak", keep: "stays" }, (_p, w) =>
      networks.replacements({ start: w.ties.start, target: w.ties.target, keep: w.ties.stays }),
    ),
  }),
});

test("adaptive ties, rewired, are the same for any cut, and bring together who agrees", () => {
  const apart = (simulation: Simulation): number => {
    const [taste, source, target] = ["people.taste", "ties.source", "ties.target"].map(
      (name) => simulation.columns[name],
    );
    return Array.from(source, (i, l) => Math.abs(taste[i] - taste[target[l]])).reduce((a, b) => a + b, 0) / 200;
  };
  const whole = fresh(createSimulation(circle, { grain: 8 }), 10);
  expect(apart(whole)).toBeLessThan(0.5 * apart(fresh(createSimulation(circle, { grain: 8 }), 0)));
  expect(whole.columns["ties.size"][0]).toBe(200);
  for (const pieces of [2, 7]) {
    const cut = fresh(createSimulation(circle, { grain: 8, cut: "rows", pieces, backwards: true }), 10);
    for (const name in whole.columns) expect([name, [...cut.columns[name]]]).toEqual([name, [...whole.columns[name]]]);
  }
});
