// An indexed binary heap: times of numbered events, the earliest first; of equal times the smaller number, or whichever `before` says.
//
// n events; children of place k are at 2k + 1 and 2k + 2
//   heap   [n]   events in heap order
//   place  [n]   where each event is in the heap; −1: it is not
//   times  [n]   of events, in heap order

export interface EventQueue {
  /** Events in the queue. */
  readonly size: number;
  /** Takes all events out. */
  clear(): void;
  /** Puts an event in, or moves it to another time. O(log n). */
  set(event: number, time: number): void;
  /** Takes an event out, if it is in. O(log n). */
  remove(event: number): void;
  /** The earliest event, which stays; −1: none. */
  first(): number;
}

/** `before`: whether event a comes before event b of the same time. Default: a < b. */
export function createEventQueue(n: number, before: (a: number, b: number) => boolean = (a, b) => a < b): EventQueue {
  const heap = new Int32Array(n);
  const times = new Float64Array(n); // beside their events: comparing parents and children stays within one array
  const place = new Int32Array(n).fill(-1);
  let size = 0;

  function up(event: number, time: number, from: number): void {
    let k = from;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      const s = times[parent]!;
      const other = heap[parent]!;
      if (s < time || (s === time && before(other, event))) break;
      heap[k] = other;
      times[k] = s;
      place[other] = k;
      k = parent;
    }
    heap[k] = event;
    times[k] = time;
    place[event] = k;
  }

  function down(event: number, time: number, from: number): void {
    let k = from;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= size) break;
      let s = times[child]!;
      if (child + 1 < size) {
        const r = times[child + 1]!;
        if (r < s || (r === s && before(heap[child + 1]!, heap[child]!))) {
          child++;
          s = r;
        }
      }
      const other = heap[child]!;
      if (time < s || (time === s && before(event, other))) break;
      heap[k] = other;
      times[k] = s;
      place[other] = k;
      k = child;
    }
    heap[k] = event;
    times[k] = time;
    place[event] = k;
  }

  return {
    get size() {
      return size;
    },
    clear() {
      for (let k = 0; k < size; k++) place[heap[k]!] = -1;
      size = 0;
    },
    set(event, to) {
      const k = place[event]!;
      if (k < 0) up(event, to, size++);
      else if (to < times[k]!) up(event, to, k);
      else down(event, to, k);
    },
    remove(event) {
      const k = place[event]!;
      if (k < 0) return;
      place[event] = -1;
      const last = heap[--size]!;
      if (last === event) return;
      // The last event takes the place, and may have to go either way from there.
      const time = times[size]!;
      down(last, time, k);
      if (place[last] === k) up(last, time, k);
    },
    first: () => (size > 0 ? heap[0]! : -1),
  };
}
