// world: a plain function of one world, run once per world.

import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, oneOf, refuseOther } from "../../core/shape.ts";
import { ended, scalarWorld } from "../access.ts";
import type { Columns } from "../columns.ts";
import type { WorldDraws } from "../draws.ts";
import type { AnyWorld, World } from "../population.ts";
import { type Documented, drawsOf, finished, leads, meet, type PhaseKind, worldWritten } from "./kind.ts";

export interface WorldPhase {
  readonly kind: "world";
  readonly doc: string;
  /** World scalars only, or rows too. */
  readonly writes: "scalars" | "all";
  readonly run: (w: AnyWorld, p: never, draw: WorldDraws) => void;
}

export interface WorldBuilder<P extends ParamDeclarations, W extends Columns, G> {
  /** A plain function of one world. `writes: "scalars"`: it only reads rows, so that nobody need look at them afterwards. */
  world(
    options: Documented & { readonly writes?: "scalars" },
    run: (w: World<W, G>, p: ParamValues<P>, draw: WorldDraws) => void,
  ): WorldPhase;
}

export function world(options: Documented & { readonly writes?: "scalars" }, run: WorldPhase["run"]): WorldPhase {
  refuseUnknown("world({ … })", options, ["doc", "writes"]);
  const { doc, writes } = options;
  if (writes !== undefined) refuseOther("world({ … }): writes", writes, oneOf("scalars"));
  refuseOther("world({ … }): its function", run, FUNCTION);
  return { kind: "world", doc, writes: writes ?? "all", run };
}

export const worldKind: PhaseKind<WorldPhase> = {
  verify() {},
  describe: () => "the world",
  // One rank runs it, and nobody else meanwhile.
  guarded: (phase) =>
    phase.writes === "all" ? phase : { ...phase, run: (w, p, draw) => ended(phase.run(scalarWorld(w), p, draw)) },
  runner(context, name, path, phase) {
    const { params, inspect } = context;
    const { worlds, tick } = context.worlds;
    const draws = drawsOf(context, name);
    return {
      reseed: (root) => draws.reseed(root.fork(path)),
      run(e) {
        if (leads(context)) {
          draws.at(e, tick[e]!, 0, 1);
          finished(phase.run(worlds[e]!, params as never, draws.world));
          if (phase.writes === "all") inspect.all(name, e);
          else inspect.scalars(name, e);
        }
        meet(context, () => worldWritten(context, e));
      },
    };
  },
};
