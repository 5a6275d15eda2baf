// What dynamics do in the long run, and what outside series say of hidden states.
export { type AggregateJacobian, aggregateJacobian } from "./aggregates.ts";
export {
  type Boundary,
  type Dynamics,
  type Ends,
  type EndsOptions,
  type Equilibria,
  type EquilibriaOptions,
  type Equilibrium,
  endsOfEconomy,
  findEquilibria,
  gridOfStarts,
} from "./equilibria.ts";
export {
  type Belief,
  constantVelocity,
  kalmanFilter,
  localLevel,
  predict,
  type StateSpace,
  type Update,
  update,
} from "./kalman.ts";
export { type PeriodMap, type PeriodMapOptions, periodMap, type Rules } from "./period-map.ts";
export { type Bifurcation, type Scan, type ScanOptions, type ScanPoint, scan, scanValues } from "./scan.ts";
export {
  type Estimate,
  type EstimateOptions,
  estimates,
  estimatesOfLog,
  type FollowOptions,
  followStream,
  type Inbox,
  inbox,
  type Point,
  pointsOfCsv,
  webSocketLines,
} from "./stream.ts";
