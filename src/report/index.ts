// Reports: one self-contained HTML page per run.
export {
  type CalibrationContext,
  calibrationDocument,
  findingsOf,
  momentRows,
  parameterColumns,
  parameterRows,
  renderCalibration,
} from "./calibration-report.ts";
export { describeRun, type RunDescription, readClaims, readDescription } from "./description.ts";
export { shown } from "./format.ts";
export {
  type ReportClaim,
  type ReportComparison,
  type ReportCurve,
  type ReportFigure,
  type ReportInput,
  type ReportTable,
  renderReport,
} from "./report.ts";
export { renderRun, renderSeeds } from "./run-report.ts";
