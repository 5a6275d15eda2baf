// What was learned at the door of a queue: at which length it is not joined, and how long it is then.
import type { AnyParamValues, Expectation, ExperimentFigure, Player } from "walras";
import { type Queue, queueLaw } from "../../../economies/theory/queue.ts";

const PERIODS = 2000;
type Queues = { readonly queues: { readonly customers: Int32Array } };

/** The shortest queue that is not joined (the room, where all are), and shares of queues with 0, 1, … customers at the ends of periods. */
export function door(player: Player, p: AnyParamValues): Record<string, number> {
  const { room } = p as unknown as Queue;
  const joins = Array.from({ length: room }, (_, k) => {
    const rows = player.respond("queues", (w) => {
      (w as unknown as Queues).queues.customers.fill(k);
    });
    return (rows["join"] as Float64Array)[0] === 1;
  });
  const counts = new Float64Array(room + 1);
  player.play({
    seed: 1,
    periods: PERIODS,
    visit: (w) => {
      for (const k of (w as unknown as Queues).queues.customers) counts[k] += 1 / PERIODS;
    },
  });
  const refused = joins.indexOf(false);
  return {
    threshold: refused < 0 ? room : refused,
    ...Object.fromEntries(Array.from(counts, (share, k) => [`length/${k}`, share])),
  };
}

/** Those shares beside the law of M/M/1/n. */
export const lengths = (p: AnyParamValues, label: string, n: number): ExperimentFigure => ({
  title: "How long the queue is",
  xLabel: "customers in the queue",
  yLabel: "share of ends of periods",
  caption:
    "Of 2000 periods with what was learned, a hundred minutes each, and the law of a queue that customers join up to n.",
  lines: [
    { label: "learned", measured: "length" },
    { label, points: Array.from(queueLaw(p as unknown as Queue, n), (share, k) => [k, share]) },
  ],
});

/** What Naor says of a queue that is joined up to `n`, which goes by a name. */
export const claims = (name: string, n: number, welfare: number): readonly Expectation[] => [
  {
    item: "shortest queue not joined",
    measure: "threshold",
    claim: name,
    theory: n,
    unit: "customers",
    tolerance: 0.5,
    kind: "absolute",
  },
  {
    item: "welfare",
    measure: "welfare",
    claim: `M/M/1/${name}`,
    theory: welfare,
    unit: "money/minute",
    tolerance: 0.03,
    kind: "relative",
  },
];
