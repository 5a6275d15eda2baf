// An indexed binary heap: times of numbered events, the earliest first; of equal times the smaller number, or whichever `before` says.
//
// n events; children of place k are at 2k + 1 and 2k + 2
//   heap   [n]   events in heap order
//   place  [n]   where each event is in the heap; −1: it is not
//   time   [n]   of each event that is in the heap

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
  const place = new Int32Array(n).fill(-1);
  const time = new Float64Array(n);
  let size = 0;

  function up(event: number, k: number): void {
    const t = time[event]!;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      const other = heap[parent]!;
      const s = time[other]!;
      if (s < t || (s === t && before(other, event))) break;
      heap[k] = other;
      place[other] = k;
      k = parent;
    }
    heap[k] = event;
    place[event] = k;
  }

  function down(event: number, k: number): void {
    const t = time[event]!;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= size) break;
      let other = heap[child]!;
      let s = time[other]!;
      if (child + 1 < size) {
        const right = heap[child + 1]!;
        const r = time[right]!;
        if (r < s || (r === s && before(right, other))) {
          child++;
          other = right;
          s = r;
        }
      }
      if (t < s || (t === s && before(event, other))) break;
      heap[k] = other;
      place[other] = k;
      k = child;
    }
    heap[k] = event;
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
      const from = time[event]!;
      time[event] = to;
      if (k < 0) up(event, size++);
      else if (to < from) up(event, k);
      else down(event, k);
    },
    remove(event) {
      const k = place[event]!;
      if (k < 0) return;
      place[event] = -1;
      const last = heap[--size]!;
      if (last === event) return;
      // The last event takes the place, and may have to go either way from there.
      down(last, k);
      if (place[last] === k) up(last, k);
    },
    first: () => (size > 0 ? heap[0]! : -1),
  };
}
