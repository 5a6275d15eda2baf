// Where what was learned begins to turn customers away: greedy answers at every length of the queue.
import type { AnyParamValues, Player } from "walras";

/** The shortest queue that is not joined; the room, where all are. */
export function threshold(player: Player, p: AnyParamValues): number {
  const room = p["room"] as number;
  for (let k = 0; k < room; k++) {
    const rows = player.respond("queues", (w) => {
      (w["queues"] as unknown as { customers: Int32Array }).customers.fill(k);
    });
    if ((rows["join"] as Float64Array)[0] === 0) return k;
  }
  return room;
}
