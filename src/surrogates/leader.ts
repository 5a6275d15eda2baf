// A search for scores that are dear: some proposals spread over the box are scored, a surrogate of them is searched, and what it recommends is scored in turn. For leaders whose followers take long to
// respond to a θ: a search of hundreds of θ costs them no more than the design and the few that are verified.
//
// Of several proposals at a time the first is the surrogate's best; the others are the best of its mean plus so many of its deviations, so that places are tried where it may be wrong.
// In a single search bayesian-optimisation.ts puts its scores where they tell most, and needs fewer.
//
// d characteristics, n scores told
import { flag, param } from "../core/params.ts";
import { defineOptimiser } from "../optimise/optimiser.ts";
import { latinHypercube } from "../optimise/parts/latin-hypercube.ts";
import { createSearchHistory } from "../optimise/parts/search-history.ts";
import { searchSurrogate } from "./search.ts";
import { FEWEST, fitSurrogate, type Surrogate } from "./surrogate.ts";

export const surrogateSearch = defineOptimiser({
  name: "surrogate-search",
  source: "Forrester, Sóbester & Keane 2008, Engineering Design via Surrogate Modelling",
  summary: "A surrogate of a few scored proposals, searched instead of more scores; its choices are then scored",
  config: {
    designPoints: param(0, {
      min: 0,
      max: 1e4,
      integer: true,
      doc: `spread evenly (Latin hypercube) before the surrogate is asked; 0 stands for 10 d, at least ${FEWEST}`,
    }),
    predictions: param(400, { min: 4, max: 1e6, integer: true, doc: "predictions that a search asks for" }),
    optimism: param(1, {
      min: 0,
      max: 100,
      doc: "of several proposals the k-th is the best of mean plus k − 1 times so many deviations",
    }),
    network: flag(false, "an ensemble of networks instead of a Gaussian process"),
  },
  create({ designPoints, predictions, optimism, network }, box) {
    const history = createSearchHistory(box);
    const { d } = history;
    const M = Math.max(FEWEST, designPoints || 10 * d);
    const design = latinHypercube(box.rng.fork("design"), M, d);
    const seeds = box.rng.fork("surrogate");
    const names = Array.from({ length: d }, (_, k) => `characteristic ${k}`);
    const { low, high } = box;
    let surrogate: Surrogate | null = null;
    let told = Number.NaN; // scores it was fitted to
    const current = (): Surrogate => {
      if (surrogate !== null && told === history.count()) return surrogate;
      const { points, scores } = history.all();
      for (let i = 0; i < points.length; i += d) points.set(history.natural(points.subarray(i, i + d)), i);
      surrogate = fitSurrogate(
        { box: { names, low, high }, points, values: scores },
        { kind: network ? "network" : "gaussian-process", seed: seeds.bitsAt(0, 0, 0) },
      );
      told = history.count();
      return surrogate;
    };
    const choose = (caution: number) =>
      searchSurrogate(current(), { evaluations: predictions, caution, seed: seeds.bitsAt(1, 0, 0) });

    return {
      ask() {
        const k = history.asked();
        if (k < M || history.count() < FEWEST) return history.propose(design[k % M]!);
        const out = history.pending().length;
        const { point } = choose(out === 0 ? 0 : -optimism * out);
        return history.propose(point.map((value, j) => (value - low[j]!) / (high[j]! - low[j]!)));
      },
      tell: history.tell,
      best() {
        if (history.count() === 0) throw new Error("surrogateSearch: best() before any score was told.");
        if (history.count() < FEWEST) {
          const { points, scores } = history.all();
          const top = scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
          return { theta: history.natural(points.subarray(top * d, (top + 1) * d)), score: scores[top]! };
        }
        const { point, predicted } = choose(0);
        return { theta: point, score: predicted };
      },
      state: history.state,
    };
  },
});
