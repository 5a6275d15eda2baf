// One error for all iterative methods that end too far from a solution.

/** An iterative method ended with a residual beyond its tolerance: nothing that it computed may be used. */
export class NotConverged extends Error {
  readonly residual: number;
  readonly tolerance: number;

  /** `advice` is a sentence on what to do. */
  constructor(solver: string, residual: number, tolerance: number, advice: string) {
    const size = Number.isFinite(residual) ? residual.toPrecision(2) : String(residual);
    super(`${solver}: ends with a residual of ${size}, expected at most ${tolerance.toPrecision(2)}. ${advice}`);
    this.name = "NotConverged";
    this.residual = residual;
    this.tolerance = tolerance;
  }
}

/** Throws unless the residual is within tolerance; NaN is not. */
export function requireConverged(solver: string, residual: number, tolerance: number, advice: string): void {
  if (!(residual <= tolerance)) throw new NotConverged(solver, residual, tolerance, advice);
}
