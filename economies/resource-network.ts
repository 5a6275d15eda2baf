// A network whose use is dearer the fuller it is: each period every user has a value of being served and asks or not, all at once, and all who are served pay one price.
//
//   U = S/K,   p(U) = p_max / (1 + e^(−k (U − U₀))),   u_i = v_i − p if served, and r p S/N for everybody;   reward u_i + ρ Σ_{k≠i} u_k
//
// Beyond the capacity K some of those who ask are drawn and served. Theory, for any N, in theory/resource-network.ts.
// Left out: values that last, requests of several sizes, prices posted before users decide (theirs is a cobweb that does not settle where p is steep).
import { defineEconomy, discrete, f64, isUnknown, param, population, u8 } from "walras";
import * as theory from "./theory/resource-network.ts";

export const resourceNetwork = defineEconomy({
  name: "resource-network",
  source: "sigmoid pricing of a shared resource with cooperative rewards; Pigou (1920)",
  summary: "Users ask for a shared resource that is dearer the fuller it is, each for itself or for all.",
  params: {
    users: param(100, { symbol: "N", unit: "users", min: 1, max: 1000, integer: true }),
    capacity: param(100, {
      symbol: "K",
      unit: "users",
      min: 1,
      max: 1000,
      integer: true,
      doc: "who can be served in a period",
    }),
    priceMax: param(1, { symbol: "p_max", unit: "money", min: 1e-6, max: 1e6, doc: "values are U(0, p_max)" }),
    steepness: param(20, { symbol: "k", min: 0, max: 1e4, doc: "of the price in utilisation" }),
    midpoint: param(0.85, { symbol: "U₀", min: -1, max: 2, doc: "utilisation at which the price is half of p_max" }),
    cooperation: param(0, {
      symbol: "ρ",
      min: 0,
      max: 1,
      doc: "weight of each other user's gain in a reward: 0 selfish, 1 for all alike",
    }),
    returned: param(0, {
      symbol: "r",
      min: 0,
      max: 1,
      doc: "share of payments that comes back to all users equally; the rest leaves the network",
    }),
    horizon: param(20, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    asked: f64({ unit: "users" }),
    served: f64({ unit: "users", doc: "S, at most K" }),
    price: f64({ unit: "money", doc: "p, paid by each who is served" }),
    returned: f64({ unit: "money", doc: "to all users together" }),
    burned: f64({ unit: "money", doc: "payments that leave the network" }),
    worth: f64({ unit: "money", doc: "Σ v of those who are served" }),
    gained: f64({ unit: "money", doc: "Σ u" }),
  },
  populations: {
    users: population({
      size: "users",
      state: {
        value: f64({ unit: "money", doc: "v, of being served in this period" }),
        served: u8({ doc: "1: served" }),
        gain: f64({ unit: "money", doc: "u: value less price if served, and what comes back" }),
        reward: f64({ unit: "money", doc: "u, and ρ times the others' gains" }),
      },
      actions: { ask: discrete(2, { doc: "1: ask to be served" }) },
    }),
  },
  phases: ({ decide, each, total, world }) => ({
    wish: each("users", { doc: "v ~ U(0, p_max), anew" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("value");
      for (let i = from; i < to; i++) k.value[i] = p.priceMax * u[i];
    }),
    choose: decide("users", { doc: "who knows its own value asks or does not" }),
    count: total("users", { doc: "who ask" }, { asked: "ask" }),
    serve: world({ doc: "all who ask, or K drawn of them; the price of that utilisation" }, (w, p, draw) => {
      const { ask, served, value, size } = w.users;
      w.served = Math.min(w.asked, p.capacity);
      w.price = theory.priceAt(w.served / p.capacity, p);
      w.worth = 0;
      const u = draw.sequence.uniform("served");
      // Each is drawn with the share of places left among those who are left (Knuth, vol. 2, 3.4.2, S).
      let [places, left] = [w.served, w.asked];
      for (let i = 0; i < size; i++) {
        served[i] = ask[i] === 1 && (places === left || u() * left < places) ? 1 : 0;
        if (ask[i] === 1) left--;
        places -= served[i]!;
        w.worth += served[i]! * value[i]!;
      }
      w.returned = p.returned * w.price * w.served;
      w.burned = w.price * w.served - w.returned;
      w.gained = w.worth - w.burned;
    }),
    pay: each("users", { doc: "u, and the reward" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) {
        k.gain[i] = k.served[i]! * (k.value[i]! - w.price) + w.returned / p.users;
        k.reward[i] = k.gain[i]! + p.cooperation * (w.gained - k.gain[i]!);
      }
    }),
  }),
  observe: {
    users: {
      value: {
        column: "value",
        center: (p) => p.priceMax / 2,
        scale: (p) => p.priceMax / 2,
        doc: "its own: −1 for nothing, 1 for p_max",
      },
    },
  },
  reward: { users: { column: "reward", doc: "u, and ρ times the others' gains" } },
  metrics: {
    utilisation: { unit: "1", doc: "S/K", of: (w, p) => w.served / p.capacity },
    price: { unit: "money", doc: "p", of: (w) => w.price },
    welfare: { unit: "money", doc: "Σ u/N", of: (w, p) => w.gained / p.users },
    revenue: { unit: "money", doc: "that leaves the network, per user", of: (w, p) => w.burned / p.users },
  },
  identities: {
    gains: {
      doc: "what users gain is what service is worth to them without the payments that leave",
      after: "period",
      of: (w) => w.users.gain.reduce((sum, gain) => sum + gain, 0) + w.burned - w.worth,
    },
    capacity: {
      doc: "nobody is served who does not ask, and as many as can be",
      after: "period",
      of: (w, p) =>
        Math.abs(w.users.served.reduce((sum, s, i) => sum + s * w.users.ask[i]!, 0) - Math.min(w.asked, p.capacity)),
    },
  },
  truth(p) {
    const nash = theory.equilibrium(p);
    const best = theory.plannersOptimum(p);
    return {
      fixedPoint: theory.fixedPoint(p),
      threshold: isUnknown(nash) ? nash : nash.threshold,
      utilisation: isUnknown(nash) ? nash : nash.utilisation,
      welfare: isUnknown(nash) ? nash : nash.welfare,
      plannersThreshold: best.threshold,
      plannersUtilisation: best.utilisation,
      plannersWelfare: best.welfare,
    };
  },
  truthDocs: {
    fixedPoint: "utilisation of ever more users who count their own gain alone: K U/N = 1 − p(U)/p_max",
    threshold: "value from which N users ask in equilibrium, given ρ and r",
    utilisation: "E[S]/K there",
    welfare: "E[Σ u]/N there",
    plannersThreshold: "value from which users should ask for E[Σ u] to be the most; an equilibrium at ρ = 1",
    plannersUtilisation: "E[S]/K there",
    plannersWelfare: "E[Σ u]/N there",
  },
  figures: [
    {
      title: "Utilisation",
      metric: "utilisation",
      theory: "utilisation",
      theoryLabel: "equilibrium",
      caption: "Users served over the capacity, period by period, and its expectation in equilibrium.",
    },
  ],
});

export default resourceNetwork;
