// What an economy's author needs, and what runs economies.

export { balancedCuts, migrate } from "../core/balance.ts";
export { type Allocator, alone, BLOCK, type Cut, plainMemory, rowCut, type Team } from "../core/cut.ts";
export { closest, list } from "../core/errors.ts";
export {
  type AnyParamValues,
  choice,
  derived,
  flag,
  type NumberParam,
  numbers,
  type Param,
  type ParamDeclarations,
  type ParamSettings,
  type ParamValue,
  type ParamValues,
  param,
  rangeOf,
  readParam,
  resolveParams,
  text,
} from "../core/params.ts";
export { type Check, type CheckOptions, checkEconomy } from "./check.ts";
export { type Column, type ColumnArray, type Columns, eventTime, f64, i32, index, u8 } from "./columns.ts";
export { type Composition, compose } from "./compose.ts";
export { defineEconomy } from "./define.ts";
export { describeEconomy } from "./describe.ts";
export type {
  Economy,
  EconomyDefinition,
  ParamsOf,
  PopulationName,
  TruthOf,
  TypedEconomy,
  WorldOf,
} from "./economy.ts";
export { type Links, links } from "./links.ts";
export { living } from "./lives.ts";
export { measure } from "./measure.ts";
export { batchedDue, type Messages, messages } from "./messages.ts";
export * as networks from "./networks.ts";
export { extension, type Flow, type Part, type PartDefinition, part } from "./part.ts";
export type { Migration, Partition } from "./partition.ts";
export { type Phase, withinAll } from "./phases/index.ts";
export type { Wiring } from "./phases/wire.ts";
export { type AnyRows, type AnyWorld, population, type Rows } from "./population.ts";
export { type Renamed, renamed } from "./renamed.ts";
export { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";
export { type Box, box, discrete, type Grid, grid, type ResolvedSpace } from "./spaces.ts";
export type { AnyColumnFigure, AnyFigure, AnyMetricFigure, Counterfactual } from "./structure.ts";
export {
  allKnown,
  isUnknown,
  known,
  NO_THEORY,
  NoTheory,
  solved,
  stated,
  type Truth,
  type TruthValue,
  type Unknown,
  unknown,
  valueOrNull,
} from "./truth.ts";
