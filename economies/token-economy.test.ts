// A period by hand, accounts to the last unit, batches against the integral of the price, correlations against theory, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { herdingCorrelation } from "./theory/herding.ts";
import { tokenEconomy } from "./token-economy.ts";

type Settings = Readonly<Record<string, number | readonly number[]>>;

const small = { traders: 60, community: 12, degree: 3 };

function traded(params: Settings, periods: number, seed = 1) {
  const simulation = fresh(createSimulation(tokenEconomy, { params, seed }), periods);
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const world = simulation.worlds[0];
  const identities = () =>
    Object.values(tokenEconomy.identities).map(({ of }) => Math.abs(of(world, simulation.params)));
  return { simulation, column, identities, world };
}

test("sentiment is the mean of those followed by strength, with influence, and news of its own", () => {
  const [still, moved] = [0, 0.7].map((influence) => traded({ ...small, influence }, 30));
  const before = moved.column("traders.sentiment").slice();
  const strength = moved.column("followed.strength").slice();
  for (const { simulation } of [still, moved]) goOn(simulation, 1);
  const { start, target } = moved.world.followed as unknown as Record<string, Int32Array>;
  const step = (influence: number) => (8 * Math.sqrt(1 + influence ** 2 / (12 * (1 - influence ** 2)))) / 127;
  expect(new Set(strength).size).toBeGreaterThan(3); // adapted
  for (let i = 0; i < 60; i++) {
    let [sum, weight] = [0, 0];
    for (let l = start[i]; l < start[i + 1]; l++) {
      sum += strength[l] * (before[target[l]] - 128);
      weight += strength[l];
    }
    const news = (still.column("traders.sentiment")[i] - 128) * step(0); // without influence sentiment is news alone, to half a step
    expect(Math.abs(moved.column("traders.sentiment")[i] - 128 - (0.7 * sum) / weight - news / step(0.7))).toBeLessThan(
      1.01,
    );
  }
});

test("at midnight strengths make a step of γη(1 − η)U − δη(d/d₀)², rounded up or down", () => {
  const params = { ...small, strangers: 0.5, reach: 20, reinforcement: 0.9, decay: 0.5 };
  const { simulation, column, world } = traded(params, 23);
  expect(new Set(column("followed.strength"))).toEqual(new Set([128]));
  goOn(simulation, 1);
  const { source, target, strength } = world.followed as unknown as Record<string, Int32Array>;
  const x = column("traders.sentiment");
  let [off, most] = [0, 0];
  for (let l = 0; l < strength.length; l++) {
    const [i, j] = [source[l], target[l]];
    const U = Math.max(-1, Math.min(1, (64 / 127 ** 2) * (x[i] - 128) * (x[j] - 128)));
    const d = Math.min(Math.abs(i - j), 60 - Math.abs(i - j), 20) / 20;
    const η = 128 / 255;
    const expected = 255 * (η + 0.9 * η * (1 - η) * U - 0.5 * η * d * d);
    off += (strength[l] - expected) / strength.length;
    most = Math.max(most, Math.abs(strength[l] - expected));
  }
  expect(most).toBeLessThanOrEqual(1);
  expect(Math.abs(off)).toBeLessThan(0.15); // five standard errors of rounding over 180 links
});

const NARROW = { depth: 0.001, orderMax: 1, value: 100, mispricing: 1, shockRate: 1, shockSd: 2, capital: 10 };

test("money, tokens and what is on bridges are conserved to the last unit, with failures, halts, shocks and empty pools", () => {
  for (const params of [
    { bridgeFailure: 0.5, haltFrom: 20, haltHours: 10 },
    { ...NARROW, bridgeRate: [1, 0.5, 0.25, 2, 1, 0.5, 4, 2, 1], bridgeDelay: [1, 1, 2, 3, 1, 4, 5, 6, 1] },
    { ...NARROW, chains: 1, tokens: 1, batchEvery: 1, fee: 0 },
  ]) {
    const { simulation, identities, world } = traded({ ...small, ...params }, 0);
    for (let t = 0; t < 60; t++) {
      goOn(simulation, 1);
      expect(identities()).toEqual([0, 0, 0]);
    }
    const { traders, markets, arbitrageurs } = world as unknown as Record<string, Record<string, Float64Array>>;
    for (const held of ["money", "tokens", "waitingMoney", "waitingTokens", "price"].map((name) => markets[name]))
      expect(Math.min(...held)).toBeGreaterThanOrEqual(0);
    for (const held of [traders.money, traders.tokens, arbitrageurs.money, arbitrageurs.inFlight])
      expect(Math.min(...held, 0)).toBe(0);
  }
});

