// A queue that everybody sees before joining it: too many join, since nobody counts the wait of those who come later.
// Naor 1969, "The regulation of queue size by levying tolls", Econometrica 37, 15.
//
// M/M/1 in continuous time; each customer who comes decides at that instant, as row i of `queues`: agent i is whoever stands at the door of queue i. With γ = 0 a learner is the customer,
// with γ towards 1 a doorman who wants the most for all of them. Theory: thresholds and laws in theory/queue.ts.
// Left out: leaving the queue again, several servers, customers who differ.
import { defineEconomy, eventTime, f64, grid, i32, math, param, population } from "walras";
import { individualThreshold, queueOutcome, socialThreshold } from "./theory/queue.ts";

const exponential = (uniform: number, rate: number): number => -math.log1p(-uniform) / rate;

export const queue = defineEconomy({
  name: "queue",
  source: "Naor (1969), Econometrica 37, 15",
  summary: "Customers see a queue and join it or not; each joins a longer one than is best for all.",
  params: {
    queues: param(1, {
      symbol: "N",
      unit: "queues",
      min: 1,
      max: 1e4,
      integer: true,
      doc: "alike, and apart from one another",
    }),
    arrivals: param(0.8, { symbol: "λ", unit: "customers/minute", min: 0.01, max: 100, doc: "who come to a queue" }),
    service: param(1, {
      symbol: "μ",
      unit: "customers/minute",
      min: 0.01,
      max: 100,
      doc: "who are served while there are some",
    }),
    value: param(5.5, { symbol: "R", unit: "money", min: 0, max: 1e6, doc: "of being served" }),
    cost: param(1, { symbol: "c", unit: "money/minute", min: 1e-3, max: 1e6, doc: "of being in the queue" }),
    toll: param(0, { symbol: "τ", unit: "money", min: 0, max: 1e6, doc: "paid by those who join" }),
    room: param(10, {
      symbol: "K",
      unit: "customers",
      min: 1,
      max: 1000,
      integer: true,
      doc: "beyond which nobody can join",
    }),
    length: param(100, { unit: "minutes", min: 0.01, max: 1e4, doc: "of a period" }),
    horizon: param(50, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    came: f64({ unit: "customers", doc: "who came in the period" }),
    joined: f64({ unit: "customers", doc: "who joined in the period" }),
    waited: f64({ unit: "customers·minutes", doc: "∫ customers dt over the period" }),
    gained: f64({ unit: "money", doc: "by those who joined in the period, tolls among it" }),
    joinedEver: f64({ unit: "customers", doc: "who joined since the world began" }),
    servedEver: f64({ unit: "customers", doc: "who were served since the world began" }),
    present: f64({ unit: "customers", doc: "in all queues" }),
  },
  populations: {
    queues: population({
      size: "queues",
      doc: "and whoever stands at the door of each",
      state: {
        arrival: eventTime({ unit: "minutes", doc: "of the next customer" }),
        departure: eventTime({ unit: "minutes", doc: "of the customer who is served" }),
        customers: i32({ unit: "customers", doc: "in the queue, the one who is served among them" }),
        leaves: f64({
          each: "room",
          unit: "minutes",
          doc: "when each of them will have been served, a circle from `head` on",
        }),
        head: i32({ unit: "1", doc: "place in `leaves` of the customer who is served" }),
        free: f64({ unit: "minutes", doc: "when all who are there now will have been served" }),
        since: f64({ unit: "minutes", doc: "when the number of customers last changed" }),
        came: f64({ unit: "customers", doc: "in the period" }),
        joined: f64({ unit: "customers", doc: "in the period" }),
        waited: f64({ unit: "customers·minutes", doc: "∫ customers dt over the period" }),
        gain: f64({ unit: "money", doc: "R − τ − c · time in the queue, of those who joined in the period" }),
        served: f64({ unit: "customers", doc: "since the world began" }),
        joinedEver: f64({ unit: "customers", doc: "since the world began" }),
      },
      actions: { join: grid(0, 1, 2, { unit: "1", doc: "1: join, 0: go" }) },
    }),
  },
  start: ({ each }) => ({
    open: each("queues", { doc: "the first customers are on their way" }, ({ arrival }, from, to, _w, p, draw) => {
      const u = draw.uniform("arrival");
      for (let i = from; i < to; i++) arrival[i] = exponential(u[i], p.arrivals);
    }),
  }),
  phases: ({ each, events, total }) => ({
    begin: each("queues", { doc: "the sums of a period" }, ({ came, joined, waited, gain }, from, to) => {
      for (const sum of [came, joined, waited, gain]) sum.fill(0, from, to);
    }),
    pass: events(
      "length",
      { doc: "customers come, and are served one by one" },
      {
        arrive: {
          doc: "a customer comes, sees how many are there, and joins or goes",
          of: "queues",
          at: "arrival",
          decide: {
            choices: ["join"],
            observe: ["customers"],
            mask: {
              join: {
                doc: "nobody can join a full queue",
                allows: (k, i, join, _w, p) => join === 0 || k.customers[i] < p.room,
              },
            },
          },
          run({ queues: k }, p, i, time, draw, schedule) {
            schedule.arrive(i, time + exponential(draw.uniform("arrival"), p.arrivals));
            k.came[i]++;
            if (k.join[i] === 0 || k.customers[i] === p.room) return;
            k.waited[i] += k.customers[i] * (time - k.since[i]);
            k.since[i] = time;
            // First come, first served: whoever joins knows when it will be served, once the time of its service is drawn.
            k.free[i] = Math.max(time, k.free[i]) + exponential(draw.uniform("service"), p.service);
            k.leaves[i * p.room + ((k.head[i] + k.customers[i]) % p.room)] = k.free[i];
            if (k.customers[i]++ === 0) schedule.leave(i, k.free[i]);
            k.joined[i]++;
            k.joinedEver[i]++;
            k.gain[i] += p.value - p.toll - p.cost * (k.free[i] - time);
          },
        },
        leave: {
          doc: "a customer has been served, and the next one's turn comes",
          of: "queues",
          at: "departure",
          run({ queues: k }, p, i, time, _draw, schedule) {
            k.waited[i] += k.customers[i] * (time - k.since[i]);
            k.since[i] = time;
            k.served[i]++;
            k.head[i] = (k.head[i] + 1) % p.room;
            if (--k.customers[i] > 0) schedule.leave(i, k.leaves[i * p.room + k.head[i]]);
          },
        },
      },
    ),
    close: each("queues", { doc: "the time to the end of the period" }, (k, from, to, w, p) => {
      const end = (w.period + 1) * p.length;
      for (let i = from; i < to; i++) {
        k.waited[i] += k.customers[i] * (end - k.since[i]);
        k.since[i] = end;
      }
    }),
    count: total(
      "queues",
      { doc: "of all queues" },
      {
        came: "came",
        joined: "joined",
        waited: "waited",
        gained: "gain",
        joinedEver: "joinedEver",
        servedEver: "served",
        present: "customers",
      },
    ),
  }),
  observe: {
    queues: {
      customers: {
        column: "customers",
        scale: (p) => p.room,
        doc: "how many are in the queue, as a share of the room",
      },
    },
  },
  reward: { queues: { column: "gain", doc: "R − τ − c · time in the queue of whoever joins, 0 of whoever goes" } },
  metrics: {
    customers: {
      unit: "customers",
      doc: "in a queue, a mean over the period",
      of: (w, p) => w.waited / (p.queues * p.length),
    },
    joining: {
      unit: "customers/minute",
      doc: "who join a queue",
      of: (w, p) => w.joined / (p.queues * p.length),
    },
    welfare: {
      unit: "money/minute",
      doc: "what customers gained in a queue, and the toll with it",
      of: (w, p) => (w.gained + p.toll * w.joined) / (p.queues * p.length),
    },
  },
  identities: {
    customers: {
      doc: "who joined has been served or is there",
      after: "period",
      of: (w) => w.joinedEver - w.servedEver - w.present,
    },
  },
  truth(p) {
    const [own, social] = [individualThreshold(p), socialThreshold(p)];
    const { customers, joining, welfare } = queueOutcome(p, own);
    const best = queueOutcome(p, social);
    return {
      threshold: own,
      customers,
      joining,
      welfare,
      socialThreshold: social,
      socialCustomers: best.customers,
      socialJoining: best.joining,
      socialWelfare: best.welfare,
    };
  },
  truthDocs: {
    threshold: "n_e: customers join who find fewer in the queue",
    customers: "in a queue that customers join up to n_e, a mean over time",
    joining: "customers per minute who join then",
    welfare: "what all customers gain per minute then, tolls included",
    socialThreshold: "n_s: where customers should stop to join for that to be the most",
    socialCustomers: "in the queue then",
    socialJoining: "customers per minute who join then",
    socialWelfare: "what all customers gain per minute then",
  },
});

export default queue;
