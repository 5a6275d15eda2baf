// What bench/events.ts measures.
import { defineEconomy, eventTime, f64, i32, math, param, population } from "../../src/index.ts";

export default defineEconomy({
  name: "clocks",
  source: "a benchmark",
  summary: "Each row waits an exponential time of mean 1, again and again.",
  params: {
    rows: param(100_000, { unit: "rows", min: 1, max: 1e8, integer: true }),
    length: param(4, { unit: "time", min: 0, max: 1e9, exclusive: true, doc: "of a period" }),
  },
  horizon: 1_000_000,
  world: { rung: f64({ unit: "events" }) },
  populations: {
    rows: population({ size: "rows", state: { due: eventTime({ unit: "time" }), count: i32({ unit: "events" }) } }),
  },
  start: ({ each }) => ({
    wind: each("rows", { doc: "first waits" }, ({ due }, from, to, _w, _p, draw) => {
      const u = draw.uniform("wait");
      for (let i = from; i < to; i++) due[i] = -math.log1p(-u[i]!);
    }),
  }),
  phases: ({ events }) => ({
    ring: events(
      "length",
      { doc: "as times come" },
      {
        ring: {
          doc: "a wait ends, and another begins",
          of: "rows",
          at: "due",
          run(w, _p, i, time, draw, schedule) {
            w.rows.count[i] = w.rows.count[i]! + 1;
            w.rung++;
            schedule.ring(i, time - math.log1p(-draw.uniform("wait")));
          },
        },
      },
    ),
  }),
});