test("what is sent over a bridge arrives or returns after its delay, and only then; a halt holds it up", () => {
  const delays = [1, 2, 7, 3, 1, 4, 5, 6, 1];
  const params = { ...small, bridgeDelay: delays, bridgeFailure: 0.2, mispricing: 0.1, haltFrom: 30, haltHours: 5 };
  const { simulation, world } = traded(params, 0);
  const k = (world as unknown as Record<string, Record<string, Float64Array>>).arbitrageurs;
  const set: number[][] = [];
  const settled: number[][] = [];
  for (let t = 0; t < 50; t++) {
    goOn(simulation, 1);
    set.push(Array.from(k.sent, (sent, r) => sent - k.fees[r]));
    settled.push(Array.from(k.arrived, (arrived, r) => arrived + k.returned[r]));
  }
  expect(k.from.length).toBe(24);
  for (let r = 0; r < 24; r++) {
    const delay = delays[3 * Math.floor(k.from[r] / 4) + Math.floor(k.to[r] / 4)];
    for (let t = delay; t < 30; t++) expect(settled[t][r]).toBe(set[t - delay][r]);
    for (let t = 30; t < 35; t++) expect([set[t][r], settled[t][r]]).toEqual([set[29][r], settled[29][r]]);
    for (let t = 35; t < 50; t++) expect(settled[t][r]).toBe(set[t - 35 < delay ? t - 5 - delay : t - delay][r]);
  }
  for (const settled of [k.returned, k.minted]) expect(settled.filter((x) => x > 0).length).toBeGreaterThan(8);
});

test("arbitrageurs earn, and close gaps between chains", () => {
  const params = { traders: 500, mispricing: 0.03 };
  const gap = ({ simulation, world }: ReturnType<typeof traded>) => {
    let sum = 0;
    for (let t = 0; t < 100; t++) {
      goOn(simulation, 1);
      sum += world.gap as number;
    }
    return sum;
  };
  const carrying = traded(params, 20);
  expect(gap(carrying)).toBeLessThan(0.75 * gap(traded({ ...params, capital: 0 }, 20)));
  expect(tokenEconomy.metrics.arbitrage.of(carrying.world, carrying.simulation.params)).toBeGreaterThan(0);
});

test("impossible bridges are errors that say why", () => {
  const bridged = (params: object) => () => traded({ ...small, ...params }, 0);
  expect(bridged({ bridgeRate: [1, 1.1, 1, 1, 1, 1, 1, 1, 1] })).toThrow(/cycle .* returns/);
  expect(bridged({ bridgeRate: [1, 0, 0, 1, 1, 1, 1, 1, 1] })).toThrow("no way leads from chain 0");
  expect(bridged({ bridgeDelay: [1, 2] })).toThrow("bridgeDelay has 2 numbers, expected 1 or 9");
  expect(bridged({ slots: 9 })).toThrow("slots is 9, expected 3. Leave it out");
});

test("a batch costs the integral of the pool's price, and buyers and sellers trade at one price", () => {
  const { simulation, column } = traded({ ...small, batchEvery: 1, holding: 1e4, money: 1e5, capital: 0 }, 5);
  let moved = 0;
  for (let t = 0; t < 10; t++) {
    const [X, Y] = [column("markets.money").slice(), column("markets.tokens").slice()];
    const kept = column("markets.fees").slice();
    goOn(simulation, 1);
    for (let m = 0; m < 12; m++) {
      // ∫ XY/y² dy from Y to Y′ is what the pool earns in money, but for what traders leave uncollected in rounding.
      const [x, y] = [column("markets.money")[m], column("markets.tokens")[m]];
      expect(Math.abs((x * y) / (X[m] * Y[m]) - 1)).toBeLessThan(1e-5);
      const [p, before, after] = [column("markets.batch")[m], X[m] / Y[m], x / y];
      expect(p / Math.sqrt(before * after)).toBeCloseTo(1, 5);
      expect(column("markets.buyRate")[m] * p).toBeCloseTo(0.997, 12);
      expect(column("markets.sellRate")[m] / p).toBeCloseTo(0.997, 12);
      moved = Math.max(moved, Math.abs(after / before - 1));
      expect(column("markets.fees")[m]).toBeGreaterThan(kept[m]);
    }
  }
  expect(moved).toBeGreaterThan(0.001);
});

test("an order of little conviction waits for its market's next batch, and is credited an hour after it", () => {
  const { simulation, column } = traded({ ...small, batchEvery: 6, priority: 1 }, 0);
  const [stage, asset, order] = ["stage", "asset", "order"].map((name) => column(`traders.${name}`));
  let credited = 0;
  for (let t = 0; t < 30; t++) {
    const open = Array.from({ length: 60 }, (_, i) => (stage[i] === 0 ? null : ([asset[i], order[i]] as const)));
    const ends = Array.from({ length: 12 }, (_, m) => (t - 1 + m) % 6 === 0 && t > 0);
    goOn(simulation, 1);
    for (let i = 0; i < 60; i++) {
      const sent = open[i];
      if (sent === null) expect(stage[i] === 0 || asset[i] === (i + t) % 12).toBe(true);
      else if (ends[sent[0]]) credited++;
      else expect([stage[i], asset[i], order[i]]).toEqual([2, ...sent]);
      if (sent !== null && ends[sent[0]]) expect(stage[i] === 0 || asset[i] === (i + t) % 12).toBe(true);
    }
  }
  expect(credited).toBeGreaterThan(100);
});

