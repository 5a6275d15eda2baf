// Running one phase of one world, kind by kind, over this rank's share of the rows.
import { combineSums, pairwiseSum } from "../math/index.ts";
import { fillPartners, type Permutation, permutation, type Stream } from "../random/index.ts";
import type { ColumnArray, ColumnKind } from "./columns.ts";
import { type Allocator, type Cut, plainMemory, rowCut, type Team } from "./cut.ts";
import type { Economy } from "./define.ts";
import { createDraws } from "./draws.ts";
import type { Inspector } from "./inspect.ts";
import type { AnyParamValues } from "./params.ts";
import type { AnyPartner, AnyRows, EachPhase, ExchangePhase, Phase, Send, TotalPhase, WholePhase } from "./phases.ts";
import { allocate, type Worlds } from "./worlds.ts";

export interface Runner {
  /** Draws follow from this root from now on. */
  reseed(root: Stream): void;
  /** With the cut "rows", every rank must call it. */
  run(e: number): void;
}

export interface RunnerContext {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly worlds: Worlds;
  readonly inspect: Inspector;
  readonly memory: Allocator;
  readonly team: Team;
  readonly cut: Cut;
  readonly pieces: number;
  readonly backwards: boolean;
  readonly grain: number;
}

/** `path` names the phase's draws. */
export function createRunner(context: RunnerContext, name: string, path: string, phase: Phase): Runner {
  switch (phase.kind) {
    case "decide":
      return { reseed() {}, run() {} };
    case "whole":
      return wholeRunner(context, name, path, phase);
    case "each":
      return eachRunner(context, name, path, phase);
    case "exchange":
      return exchangeRunner(context, name, path, phase);
    case "total":
      return totalRunner(context, name, phase);
    default:
      return phase satisfies never;
  }
}

const drawsOf = ({ economy }: RunnerContext, name: string) => createDraws(`${economy.name}: phase "${name}"`);
const rowsOf = ({ worlds }: RunnerContext, population: string, e: number): AnyRows =>
  worlds.worlds[e]![population] as AnyRows;

/** Calls `visit` on this rank's rows of a world. */
function overRows(
  { cut, team, pieces, backwards, grain }: RunnerContext,
  n: number,
  visit: (from: number, to: number) => void,
): void {
  if (cut === "worlds") {
    visit(0, n);
    return;
  }
  for (let k = team.rank; k < pieces; k += team.size) {
    const [from, to] = rowCut(n, pieces, backwards ? pieces - 1 - k : k, grain);
    if (from < to) visit(from, to);
  }
}

/** Ranks that share rows meet; ranks that run whole worlds go their own ways. */
function meet({ cut, team }: RunnerContext): void {
  if (cut === "rows") team.barrier();
}

function wholeRunner(context: RunnerContext, name: string, path: string, phase: WholePhase): Runner {
  const { params, inspect, cut, team } = context;
  const { worlds, sizes, tick } = context.worlds;
  const draws = drawsOf(context, name);
  return {
    reseed: (root) => draws.reseed(root.fork(path)),
    run(e) {
      if (cut === "worlds" || team.rank === 0) {
        draws.at(e, tick[e]!, 0, 1);
        phase.run(worlds[e]!, params as never, draws.world);
        inspect.scalars(name, e);
        for (const population in sizes) inspect.rows(name, population, e, 0, sizes[population]!);
      }
      meet(context);
    },
  };
}

function eachRunner(context: RunnerContext, name: string, path: string, phase: EachPhase): Runner {
  const { params, inspect } = context;
  const { worlds, sizes, tick } = context.worlds;
  const n = sizes[phase.population]!;
  const draws = drawsOf(context, name);
  const partner = phase.partner === "" ? null : createPartner(context, phase, n);
  const nobody = { row: new Int32Array(0) } as unknown as AnyPartner;
  return {
    reseed(root) {
      draws.reseed(root.fork(path));
      partner?.reseed(draws.fork("partner"));
    },
    run(e) {
      const rows = rowsOf(context, phase.population, e);
      if (partner) {
        partner.pair(e, tick[e]!);
        overRows(context, n, (from, to) => partner.snapshot(rows, from, to));
        meet(context);
      }
      overRows(context, n, (from, to) => {
        draws.at(e, tick[e]!, from, to);
        partner?.locate(rows, from, to);
        phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, partner?.view ?? nobody);
        inspect.rows(name, phase.population, e, from, to);
      });
      meet(context);
    },
  };
}

