// How far followers are from a best response: what one of them could still gain if it alone did something else.
//
// The search is over simple deviations of one dimension of the action at a time: a constant in its place, or a shift of what the policy says. So
// the gap is a lower bound on what the best response would gain (Timbers et al. 2022, https://arxiv.org/abs/2004.09677, learn the deviation instead).
// All plays draw the same numbers. The best deviation is chosen in one half of the worlds and its gain measured in the other, lest luck be
// taken for skill; with a single world both are the same. Where a mask rules a deviation out, the deviator does what its policy says.
//
// M worlds; in each of them another agent deviates, if there are enough of them; N agents, D action dimensions
import type { Policy } from "../algorithms/algorithm.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { Economy } from "../economy/economy.ts";
import { createStage, type Stage } from "./parts/stage.ts";

/** What is played: an experiment's player has it all. */
export interface Played {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly policies: Readonly<Record<string, Policy>>;
}

export interface Gap {
  /** Reward per period, discounted mean; at least 0. */
  readonly absolute: number;
  /** As a share of the absolute reward per period. */
  readonly relative: number;
  /** "price = 3.2", "price + 0.1", or "none". */
  readonly deviation: string;
}

export interface GapOptions {
  /** Constants tried per dimension, and as many shifts. Default 9. */
  readonly grid?: number;
  /** Worlds, an episode in each. Default 16. */
  readonly numWorlds?: number;
  /** Longest episode. Default: the economy's horizon. */
  readonly periods?: number;
  /** γ of the followers' rewards. Default 1. */
  readonly gamma?: number;
  /** Actions are drawn from policies that can draw. Default false. */
  readonly sampled?: boolean;
  readonly seed?: number;
  /** A population that is not asked. */
  readonly leader?: string;
}

/** Of every population that is rewarded, in worlds of their own, by the policies of `played`. */
export function bestResponseGap(played: Played, options: GapOptions = {}): Readonly<Record<string, Gap>> {
  const { numWorlds = 16, periods = 0, gamma = 1, sampled = false } = options;
  const { economy, params, policies } = played;
  return gapOnStage(
    createStage({ economy, params, policies, numWorlds, periods, gamma, sampled, score: null }),
    options,
  );
}

export function gapOnStage(stage: Stage, { grid = 9, seed = 1, leader }: GapOptions): Readonly<Record<string, Gap>> {
  const { env, returns } = stage;
  const M = env.numEnvs;
  const half = M > 1 ? Math.floor(M / 2) : 0;
  const gaps: Record<string, Gap> = {};
  for (const population in returns) {
    if (population === leader) continue;
    const { size: N, actions: dimensions } = env.spec[population]!;
    const D = dimensions.length;
    const choices = dimensions.reduce((sum, { space }) => sum + space.count, 0);
    let column = 0; // of a mask: the first choice of the dimension
    const deviator = (e: number): number => Math.floor(((e % Math.max(1, M - half)) * N) / Math.max(1, M - half));
    const earned = (): Float64Array =>
      Float64Array.from({ length: M }, (_, e) => returns[population]![e * N + deviator(e)]);

    stage.play({ seed });
    const base = earned();
    let best = { gain: 0, measured: 0, deviation: "none" };
    dimensions.forEach(({ name, space }, d) => {
      const { low, high, count, kind } = space;
      const first = column;
      column += count;
      const width = kind === "box" ? high - low : count - 1;
      const bottom = kind === "box" ? low : 0;
      const whole = (x: number): number => (kind === "box" ? x : Math.round(x));
      const deviations: Deviation[] = [];
      const tried = kind === "box" ? grid : Math.min(grid, count);
      for (let k = 0; k < tried; k++) {
        const value = whole(bottom + (tried > 1 ? k / (tried - 1) : 0.5) * width);
        deviations.push({ label: `${name} = ${label(value)}`, change: () => value });
      }
      if (kind !== "discrete")
        for (let k = 0, share = 0.5; k < grid; k++, share /= k % 2 === 0 ? 2 : 1) {
          // ± 1/2, ± 1/4, ± 1/8 … of the width
          const step = whole((k % 2 === 0 ? 1 : -1) * share * width);
          const within = (x: number): number => Math.min(bottom + width, Math.max(bottom, x + step));
          if (step !== 0)
            deviations.push({ label: `${name} ${step > 0 ? "+" : "−"} ${label(Math.abs(step))}`, change: within });
        }
      for (const { label, change } of deviations) {
        stage.play({
          seed,
          direct(who, e, actions, mask) {
            if (who !== population) return;
            const i = deviator(e);
            const changed = change(actions[i * D + d]);
            if (mask?.[i * choices + first + changed] !== 0) actions[i * D + d] = changed;
          },
        });
        const other = earned();
        const gain = mean(other, base, 0, M > 1 ? half : M);
        if (gain > best.gain) best = { gain, measured: mean(other, base, half, M), deviation: label };
      }
    });
    const reward = Math.abs(base.reduce((sum, x) => sum + x, 0) / M);
    const absolute = Math.max(0, best.measured);
    gaps[population] = {
      absolute,
      relative: absolute === 0 ? 0 : absolute / reward,
      deviation: best.deviation,
    };
  }
  return gaps;

  function label(value: number): string {
    return String(Number(value.toPrecision(3)));
  }
}

interface Deviation {
  readonly label: string;
  readonly change: (action: number) => number;
}

function mean(x: Float64Array, base: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let e = from; e < to; e++) sum += x[e] - base[e];
  return sum / (to - from);
}
