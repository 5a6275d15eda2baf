// Rules by hand on a small book, its stationary law against the Markov chain that it is, depth far from the quotes against M/M/∞, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams, type Simulation } from "../src/economy/index.ts";
import { lacking, orderBook } from "./order-book.ts";
import { type Book, best, disorder, place, remove } from "./parts/book.ts";

type World = Book & Record<"period", number> & { readonly far: { readonly orders: Float64Array } };
const worldOf = (simulation: Simulation): World => simulation.worlds[0] as unknown as World;

function traded(
  params: Record<string, number | boolean>,
  periods: number,
  visit: (w: World) => void = () => {},
  seed = 1,
) {
  const simulation = createSimulation(orderBook, { params, seed });
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((_, index) => {
      simulation.runPhase(index, 0);
    });
    visit(worldOf(simulation));
    simulation.endPeriod(0);
  }
  return simulation;
}

test("orders at a price are filled in the order in which they came, and the best price first", () => {
  const simulation = createSimulation(orderBook, { params: { ticks: 16, capacity: 40, limitRate: 1e-6 } });
  const w = worldOf(simulation);
  simulation.reset(0);
  expect([w.resting, w.bid, w.ask]).toEqual([0, -1, 16]);
  const [a, b, c, d] = [9, 7, 9, 7].map((price) => place(w, 1, price, 5));
  expect([w.ask, w.bid, disorder(w)]).toEqual([7, -1, 0]);
  const filled: number[] = [];
  for (let k = 0; k < 4; k++) {
    filled.push(best(w, 0));
    remove(w, filled[k]);
    w.orders.expires[filled[k]] = Infinity;
  }
  expect(filled).toEqual([b, d, a, c]);
  expect([w.ask, best(w, 0), best(w, 1)]).toEqual([16, -1, -1]);
  const [low, high] = [place(w, 0, 3, 5), place(w, 0, 5, 5)];
  expect([w.bid, best(w, 1)]).toEqual([5, high]);
  remove(w, high); // cancelled
  expect([w.bid, best(w, 1), w.resting]).toEqual([3, low, 1]);
  for (let k = 1; k < 40; k++) place(w, 1, 10, 5);
  expect(() => place(w, 1, 10, 5)).toThrow('more than 40 orders rest in the book; raise "capacity"');
});

// Time has no unit but that of the rates: spread and depth depend on δ/μ and μ/α, and the price's diffusion, in ticks² over time, is δ times a function of them.
test("at twice the rates the same happens in half the time: spread, depth and prices to the bit, and diffusion twice as fast", () => {
  const base = { ticks: 64, capacity: 400 };
  const slow: number[] = [];
  const fast: number[] = [];
  const middle = (prices: number[]) => (w: World) => prices.push((w.bid + w.ask) / 2 + w.origin);
  const one = traded({ ...base, limitRate: 0.75, marketRate: 6, cancelRate: 1, length: 1 }, 30, middle(slow));
  const two = traded({ ...base, limitRate: 1.5, marketRate: 12, cancelRate: 2, length: 0.5 }, 30, middle(fast));
  expect(fast).toEqual(slow);
  expect(new Set(slow).size).toBeGreaterThan(5);
  for (const column of ["ticks.bids", "ticks.asks", "distances.depth"])
    expect(two.columns[column]).toEqual(one.columns[column]);
  const [a, b] = [one, two].map((simulation) => worldOf(simulation) as unknown as { spread: number });
  expect(b.spread).toBe(a.spread);
  const known = (scale: number) =>
    orderBook.truth!(
      resolveParams(orderBook, { ...base, limitRate: 0.75 * scale, marketRate: 6 * scale, cancelRate: scale }),
    );
  expect(known(2)).toEqual(known(1));
});

