// Who joins a queue that everybody sees: Naor 1969, Econometrica 37, 15.
//
//   R − τ − c (k + 1)/μ ≥ 0                  a customer who finds k others joins: k < n_e = ⌊(R − τ) μ/c⌋
//   p_k = ρ^k / Σ_{j ≤ n} ρ^j,  ρ = λ/μ      the queue in which all join up to n: M/M/1/n
//   L(n) = Σ k p_k                           customers in it, a mean over time
//   S(n) = λ R (1 − p_n) − c L(n)            what all of them gain per unit of time; n_s maximises it, and n_s ≤ n_e
//
// Who joins keeps later customers waiting and does not count that, so that n_e is too long a queue; a toll that leaves R − τ between c n_s/μ and c (n_s + 1)/μ mends it.

export interface Queue {
  /** λ, μ: customers who come, and who could be served, per unit of time. */
  readonly arrivals: number;
  readonly service: number;
  /** R, and c per unit of time in the queue. */
  readonly value: number;
  readonly cost: number;
  /** τ */
  readonly toll: number;
  /** Customers that there is room for. */
  readonly room: number;
}

/** n_e: customers join who find fewer than this. */
export const individualThreshold = ({ service, value, cost, toll, room }: Queue): number =>
  Math.max(0, Math.min(room, Math.floor(((value - toll) * service) / cost)));

/** p_0, …, p_n of M/M/1/n. */
export function queueLaw({ arrivals, service }: Pick<Queue, "arrivals" | "service">, n: number): Float64Array {
  // From the likelier end, so that nothing overflows.
  const busy = arrivals > service;
  const ratio = busy ? service / arrivals : arrivals / service;
  const law = new Float64Array(n + 1);
  let [share, sum] = [1, 0];
  for (let j = 0; j <= n; j++) {
    law[busy ? n - j : j] = share;
    sum += share;
    share *= ratio;
  }
  for (let k = 0; k <= n; k++) law[k] /= sum;
  return law;
}

export interface QueueOutcome {
  /** L(n) */
  readonly customers: number;
  /** λ (1 − p_n): who join, per unit of time. */
  readonly joining: number;
  /** S(n) */
  readonly welfare: number;
}

export function queueOutcome(queue: Queue, n: number): QueueOutcome {
  const law = queueLaw(queue, n);
  let customers = 0;
  let joining = 0;
  for (let k = 0; k <= n; k++) {
    customers += k * law[k];
    if (k < n) joining += law[k];
  }
  joining *= queue.arrivals;
  return { customers, joining, welfare: queue.value * joining - queue.cost * customers };
}

/** n_s: the queue that is best for all customers together, tolls being a transfer. */
export function socialThreshold(queue: Queue): number {
  let best = 0;
  let most = 0;
  for (let n = 1; n <= queue.room; n++) {
    const { welfare } = queueOutcome(queue, n);
    if (welfare <= most) return best; // S has a single peak
    best = n;
    most = welfare;
  }
  return best;
}

/**
 * What a doorman gains by letting a customer in who finds k others, k = 0 … room − 1, who is paid what each of them gains and discounts by γ from one who comes to the next: value
 * iteration, to 10⁻¹⁰. With γ = 0 that is the customer's own gain, with γ towards 1 it turns negative from n_s on.
 */
export function doormanGain(queue: Queue, gamma: number): Float64Array {
  const { arrivals, service, value, cost, toll, room } = queue;
  const goes = service / (arrivals + service); // somebody is served before the next customer comes
  const worth = new Float64Array(room + 1); // as a customer comes and finds k
  const next = new Float64Array(room + 1); // of the next one, from k who are in
  const gain = new Float64Array(room);
  for (let change = 1; change > 1e-10 * (1 - gamma); ) {
    next[0] = worth[0];
    for (let k = 1; k <= room; k++) next[k] = (1 - goes) * worth[k] + goes * next[k - 1];
    change = 0;
    for (let k = 0; k <= room; k++) {
      if (k < room) gain[k] = value - toll - (cost * (k + 1)) / service + gamma * (next[k + 1] - next[k]);
      const now = gamma * next[k] + (k < room ? Math.max(0, gain[k]) : 0);
      change = Math.max(change, Math.abs(now - worth[k]));
      worth[k] = now;
    }
  }
  return gain;
}
