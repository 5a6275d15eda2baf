// wire: makes the links of one kind, at reset or at declared periods. One rank makes them all, so no cut changes them.

import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, refuseOther } from "../../core/shape.ts";
import { guardedWorld, readOnly } from "../access.ts";
import type { ColumnArray, Columns } from "../columns.ts";
import type { SequenceDraws } from "../draws.ts";
import type { AnyWorld, LinksKey, ReadonlyWorld, StateOf, Tables } from "../population.ts";
import { countOf } from "../worlds.ts";
import {
  type Documented,
  drawsOf,
  finished,
  leads,
  meet,
  type PhaseKind,
  type RunnerContext,
  rowsOf,
  worldWritten,
} from "./kind.ts";

/** Makes links: calls `link(source, target)` once for each. */
export type Wiring = (
  link: (source: number, target: number) => void,
  /** Rows on either side, and whether both are of one population. */
  ends: { readonly sources: number; readonly targets: number; readonly same: boolean },
  draw: SequenceDraws,
) => void;

export interface WirePhase {
  readonly kind: "wire";
  readonly doc: string;
  readonly links: string;
  readonly every: number | string;
  /** A u8 column of the links: those with 1 stay. "": none does. */
  readonly keep: string;
  readonly wiring: (p: never, w: AnyWorld) => Wiring;
}

type FlagColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends { readonly array?: Uint8Array; readonly each: null } ? C : never;
}[keyof StateOf<K>] &
  string;

export interface WireBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Makes the links of one kind anew, by a wiring from `networks` or of your own; their columns take their initial values. `every`: periods between
   * (default 1), or the name of the parameter that says so. `keep` names a u8 column of the links: those where it is 1 stay with their columns, before
   * the new ones of their source row. Links of a source row are in the order in which they were made.
   */
  wire<const K extends LinksKey<G>>(
    links: K,
    options: Documented & { readonly every?: number | (keyof P & string); readonly keep?: FlagColumn<G[K]> },
    wiring: (p: ParamValues<P>, w: ReadonlyWorld<W, G>) => Wiring,
  ): WirePhase;
}

export function wire(
  links: string,
  options: Documented & { readonly every?: number | string; readonly keep?: string },
  wiring: WirePhase["wiring"],
): WirePhase {
  refuseUnknown(`wire("${links}", …)`, options, ["doc", "every", "keep"]);
  refuseOther(`wire("${links}", …): its function`, wiring, FUNCTION);
  const { doc, every = 1, keep = "" } = options;
  return { kind: "wire", doc, links, every, keep, wiring };
}

export const wireKind: PhaseKind<WirePhase> = {
  verify(name, { links, every, keep }, names) {
    if (names.links(`phase "${name}"`, links).messages)
      names.fail(`phase "${name}" wires ${links}, which are messages; a send phase or an event sends them.`);
    names.parameter(`how often phase "${name}" runs`, every);
    if (keep === "") return;
    const { kind, each } = names.column(`what phase "${name}" keeps`, links, keep);
    if (kind !== "u8" || each !== null)
      names.fail(`phase "${name}" keeps links by ${links}.${keep}, which is no flag; declare it u8.`);
  },
  describe: ({ links, every, keep }) =>
    `links ${links}${every === 1 ? "" : `, every ${every}`}${keep === "" ? "" : `, besides those with ${keep}`}`,
  guarded: (phase) => ({
    ...phase,
    wiring: (p, w) => phase.wiring(p, guardedWorld(w, readOnly(phase.links))),
  }),
  runner(context, name, path, phase) {
    const { params, inspect } = context;
    const { worlds, period, tick } = context.worlds;
    const every = countOf(context.economy, params, `how often phase "${name}" runs`, phase.every);
    const draws = drawsOf(context, name);
    const table = createTable(context, name, phase);
    return {
      reseed: (root) => draws.reseed(root.fork(path)),
      run(e) {
        if (leads(context) && period[e]! % every === 0) {
          draws.at(e, tick[e]!, 0, 1);
          table.begin(e);
          finished(phase.wiring(params as never, worlds[e]!)(table.link, table.ends, draws.world.sequence));
          table.finish(e);
          inspect.rows(name, phase.links, e, 0, rowsOf(context, phase.links, e).size);
        }
        meet(context, () => worldWritten(context, e)); // due or not: the leader may be at the next period when another rank asks whether it is
      },
    };
  },
};