/** Stationary law of K prices with at most `most` orders each: mean spread where both quotes are there, the share of that time, and mean orders. */
function chain(K: number, most: number, α: number, μ: number, δ: number) {
  // A state has a signed count per price: bids below 0, asks above.
  const states = new Map<string, number[]>();
  const all = (state: number[]): void => {
    if (state.length === K) {
      const bid = state.findLastIndex((n) => n < 0);
      const ask = state.findIndex((n) => n > 0);
      if (ask === -1 || bid < ask) states.set(state.join(), state);
      return;
    }
    for (let n = -most; n <= most; n++) all([...state, n]);
  };
  all([]);
  const index = new Map([...states.keys()].map((key, k) => [key, k]));
  const [from, to, rates]: [number[], number[], number[]] = [[], [], []];
  const quotes: (readonly [bid: number, ask: number])[] = [];
  let fastest = 0;
  for (const [key, state] of states) {
    const ask = state.some((n) => n > 0) ? state.findIndex((n) => n > 0) : K;
    const bid = state.findLastIndex((n) => n < 0);
    quotes.push([bid, ask]);
    let out = 0;
    const go = (price: number, change: number, rate: number): void => {
      const next = [...state];
      next[price] += change;
      const target = index.get(next.join());
      if (target === undefined) return; // no room
      from.push(index.get(key)!);
      to.push(target);
      rates.push(rate);
      out += rate;
    };
    for (let price = 0; price < K; price++) {
      if (price > bid) go(price, 1, α);
      if (price < ask) go(price, -1, α);
      if (state[price] !== 0) go(price, -Math.sign(state[price]), δ * Math.abs(state[price]));
    }
    if (ask < K) go(ask, -1, μ / 2);
    if (bid >= 0) go(bid, 1, μ / 2);
    fastest = Math.max(fastest, out);
  }
  let law = new Float64Array(states.size).fill(1 / states.size);
  for (let moved = 1, k = 0; moved > 1e-12 && k < 20_000; k++) {
    const next = law.slice();
    for (let l = 0; l < from.length; l++) {
      const flow = (law[from[l]] * rates[l]) / fastest;
      next[from[l]] -= flow;
      next[to[l]] += flow;
    }
    moved = next.reduce((sum, x, i) => sum + Math.abs(x - law[i]), 0);
    law = next;
  }
  let [spread, quoted, resting] = [0, 0, 0];
  [...states.values()].forEach((state, k) => {
    const [bid, ask] = quotes[k];
    if (bid >= 0 && ask < K) {
      spread += (ask - bid) * law[k];
      quoted += law[k];
    }
    resting += law[k] * state.reduce((sum, n) => sum + Math.abs(n), 0);
  });
  return { spread: spread / quoted, quoted, resting };
}

test.each([
  { K: 3, most: 7, α: 0.8, μ: 1.5, δ: 1 },
  { K: 4, most: 4, α: 0.3, μ: 0.4, δ: 0.7 },
])("a book of few prices has the stationary law of its Markov chain: %j", ({ K, most, α, μ, δ }) => {
  const exact = chain(K, most, α, μ, δ);
  const params = { ticks: K, follow: false, limitRate: α, marketRate: μ, cancelRate: δ, capacity: 60, length: 200 };
  // Means of batches of 200 units of time, some 150 relaxation times each: independent but for their ends.
  const batches: number[][] = [[], [], []];
  traded(params, 400, (w) => {
    batches[0].push(w.spreadTime / w.quoted);
    batches[1].push(w.quoted / 200);
    batches[2].push(w.restingTime / 200);
  });
  [exact.spread, exact.quoted, exact.resting].forEach((theory, k) => {
    const mean = batches[k].reduce((a, b) => a + b, 0) / 400;
    const sd = Math.sqrt(batches[k].reduce((sum, x) => sum + (x - mean) ** 2, 0) / 399 / 400);
    expect(sd / theory).toBeLessThan(0.01);
    expect(Math.abs(mean - theory)).toBeLessThan(4 * sd);
  });
});

test("far from the quotes orders at a price have Poisson's law of mean α/δ, and are cancelled at rate α", () => {
  const params = {
    ticks: 4000,
    capacity: 12_000,
    limitRate: 2,
    cancelRate: 1,
    marketRate: 10,
    follow: false,
    length: 2,
  };
  const mean = 2;
  const simulation = traded(params, 1);
  const { orders } = worldOf(simulation).far;
  const n = orders.length;
  expect(n).toBe(1000);
  const shares = new Float64Array(30);
  for (const count of orders) shares[count]++;
  // χ² over 0 … 6 and more: eight cells, seven degrees of freedom; 24.3 is exceeded once in a thousand.
  let [χ2, share, rest] = [0, Math.exp(-mean), 1];
  for (let count = 0; count < 7; count++) {
    χ2 += (shares[count] - n * share) ** 2 / (n * share);
    rest -= share;
    share *= mean / (count + 1);
  }
  χ2 += (shares.subarray(7).reduce((a, b) => a + b, 0) - n * rest) ** 2 / (n * rest);
  expect(χ2).toBeLessThan(24.3);
});

test("without market orders cancellations are Poisson's of rate α per price, and those of a filled book never cease or grow", () => {
  // Nearly all prices are far from the quotes: of 2000 prices with α/δ = 2 orders the gap in the middle takes a few.
  const params = { ticks: 2000, capacity: 6000, limitRate: 2, cancelRate: 1, marketRate: 0, follow: false };
  const counts: number[] = [];
  let before = 0;
  traded(params, 20, (w) => {
    expect(w.filled).toBe(0);
    counts.push(w.cancelled - before);
    before = w.cancelled;
  });
  // Burke's theorem holds of M/M/∞: departures of a stationary queue are Poisson's, independent from period to period.
  const mean = counts.reduce((a, b) => a + b, 0) / 20;
  const variance = counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 19;
  expect(Math.abs(mean - 4000)).toBeLessThan(4 * Math.sqrt(4000 / 20));
  // χ² of 19 degrees of freedom, over 19, is outside 0.2 to 2.6 less than once in four thousand.
  expect(variance / 4000).toBeGreaterThan(0.2);
  expect(variance / 4000).toBeLessThan(2.6);
});

