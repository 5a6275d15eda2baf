// Impulse responses: what one shock does to an economy, period by period.
//
// Generalised impulse responses, Koop, Pesaran & Potter 1996, Journal of Econometrics 74, 119: the same worlds twice, with the same draws, and nothing but the shock between
// them; averaged over worlds, which are as many histories. Nothing is linearised, so the size and the sign of a shock matter.

import { type AnyParamValues, type AnyWorld, resolveParams } from "../economy/index.ts";
import { mean, meanInterval } from "../math/index.ts";
import { type Watched, watchedSeries } from "./balanced-panel.ts";

export interface ImpulseOptions extends Watched {
  /** Changes columns and world scalars of world e after `burnIn` periods, before anybody acts in the next. */
  readonly shock: (w: AnyWorld, p: AnyParamValues, e: number) => void;
  /** Periods before the shock, at least 1. */
  readonly burnIn: number;
}

export interface ImpulseResponse {
  /** [periods] With the shock less without, mean over worlds; the first period is the one that begins with the shock. */
  readonly response: Float64Array;
  /** [periods] 95 % interval of that mean over worlds (Student's t); the response itself where there is one world. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** [periods] Without the shock, mean over worlds: what responses in shares are over. */
  readonly baseline: Float64Array;
}

/** By series. Learned policies answer the shock as they would any other state; they learn nothing on the way. */
export function impulseResponse({ shock, ...watched }: ImpulseOptions): Readonly<Record<string, ImpulseResponse>> {
  const { economy, burnIn, periods } = watched;
  if (!(burnIn >= 1))
    throw new Error(
      `impulseResponse: got a burnIn of ${burnIn} periods, expected 1 or more: a shock comes between two periods.`,
    );
  const params = resolveParams(economy, watched.params);
  const without = watchedSeries("impulseResponse", watched);
  const shocked = watchedSeries("impulseResponse", watched, { before: (w, e) => shock(w, params, e) });
  return Object.fromEntries(
    watched.series.map((name) => {
      const [after, before] = [shocked[name]!, without[name]!];
      const differences = Array.from({ length: periods }, (_, t) =>
        Float64Array.from(after, (world, e) => world[t]! - before[e]![t]!),
      );
      const response = Float64Array.from(differences, (x) => mean(x));
      const ends = differences.map((x, t) =>
        x.length > 1 ? meanInterval(x) : { low: response[t]!, high: response[t]! },
      );
      return [
        name,
        {
          response,
          low: Float64Array.from(ends, ({ low }) => low),
          high: Float64Array.from(ends, ({ high }) => high),
          baseline: Float64Array.from({ length: periods }, (_, t) => mean(before.map((world) => world[t]!))),
        },
      ];
    }),
  );
}
