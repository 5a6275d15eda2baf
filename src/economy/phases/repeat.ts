// repeat: some phases several times in each period, such as the days of a month. Draws of a substep have an address of their own.
import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations } from "../../core/params.ts";
import { countOf } from "../worlds.ts";
import type { Documented, PhaseKind, RunnerContext } from "./kind.ts";
import { described, guardedWithin, type Inner } from "./within.ts";

export interface RepeatPhase<F extends Inner = Inner> {
  readonly kind: "repeat";
  readonly doc: string;
  readonly times: number | string;
  readonly phases: Readonly<Record<string, F>>;
}

export interface RepeatBuilder<P extends ParamDeclarations> {
  /**
   * Runs `phases`, in order, `times` times in each period: a number or the name of an integer parameter. What they draw is fresh in every substep. Decisions
   * stay outside; identities are looked at when all substeps are over.
   */
  repeat<F extends Inner>(
    times: number | (keyof P & string),
    options: Documented,
    phases: Readonly<Record<string, F>>,
  ): RepeatPhase<F>;
}

export function repeat<F extends Inner>(
  times: number | string,
  options: Documented,
  phases: Readonly<Record<string, F>>,
): RepeatPhase<F> {
  refuseUnknown(`repeat(${times}, …)`, options, ["doc"]);
  return { kind: "repeat", doc: options.doc, times, phases };
}

/** `kindOf` has the kinds of what is repeated. */
export const repeatKind = <F extends Inner>(kindOf: (phase: F) => PhaseKind<F>): PhaseKind<RepeatPhase<F>> => ({
  verify(name, { times, phases }, names) {
    names.parameter(`how often phase "${name}" repeats`, times);
    if (Object.keys(phases).length === 0) names.fail(`phase "${name}" repeats nothing.`);
    for (const [inner, phase] of Object.entries(phases)) {
      if (phase.kind === "decide")
        names.fail(`phase "${name}" repeats the decision "${inner}"; decisions are taken once in a period.`);
      if (phase.kind === "wire")
        names.fail(`phase "${name}" repeats "${inner}", which makes links; links are made once in a period.`);
      if (phase.kind === "events")
        names.fail(
          `phase "${name}" repeats the events "${inner}", which have a time of their own; shorten the period.`,
        );
      kindOf(phase).verify(`${name}/${inner}`, phase, names);
    }
  },
  describe: (phase) => `${phase.times} times: ${described(phase, kindOf)}`,
  guarded: (phase, links) => guardedWithin(phase, kindOf, links),
  runner(context, name, path, phase) {
    const times = countOf(context.economy, context.params, `how often phase "${name}" repeats`, phase.times);
    const { tick } = context.worlds;
    // Substep k of tick t is tick t · times + k to the phases within, whose streams are their own.
    const substep = new Int32Array(tick.length);
    const within: RunnerContext = { ...context, worlds: { ...context.worlds, tick: substep } };
    const runners = Object.entries(phase.phases).map(([inner, one]) =>
      kindOf(one).runner(within, `${name}/${inner}`, `${path}/${inner}`, one),
    );
    return {
      reseed(root) {
        for (const runner of runners) runner.reseed(root);
      },
      run(e) {
        const first = tick[e]! * times;
        if (first + times > 0x7fffffff)
          throw new Error(`substep ${first} is beyond what draws can be addressed by, 2^31; use fewer substeps`);
        for (let k = 0; k < times; k++) {
          substep[e] = first + k;
          for (const runner of runners) runner.run(e);
        }
      },
    };
  },
});
