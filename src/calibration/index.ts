// Fitting an economy's parameters to a series of the user's own.

export { seriesNames } from "../experiment/series.ts";
export { type Calibration, type Candidate, calibrate, type Evaluation, type Fitted } from "./calibrate.ts";
export { type Comparison, comparisons, type DistanceName, distanceNames } from "./distance.ts";
export type { ComparedFact, Facts, Memory } from "./facts.ts";
export { type Features, momentNames, type Segments, type Transform, transformed, transforms } from "./features.ts";
export { GRID, type Identified, identify, type Surface, type Verdict } from "./identify.ts";
export { type InstrumentedEquation, instrumentSurface } from "./instruments.ts";
export { type Simulated, simulateSeries } from "./simulate.ts";
