// Points that are late, twice, out of order, missing or not numbers; queues that are full; and a simulation that is played again from its log.
import { expect, test } from "vitest";
import { createSimulation, defineEconomy, f64, param, population } from "../economy/index.ts";
import {
  type Estimate,
  estimates,
  estimatesOfLog,
  followStream,
  inbox,
  localLevel,
  type Point,
  pointsOfCsv,
  predict,
  update,
  webSocketLines,
} from "./index.ts";

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of source) out.push(item);
  return out;
}

const columns = { time: "t", value: "x" };

test("a CSV in pieces that cut its lines and letters gives its points; columns are found by name", async () => {
  const bytes = new TextEncoder().encode("note,µ,t\r\nµ,1.5,0\n,-2e1,1\n\nok,.5,2");
  const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, k) => bytes.subarray(3 * k, 3 * k + 3));
  expect(await all(pointsOfCsv(pieces, { time: "t", value: "µ" }))).toEqual([
    { time: 0, value: 1.5 },
    { time: 1, value: -20 },
    { time: 2, value: 0.5 },
  ]);
});

test("lines that are not numbers are refused with their number, and so are columns that are not there and lines without end", async () => {
  const read = (text: string) => all(pointsOfCsv([text], columns));
  await expect(read("t,x\n0,1\n1,=2+2\n")).rejects.toThrow('pointsOfCsv: line 3 has "1" and "=2+2", expected a number');
  await expect(read("t,x\n0\n")).rejects.toThrow('line 2 has "0" and ""');
  await expect(read("t,x\n0,0x1f\n")).rejects.toThrow("line 2");
  await expect(read("t,y\n")).rejects.toThrow('line 1 has no column "x", expected a header that names it; it is "t,y"');
  await expect(all(pointsOfCsv(["t,x\n0,a"], { ...columns, where: "prices.csv" }))).rejects.toThrow(
    "prices.csv: line 2",
  );
  await expect(read("t".repeat(20_000))).rejects.toThrow("more than 10000 characters");
});

const model = localLevel({ drift: 0.1, noise: 1 });
const first = { mean: Float64Array.of(0), covariance: Float64Array.of(1) };
const options = { start: 0, step: 1, model, first };
const at = (...points: [number, number][]): Point[] => points.map(([time, value]) => ({ time, value }));

test("periods go by time: points out of order within patience count, later ones are dropped and said, duplicates count once, gaps are predicted", async () => {
  const points = at([0.1, 1], [0.6, 3], [0.6, 9], [1.2, 5], [0.9, 2], [4.5, 7], [1.9, 8], [3.1, 4], [-1, 0]);
  const found = await all(estimates(points, { ...options, patience: 1 }));
  expect(found.map(({ period, points: n, late, duplicate }) => [period, n, late, duplicate])).toEqual([
    [1, 3, 0, 1],
    [2, 1, 0, 0],
    [3, 0, 0, 0],
    [4, 1, 2, 0],
    [5, 1, 0, 0],
  ]);
  // by hand: mean 2 of three points with noise 1/3, then 5, nothing, 4, 7
  let belief = update({ ...model, observationNoise: [1 / 3] }, predict(model, first), [2]);
  expect([found[0].mean, found[0].variance]).toEqual([belief.mean[0], belief.covariance[0]]);
  for (const [k, y] of [5, Number.NaN, 4, 7].entries()) {
    belief = update(model, predict(model, belief), [y]);
    expect(found[k + 1].mean).toBeCloseTo(belief.mean[0], 12);
    expect(found[k + 1].variance).toBeCloseTo(belief.covariance[0], 12);
  }
  expect(found[2].variance).toBeCloseTo(found[1].variance + 0.1, 12);
  const hasty = await all(estimates(points, options));
  expect(hasty.map(({ points: n }) => n)).toEqual([2, 1, 0, 0, 1]);
  expect(hasty.reduce((sum, { late }) => sum + late, 0)).toBe(4);
});

