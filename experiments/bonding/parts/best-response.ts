// The best response of one trader to fundamentalists on a linear curve without fee, exactly.
//
//   x = P − P*,   A = −N g x tokens of fundamentalists,   a of the trader, who holds H
//   x′ = (1 − r) x + m a,   H′ = H + a,   profit = m A (H + a/2) = −r x (H + a/2),   r = m N g
//
// A trader's own orders cost and return the same integral: all profit at liquidation value is what others' orders do to the price of what it holds, and half of what it orders at the same time.
// Σ profit is quadratic in a₁ … a_T ∈ [−A, A]; its maximum is where each order is at a bound or the gradient is 0 in it. All 3^T ways are tried.

export interface Chased {
  /** r = m N g, and m. */
  readonly rate: number;
  readonly slope: number;
  /** x₀ = f(S₀) − P*. */
  readonly deviation: number;
  /** H₀, of the trader; at least T times orderMax, so that it can always sell. */
  readonly tokens: number;
  readonly orderMax: number;
  readonly periods: number;
}

/** Σ profit of given orders. */
export function profitOf({ rate, slope, deviation, tokens }: Chased, orders: readonly number[]): number {
  let [x, H, sum] = [deviation, tokens, 0];
  for (const a of orders) {
    sum -= rate * x * (H + a / 2);
    x = (1 - rate) * x + slope * a;
    H += a;
  }
  return sum;
}

/** What N fundamentalists together lose by these orders, each valuing its own tokens: each gains m (others' orders) (its tokens + half its order). */
export function harmOf(
  { rate, slope, deviation, others }: Chased & { readonly others: { readonly size: number; readonly tokens: number } },
  orders: readonly number[],
): number {
  let [x, H, sum] = [deviation, others.tokens, 0];
  for (const a of orders) {
    const A = (-rate * x) / slope;
    sum -= slope * (a + A * (1 - 1 / others.size)) * (H + A / 2);
    x = (1 - rate) * x + slope * a;
    H += A;
  }
  return sum;
}

/** The orders with the highest value of a quadratic function of them. */
export function bestOrders(
  { orderMax: A, periods: T }: Pick<Chased, "orderMax" | "periods">,
  worth: (orders: readonly number[]) => number,
): { readonly orders: readonly number[]; readonly value: number } {
  const at = (...ones: readonly number[]): number =>
    worth(Array.from({ length: T }, (_, t) => ones.filter((s) => s === t).length));
  // J(a) = J(0) + c·a + ½ a·Q a
  const zero = at();
  const Q = Array.from({ length: T }, (_, s) => Array.from({ length: T }, (_, t) => at(s, t) - at(s) - at(t) + zero));
  const c = Q.map((row, t) => at(t) - zero - row[t]! / 2);
  let best = { orders: new Array<number>(T).fill(0), value: zero };
  /** Of each order: −1, 1: at that bound; 0: free. */
  const ways = (left: number): number[][] =>
    left === 0 ? [[]] : ways(left - 1).flatMap((way) => [-1, 0, 1].map((side) => [...way, side]));
  for (const held of ways(T)) {
    const free = held.flatMap((side, t) => (side === 0 ? [t] : []));
    const orders = held.map((side) => side * A);
    const rest = free.map((t) => -c[t]! - Q[t]!.reduce((sum, q, s) => sum + q * orders[s]!, 0));
    const inside = solve(
      free.map((t) => free.map((s) => Q[t]![s]!)),
      rest,
    );
    if (!inside?.every((a) => Math.abs(a) <= A)) continue;
    free.forEach((t, k) => {
      orders[t] = inside[k]!;
    });
    const value = worth(orders);
    if (value > best.value) best = { orders, value };
  }
  return best;
}

/** x with M x = b by elimination with pivots; null where M is singular. */
function solve(M: readonly (readonly number[])[], b: readonly number[]): number[] | null {
  const rows = M.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const head = rows[k]!;
    if (Math.abs(head[k]!) < 1e-14) return null;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const share = rows[i]![k]! / head[k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= share * head[j]!;
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
}