/** Who meets whom, and the partner's columns as they stood before the phase. */
function createPartner({ economy, cut, memory }: RunnerContext, phase: EachPhase, n: number) {
  const { state, actions } = economy.populations[phase.population]!;
  const kindOf = (name: string): ColumnKind =>
    state[name]?.kind ?? (actions[name]!.kind === "discrete" ? "i32" : "f64");
  // Ranks that run whole worlds take their snapshots at the same time, each in a place of its own.
  const place = cut === "rows" ? memory : plainMemory;
  const kept = phase.reads.map((name) => ({ name, copy: allocate(place, kindOf(name), n) as Float64Array }));
  const row = new Int32Array(n);
  const view = { row, ...Object.fromEntries(kept.map(({ name, copy }) => [name, copy])) } as unknown as AnyPartner;
  let pairing: Permutation;
  return {
    view,
    reseed(stream: Stream) {
      pairing = permutation(stream, { size: n, lane: 0, period: 0 });
    },
    pair(lane: number, period: number) {
      if (phase.partner === "random") pairing.rekey(lane, period);
    },
    snapshot(rows: AnyRows, from: number, to: number) {
      for (const { name, copy } of kept) copy.set((rows[name] as Float64Array).subarray(from, to), from);
    },
    locate(rows: AnyRows, from: number, to: number) {
      if (phase.partner === "random") fillPartners(row.subarray(from, to), pairing, from, to);
      else row.set((rows[phase.partner] as Int32Array).subarray(from, to), from);
    },
  };
}

// Integer addition commutes, so inboxes need no order. Ranks that share rows each post to a tray of their own, and then every rank empties all trays
// into the inboxes of its rows: at a million agents on two threads 1.2 to 1.3 times as fast as adding atomically to inboxes that both cores want.
function exchangeRunner(context: RunnerContext, name: string, path: string, phase: ExchangePhase): Runner {
  const { params, inspect, cut, team, memory } = context;
  const { worlds, sizes, tick } = context.worlds;
  const n = sizes[phase.population]!;
  const receivers = sizes[phase.to]!;
  const draws = drawsOf(context, name);
  const trays = cut === "rows" && team.size > 1 ? Array.from({ length: team.size }, () => memory.i32(receivers)) : [];
  const senders = new Map<ColumnArray, Send>();
  const sendTo = (box: Int32Array): Send => {
    let send = senders.get(box);
    if (!send) {
      send = (row, amount) => {
        box[row] = box[row]! + amount;
      };
      senders.set(box, send);
    }
    return send;
  };
  return {
    reseed: (root) => draws.reseed(root.fork(path)),
    run(e) {
      const rows = rowsOf(context, phase.population, e);
      const inbox = rowsOf(context, phase.to, e)[phase.inbox] as Int32Array;
      const send = sendTo(trays[team.rank] ?? inbox);
      overRows(context, n, (from, to) => {
        draws.at(e, tick[e]!, from, to);
        phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, send);
        inspect.rows(name, phase.population, e, from, to);
      });
      meet(context);
      if (trays.length === 0) return;
      for (const tray of trays)
        overRows(context, receivers, (from, to) => {
          for (let i = from; i < to; i++) inbox[i] = inbox[i]! + tray[i]!;
          tray.fill(0, from, to);
        });
      meet(context);
    },
  };
}

/** Blocks of `grain` rows are summed by whoever has them, and the blocks added up pairwise in order. */
function totalRunner(context: RunnerContext, name: string, phase: TotalPhase): Runner {
  const { params, inspect, cut, team, memory, grain } = context;
  const { worlds, sizes } = context.worlds;
  const n = sizes[phase.population]!;
  const blocks = Math.ceil(n / grain);
  const place = cut === "rows" ? memory : plainMemory; // as for snapshots
  const sums = Object.entries(phase.sums).map(([scalar, of]) => ({ scalar, of, partial: place.f64(blocks) }));
  return {
    reseed() {},
    run(e) {
      const rows = rowsOf(context, phase.population, e);
      const w = worlds[e]!;
      for (const { of, partial } of sums)
        overRows(context, n, (from, to) => {
          for (let block = from / grain; block * grain < to; block++) {
            const end = Math.min(to, (block + 1) * grain);
            if (typeof of === "string") {
              partial[block] = pairwiseSum(rows[of] as Float64Array, block * grain, end);
              continue;
            }
            let sum = 0;
            for (let i = block * grain; i < end; i++) sum += of(rows, i, w, params as never);
            partial[block] = sum;
          }
        });
      meet(context);
      if (cut === "worlds" || team.rank === 0) {
        for (const { scalar, partial } of sums) w[scalar] = combineSums(partial, blocks);
        inspect.scalars(name, e);
      }
      meet(context);
    },
  };
}
