// What a page of a report says, before it is written as HTML.
import type { ChartLine } from "./charts.ts";

export interface ReportClaim {
  readonly item: string;
  /** What the paper says, in its words. */
  readonly claim: string;
  readonly theory: number | null;
  readonly ours: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly verdict: "pass" | "fail" | "not judged";
  /** Why it was not judged. */
  readonly reason: string | null;
  readonly note: string;
}

/** A column of a population while agents learn. */
export interface ReportFigure {
  readonly title: string;
  readonly unit: string;
  readonly xLabel: string;
  /** Ascending. */
  readonly x: readonly number[];
  /** Ends of the axis. Default: those of what was measured. */
  readonly span?: readonly [number, number];
  /** Agents one by one, [agent][point]; none of a single agent. NaN: not measured. */
  readonly agents: readonly (readonly number[])[];
  /** Whether these are all there are. */
  readonly everyone: boolean;
  /** What is held against theory: the population's mean or median, or its single agent's own value. */
  readonly centre: readonly number[];
  readonly statistic: "mean" | "median" | "value";
  /** 5th and 95th percentile over agents; empty where `everyone` is drawn. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly theory: { readonly label: string; readonly value: number } | null;
  readonly caption: string;
}

/** Lines over seeds, or over anything else, beside each other and beside theory; each has points of its own. */
export interface ReportComparison {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** What the bands are, in words. */
  readonly band?: string;
  readonly lines: readonly {
    readonly label: string;
    readonly as: ChartLine["as"];
    /** Ascending; of specks, with equal ones. */
    readonly x: readonly number[];
    readonly y: readonly number[];
    /** A band; empty for none. */
    readonly low: readonly number[];
    readonly high: readonly number[];
  }[];
  readonly caption: string;
}

export interface ReportCurve {
  readonly name: string;
  readonly doc: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A band; none unless given. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** "training episodes" unless given. */
  readonly xLabel?: string;
  /** Ends of the axis. Default: those of what was measured. */
  readonly span?: readonly [number, number];
}

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly number?: boolean }[];
  readonly rows: readonly (readonly string[])[];
  readonly note: string;
}

/** A picture as markup made here: no text of strangers but what was escaped. */
export interface ReportPicture {
  readonly title: string;
  readonly svg: string;
  readonly caption: string;
}

export interface ReportInput {
  readonly title: string;
  readonly description: string;
  readonly command: string;
  readonly status: "complete" | "failed" | "running" | "interrupted";
  readonly error?: string | undefined;
  /** Instead of how many claims hold. */
  readonly headline?: string;
  /** Sentences under the headline, most important first. */
  readonly findings?: readonly string[];
  readonly claims: readonly ReportClaim[];
  readonly tables?: readonly ReportTable[];
  readonly pictures?: readonly ReportPicture[];
  readonly figures: readonly ReportFigure[];
  readonly comparisons?: readonly ReportComparison[];
  readonly curves: readonly ReportCurve[];
  /** "Learning curves" unless given. */
  readonly curvesTitle?: string;
  readonly config: readonly {
    readonly path: string;
    readonly value: string;
    readonly unit: string;
    readonly symbol: string;
    readonly doc: string;
  }[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The text of uplot/dist/uPlot.iife.min.js and uPlot.min.css. */
  readonly assets: { readonly uplotJs: string; readonly uplotCss: string };
}
