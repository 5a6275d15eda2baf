// Reports: one self-contained HTML page per run.
export {
  type CalibrationContext,
  calibrationDocument,
  factColumns,
  factRows,
  findingsOf,
  momentRows,
  parameterColumns,
  parameterRows,
  renderCalibration,
} from "./calibration-report.ts";
export type { ReportClaim, ReportComparison, ReportCurve, ReportFigure, ReportInput, ReportTable } from "./contents.ts";
export {
  type CounterfactualContext,
  type CounterfactualResult,
  counterfactualDocument,
  counterfactualFindings,
  effectColumns,
  effectRows,
  posteriorColumns,
  posteriorRows,
  renderCounterfactual,
  type Statistic,
  statistics,
} from "./counterfactual-report.ts";
export { describeRun, type RunDescription, readClaims, readDescription } from "./description.ts";
export { shown } from "./format.ts";
export { renderReport } from "./report.ts";
export { renderRun, renderSeeds } from "./run-report.ts";
export {
  renderScan,
  type ScanContext,
  scanColumns,
  scanDocument,
  scanFindings,
  scanRows,
} from "./scan-report.ts";
export {
  renderStress,
  type StressContext,
  stressColumns,
  stressDocument,
  stressFindings,
  stressRows,
} from "./stress-report.ts";
