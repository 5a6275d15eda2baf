// What a run takes in besides its settings: networks from files, and an outside series. Recorded in run.json, so that resuming takes in the same.
/** Links of an economy that come from a file instead of its own wiring. */
export interface GivenNetwork {
  readonly links: string;
  /** As the user wrote it. */
  readonly file: string;
  /** Of its bytes. */
  readonly sha256: string;
}

/** An outside series and how it is filtered: columns of a CSV, and the model of a level that drifts. */
export interface StreamSettings {
  /** A file, "-" for standard input, or the address of a WebSocket, as the user wrote it. */
  readonly source: string;
  /** The world scalar that is set to the filter's mean at the start of each period. */
  readonly into: string;
  readonly time: string;
  readonly value: string;
  /** Time at which the first period begins; null: that of the first point. */
  readonly start: number | null;
  /** Time that a period lasts. */
  readonly step: number;
  /** Periods that wait for points out of order. */
  readonly patience: number;
  /** Variance by which the level drifts in a period; null: of 2 % of the first value. */
  readonly drift: number | null;
  /** Variance of an observation around it; null: of 0.5 % of the first value. */
  readonly noise: number | null;
}

export interface RunInputs {
  readonly networks?: readonly GivenNetwork[];
  readonly stream?: StreamSettings;
}
