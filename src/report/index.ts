// Reports: one self-contained HTML page per run.
export { type ReportClaim, type ReportCurve, type ReportFigure, type ReportInput, renderReport } from "./report.ts";
