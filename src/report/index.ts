// Reports: one self-contained HTML page per run.
export {
  type ReportClaim,
  type ReportComparison,
  type ReportCurve,
  type ReportFigure,
  type ReportInput,
  renderReport,
} from "./report.ts";