test("in the long run the book lacks μ/δ orders, wherever the price goes", () => {
  for (const follow of [true, false]) {
    const params = { marketRate: 20, limitRate: 1, ticks: 150, capacity: 600, follow };
    const deficits = new Float64Array(40); // means of 20 units of time each
    traded(params, 800, (w) => {
      const deficit = lacking(w, resolveParams(orderBook, params) as never);
      deficits[Math.floor(w.period / 20)] += deficit / 20;
    });
    const mean = deficits.reduce((a, b) => a + b, 0) / 40;
    const sd = Math.sqrt(deficits.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 39 / 40);
    expect(sd).toBeLessThan(1);
    expect(Math.abs(mean - 20)).toBeLessThan(4 * sd);
  }
});

test("the view follows the price, and prices keep their orders", () => {
  const params = { ticks: 200, capacity: 500, marketRate: 20, limitRate: 0.5, length: 0.2 };
  const origins = new Set<number>();
  const simulation = traded(params, 200, (w) => {
    origins.add(w.origin);
    expect(disorder(w)).toBe(0);
    expect(Math.abs((w.bid + w.ask) / 2 - 100)).toBeLessThanOrEqual(26);
  });
  expect(origins.size).toBeGreaterThan(5);
  expect(worldOf(simulation).unmet).toBe(0);
});

/** Mean spread over the characteristic price μ/α, and its standard error from means of ten periods each. */
function scaledSpread(params: Record<string, number>, periods: number): readonly [mean: number, error: number] {
  const batches = new Float64Array(periods / 10);
  traded(params, periods + 10, (w) => {
    if (w.period >= 10) batches[Math.floor(w.period / 10) - 1] += w.spreadTime / w.quoted / 10;
  });
  const n = batches.length;
  const mean = batches.reduce((a, b) => a + b, 0) / n;
  const error = Math.sqrt(batches.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1) / n);
  const scale = params.limitRate / params.marketRate;
  return [mean * scale, error * scale];
}

test("the spread over μ/α depends on δ/μ and on little else, and mean-field theory has it up to a factor", () => {
  const [coarse, error] = scaledSpread({ marketRate: 10, limitRate: 0.5, ticks: 300, capacity: 500, length: 0.5 }, 400);
  const [fine, same] = scaledSpread(
    { marketRate: 20, limitRate: 0.5, cancelRate: 2, ticks: 600, capacity: 500, length: 0.25 },
    400,
  );
  // Up to a tick of the coarser grid, α/μ = 0.05.
  expect(Math.abs(coarse - fine)).toBeLessThan(0.05 + 4 * Math.hypot(error, same));
  for (const δ of [0.2, 1]) {
    const params = { marketRate: 10, limitRate: 0.5, cancelRate: δ, ticks: 300, capacity: 2000, length: 0.5 };
    const [ours, sd] = scaledSpread(params, 200);
    const { spread } = orderBook.truth!(resolveParams(orderBook, params)) as { spread: number };
    const ratio = ours / (spread * 0.05);
    expect(ratio + 4 * (sd / (spread * 0.05))).toBeGreaterThan(0.6);
    expect(ratio - 4 * (sd / (spread * 0.05))).toBeLessThan(0.85);
  }
});

test("the metrics are means since the world began", () => {
  let [spread, deficit] = [0, 0];
  const params = { ticks: 200, capacity: 500 };
  const simulation = traded(params, 12, (w) => {
    spread += w.spreadTime / w.quoted / 12;
    deficit += lacking(w, resolveParams(orderBook, params) as never) / 12;
  });
  const metric = (name: string) => orderBook.metrics[name].of(simulation.worlds[0], simulation.params);
  expect(metric("spread")).toBeCloseTo(spread, 9);
  expect(metric("deficit")).toBeCloseTo(deficit, 9);
});

test("theory says where it does not apply", () => {
  const truth = (params: Record<string, number>) => orderBook.truth!(resolveParams(orderBook, params));
  expect(truth({})).toMatchObject({ depth: 0.5, deficit: 10 });
  expect(truth({ marketRate: 0 })).toMatchObject({ spread: { unknown: expect.any(String) }, deficit: 0 });
});

test("the contract of economies holds", () => {
  for (const params of [
    { ticks: 60, capacity: 200 },
    { ticks: 40, capacity: 300, length: 0.3, follow: false },
  ])
    expect(checkEconomy(orderBook, { params, periods: 30 }).filter(({ pass }) => !pass)).toEqual([]);
});