test("a full inbox drops the oldest and says so; readers wait, and hear of a source that fails", async () => {
  const queue = inbox<number>(2);
  expect([1, 2, 3].map((x) => queue.push(x))).toEqual([true, true, false]);
  const read = all(queue);
  await Promise.resolve();
  queue.push(4);
  queue.close();
  expect(queue.push(5)).toBe(false);
  expect(await read).toEqual([2, 3, 4]);
  expect(queue.dropped).toBe(1);
  const failing = inbox<number>(1);
  failing.close(new Error("gone"));
  await expect(all(failing)).rejects.toThrow("gone");
  expect(() => inbox(0)).toThrow("capacity is 0");
});

test("messages of a WebSocket are lines; anything but text ends the stream with an error", async () => {
  const socket = Object.assign(new EventTarget(), { url: "ws://here" }) as unknown as WebSocket;
  const lines = webSocketLines(socket, 10);
  const read = all(pointsOfCsv(lines, columns));
  for (const data of ["t,x", "0,1\n", "1,2"]) socket.dispatchEvent(new MessageEvent("message", { data }));
  socket.dispatchEvent(new Event("close"));
  expect(await read).toEqual(at([0, 1], [1, 2]));
  const other = Object.assign(new EventTarget(), { url: "ws://here" }) as unknown as WebSocket;
  const bytes = all(webSocketLines(other, 1));
  other.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(1) }));
  await expect(bytes).rejects.toThrow("not text");
  const gone = Object.assign(new EventTarget(), { url: "ws://gone" }) as unknown as WebSocket;
  const nothing = all(webSocketLines(gone, 1));
  for (const event of ["error", "close"]) gone.dispatchEvent(new Event(event)); // as sockets that cannot connect do
  await expect(nothing).rejects.toThrow("the connection to ws://gone failed");
});

const chasers = defineEconomy({
  name: "chasers",
  source: "a price from outside",
  summary: "People move towards a signal, with luck.",
  params: { horizon: param(100, { min: 1, max: 1e6, integer: true }) },
  horizon: "horizon",
  world: { signal: f64() },
  populations: { people: population({ size: 20, state: { x: f64() } }) },
  phases: ({ each }) => ({
    move: each("people", { doc: "half of the way" }, ({ x }, from, to, w, _p, draw) => {
      const z = draw.normal("z");
      for (let i = from; i < to; i++) x[i] += (w.signal - x[i]) / 2 + z[i] / 10;
    }),
  }),
  metrics: { mean: { unit: "1", doc: "of the first", of: ({ people }) => people.x[0] } },
});

test("a simulation follows estimates period by period, and played again from its log it has the same bytes", async () => {
  const play = async (source: AsyncIterable<Estimate>) => {
    const simulation = createSimulation(chasers, { seed: 3 });
    simulation.reset(0);
    const [log, signals]: [string[], number[]] = [[], []];
    const played = await followStream(simulation, source, {
      set: { signal: ({ mean }) => mean },
      log: (line) => log.push(`${line}\n`),
      after: ({ mean }) => signals.push(simulation.columns["world.signal"][0] - mean),
    });
    return { log, signals, played, x: [...simulation.columns["people.x"]] };
  };
  const points = at([0.5, 1], [1.5, 2.125], [3.5, 1 / 3]);
  const live = await play(estimates(points, options));
  expect([live.played, live.signals]).toEqual([4, [0, 0, 0, 0]]);
  const again = await play(estimatesOfLog(live.log));
  expect([again.x, again.log]).toEqual([live.x, live.log]);
  await expect(all(estimatesOfLog(['{"period":1}\n']))).rejects.toThrow('line 1 has no number "mean"');
  await expect(all(estimatesOfLog(["x\n"]))).rejects.toThrow('line 1 has no number "period"');
  const none = createSimulation(chasers, {});
  none.reset(0);
  await expect(followStream(none, [], { set: { price: () => 1 } })).rejects.toThrow('no world scalar "price"');
  expect(await followStream(none, estimates(points, options), { set: {}, periods: 2 })).toBe(2);
});