/** Gathers links in the order of their making, and sorts them by source row. */
function createTable({ economy, worlds }: RunnerContext, name: string, { links, keep }: WirePhase) {
  const { columns, items, sizes, groups } = worlds;
  const ends = {
    sources: sizes[groups[`${links}.source`]!]!,
    targets: sizes[groups[`${links}.target`]!]!,
    same: groups[`${links}.source`] === groups[`${links}.target`],
  };
  const room = sizes[links]!;
  const [sources, targets] = [new Int32Array(room), new Int32Array(room)]; // of new links
  const [from, to] = [columns[`${links}.source`] as Int32Array, columns[`${links}.target`] as Int32Array];
  const start = columns[`${links}.start`] as Int32Array;
  const size = columns[`${links}.size`] as Int32Array;
  const state = Object.keys(columns)
    .filter(
      (key) =>
        key.startsWith(`${links}.`) && !["source", "target", "start", "size"].includes(key.slice(links.length + 1)),
    )
    .map((key) => ({ column: columns[key]!, M: items[key] ?? 1, initial: worlds.initial[key]! }));
  let made = 0;
  let stay = 0;
  let before: { readonly source: Int32Array; readonly target: Int32Array; readonly state: readonly ColumnArray[] };
  const place = new Int32Array(ends.sources);

  return {
    ends,
    begin(e: number): void {
      made = stay = 0;
      if (keep === "") return;
      const base = e * room;
      const kept = (columns[`${links}.${keep}`] as Uint8Array).subarray(base, base + size[e]!);
      for (let l = 0; l < kept.length; l++) if (kept[l] === 1) stay++;
      before = {
        source: from.slice(base, base + kept.length),
        target: to.slice(base, base + kept.length),
        state: state.map(({ column, M }) => column.slice(base * M, (base + kept.length) * M)),
      };
    },
    link(source: number, target: number): void {
      if (
        !(
          Number.isInteger(source) &&
          source >= 0 &&
          source < ends.sources &&
          Number.isInteger(target) &&
          target >= 0 &&
          target < ends.targets
        )
      )
        throw new Error(
          `${economy}: phase "${name}" links row ${source} to row ${target}, expected rows 0 to ${ends.sources - 1} and 0 to ${ends.targets - 1}.`,
        );
      if (stay + made === room)
        throw new Error(
          `${economy}: phase "${name}" makes more than the ${room} links that there is room for in ${links}; raise their degree.`,
        );
      sources[made] = source;
      targets[made++] = target;
    },
    finish(e: number): void {
      const base = e * room;
      const row = e * (ends.sources + 1);
      const kept =
        stay > 0
          ? (before.state[state.findIndex(({ column }) => column === columns[`${links}.${keep}`])] as Uint8Array)
          : null;
      const count = place.fill(0);
      if (kept)
        for (let l = 0; l < kept.length; l++)
          if (kept[l] === 1) count[before.source[l]!] = count[before.source[l]!]! + 1;
      for (let k = 0; k < made; k++) count[sources[k]!] = count[sources[k]!]! + 1;
      let sum = 0;
      for (let i = 0; i < ends.sources; i++) {
        start[row + i] = sum;
        sum += count[i]!;
        place[i] = start[row + i]!;
      }
      start[row + ends.sources] = sum;
      size[e] = sum;
      from.fill(0, base + sum, base + room);
      to.fill(0, base + sum, base + room);
      for (const { column, M, initial } of state) column.fill(initial, base * M, (base + room) * M);
      if (kept)
        for (let l = 0; l < kept.length; l++) {
          if (kept[l] !== 1) continue;
          const source = before.source[l]!;
          const at = base + place[source]!;
          place[source] = place[source]! + 1;
          from[at] = source;
          to[at] = before.target[l]!;
          state.forEach(({ column, M }, c) => {
            for (let m = 0; m < M; m++) column[at * M + m] = before.state[c]![l * M + m]!;
          });
        }
      for (let k = 0; k < made; k++) {
        const source = sources[k]!;
        const at = base + place[source]!;
        place[source] = place[source]! + 1;
        from[at] = source;
        to[at] = targets[k]!;
      }
    },
  };
}
