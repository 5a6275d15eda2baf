// Which rows are connected: union–find with path halving, every set led by its least row. Tarjan & van Leeuwen 1984, J. ACM 31, 245.

export class UnionFind {
  readonly #parent: Int32Array;
  /** Sets that there are. */
  sets: number;

  constructor(rows: number) {
    this.#parent = new Int32Array(rows);
    for (let i = 0; i < rows; i++) this.#parent[i] = i;
    this.sets = rows;
  }

  /** The least row that is connected with row i. */
  find(i: number): number {
    const parent = this.#parent;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  /** Connects rows i and j. */
  join(i: number, j: number): void {
    const [a, b] = [this.find(i), this.find(j)];
    if (a === b) return;
    this.#parent[Math.max(a, b)] = Math.min(a, b);
    this.sets--;
  }

  /** [N] the number of each row's set, in order of the sets' least rows. */
  labels(): Int32Array {
    const N = this.#parent.length;
    const label = new Int32Array(N);
    let next = 0;
    for (let i = 0; i < N; i++) {
      const first = this.find(i);
      label[i] = first === i ? next++ : label[first]!;
    }
    return label;
  }
}