// A mailbox of 9 orders and 20 traders whose turn it is each hour, all patient.
test("a full mailbox holds no more than it may and names who floods it: traders are held back, or get back to the last unit what they sent", () => {
  const { simulation, column, identities, world } = traded(
    { ...small, traders: 240, community: 7, batchEvery: 6, priority: 1, mailbox: 9, capital: 0 },
    0,
  );
  const [money, tokens, stage, order, asset] = ["money", "tokens", "stage", "order", "asset"].map((name) =>
    column(`traders.${name}`),
  );
  let [returned, heldBack, waited] = [0, 0, 0];
  const flooded = Array.from({ length: 12 }, () => [-1, 0]);
  const named = new Set<number>();
  for (let t = 0; t < 40; t++) {
    const before = {
      money: money.slice(),
      tokens: tokens.slice(),
      stage: stage.slice(),
      order: order.slice(),
      asset: asset.slice(),
    };
    const full = column("markets.full").slice();
    goOn(simulation, 1);
    expect(identities()).toEqual([0, 0, 0]);
    expect(Math.max(...column("markets.waiting"))).toBeLessThanOrEqual(9);
    // 240 in communities of 7: the last has 9.
    for (let m = 0; m < 12; m++) {
      const [was, many] = flooded[m]!;
      flooded[m] = [column("markets.flooder")[m]!, column("markets.flooding")[m]!];
      if (column("markets.full")[m] === 0) expect(flooded[m]).toEqual([was, many]);
      else {
        const orders = new Array<number>(34).fill(0);
        for (let i = 0; i < 240; i++) if (stage[i]! >= 2 && asset[i] === m) orders[Math.min(33, Math.floor(i / 7))]!++;
        const most = Math.max(...orders);
        expect(flooded[m]).toEqual([orders.indexOf(most), most]);
        named.add(m);
      }
    }
    for (let i = 0; i < 240; i++) {
      if (before.stage[i] !== 3 || full[before.asset[i]] === 0) continue;
      const m = before.asset[i];
      const sent = before.order[i];
      // Whatever it orders now, what it has and has ordered is what it had and got back.
      const now = stage[i] === 0 ? 0 : order[i];
      expect(money[i] + Math.max(0, now)).toBe(before.money[i] + Math.max(0, sent));
      if (stage[i] === 0 || asset[i] !== m || now > 0)
        expect(tokens[12 * i + m]).toBe(before.tokens[12 * i + m] + Math.max(0, -sent));
    }
    returned += world.returned as number;
    heldBack += world.heldBack as number;
    waited += column("markets.waiting").reduce((sum, x) => sum + x, 0);
  }
  expect(Math.min(returned, heldBack, waited)).toBeGreaterThan(100);
  expect(column("markets.turnedAway").reduce((sum, x) => sum + x, 0)).toBe(returned);
  expect(named.size).toBeGreaterThan(3);
});

// 1000 communities at 20 midnights, ten times the memory of sentiment apart: the standard error is below .01; quantising to an eighth of a standard deviation and picks instead of the mean add less than .01.
test("sentiment in a community is as correlated as theory says", () => {
  const params = { traders: 10_000, community: 10, degree: 9, strangers: 0, reinforcement: 0, decay: 0, warmUp: 240 };
  for (const influence of [0.9, 0.98]) {
    const { simulation } = traded({ ...params, influence, chains: 1, tokens: 1 }, 480);
    const correlation = tokenEconomy.metrics.clusterCorrelation.of(simulation.worlds[0], simulation.params);
    expect(Math.abs(correlation - herdingCorrelation(influence, 10))).toBeLessThan(0.03);
    expect(tokenEconomy.truth!(resolveParams(tokenEconomy, { ...params, influence }))).toEqual({
      clusterCorrelation: herdingCorrelation(influence, 10),
    });
  }
});

test("a community too small for the others that everybody follows is an error that says so", () => {
  expect(() => traded({ traders: 60, community: 10, degree: 10 }, 0)).toThrow(
    "token-economy: everybody follows 10 others in a community of 10. Raise community or lower degree.",
  );
});

test("the contract holds, over several blocks of rows", () => {
  for (const params of [small, { traders: 9000, chains: 2, tokens: 3, community: 13, degree: 2 }])
    expect(checkEconomy(tokenEconomy, { params, periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});
