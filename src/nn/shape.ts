/** Of a tensor: a matrix, of which a vector is a row. */
export type Shape = readonly [rows: number, cols: number];
