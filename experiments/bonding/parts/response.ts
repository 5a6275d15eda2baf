// What a spike of Z does to the price, and for how long: the same worlds and draws with the spike and without.
import { type AnyParamValues, createSimulation, type Player, type PlayOptions, play } from "walras";
import { tokenMarket } from "../../../economies/token-market.ts";
import { recovery } from "./fundamentalists.ts";

/** Fundamental traders who need 59 periods by themselves, on a slope of 0.01 around P* = 2; then what everybody besides orders in the period of the shock. */
const [SLOPE, SUPPLY, FUNDAMENTALISTS, RATE] = [0.01, 100, 25, 0.05];
export const market = {
  slope: SLOPE,
  intercept: 1,
  supply: SUPPLY,
  fundamental: 1 + SLOPE * SUPPLY,
  fundamentalists: FUNDAMENTALISTS,
  reaction: RATE / (SLOPE * FUNDAMENTALISTS),
  traders: 25,
  orderMax: 0.5,
  shock: 0.2,
  shockPeriod: 5,
  noise: 0.002,
  horizon: 80,
} as const;

const WORLDS = 10;
const PERIODS = market.horizon;

export interface Response {
  /** Mean |x with the spike − x without| t periods after it, over what it was at once; x = P − P*. */
  readonly left: Float64Array;
  /** Periods until 5 % of it are left for good; as many as there are where that is never. */
  readonly steps: number;
  /** √E x² without a spike. */
  readonly unrest: number;
}

/** `paths(shock)` has x of each world, period by period. */
function responseOf(paths: (shock: number) => readonly Float64Array[]): Response {
  const [hit, calm] = [paths(market.shock), paths(0)];
  const left = Float64Array.from({ length: PERIODS - market.shockPeriod }, (_, t) =>
    hit.reduce((sum, x, e) => sum + Math.abs(x[market.shockPeriod + t]! - calm[e]![market.shockPeriod + t]!), 0),
  );
  const squares = calm.reduce((sum, x) => x.reduce((all, value) => all + value * value, sum), 0);
  return {
    left: left.map((sum) => sum / left[0]!),
    steps: Math.min(left.length, recovery(left)),
    unrest: Math.sqrt(squares / (WORLDS * PERIODS)),
  };
}

const deviation = (w: unknown): number => (w as { price: Float64Array }).price[0]! - market.fundamental;
const empty = (): Float64Array[] => Array.from({ length: WORLDS }, () => new Float64Array(PERIODS));

/** Of what was learned, everybody's most likely order. */
export const learned = (player: Player, p: AnyParamValues, seed: number): Response =>
  responseOf((shock) => {
    const x = empty();
    const options: PlayOptions = {
      ...{
        economy: player.economy,
        params: { ...p, shock },
        policies: player.policies,
        seed,
        periods: PERIODS,
        worlds: WORLDS,
      },
      visit: (w, t, e) => {
        x[e]![t] = deviation(w);
      },
    };
    play(options);
    return x;
  });

/** Of fundamental traders alone. */
export const alone = (seed: number): Response =>
  responseOf((shock) => {
    const params = { ...market, traders: 0, shock };
    const simulation = createSimulation(tokenMarket, { params, numWorlds: WORLDS, seed, purpose: "play" });
    return empty().map((x, e) => {
      simulation.reset(e);
      return x.map(() => {
        for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
        const at = deviation(simulation.worlds[e]);
        simulation.endPeriod(e);
        return at;
      });
    });
  });
