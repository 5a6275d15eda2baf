// The heap against a list that is searched each time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEventQueue } from "./event-queue.ts";

const N = 12;
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("set" as const), event: fc.nat(N - 1), time: fc.nat(6) }),
    fc.record({ kind: fc.constant("remove" as const), event: fc.nat(N - 1), time: fc.constant(0) }),
    fc.record({ kind: fc.constant("take" as const), event: fc.constant(0), time: fc.constant(0) }),
    fc.record({ kind: fc.constant("clear" as const), event: fc.constant(0), time: fc.constant(0) }),
  ),
  { maxLength: 120 },
);

test.each([
  ["the smaller number", undefined],
  ["whom a rule says", (a: number, b: number) => (a * 5) % N < (b * 5) % N],
] as const)("the earliest event comes first, of equal times %s", (_, before = (a: number, b: number) => a < b) => {
  fc.assert(
    fc.property(steps, (list) => {
      const queue = createEventQueue(N, before);
      const times = new Map<number, number>();
      const earliest = (): number =>
        [...times].sort(([a, s], [b, t]) => s - t || (before(a, b) ? -1 : 1)).map(([event]) => event)[0] ?? -1;
      for (const { kind, event, time } of list) {
        if (kind === "set") {
          queue.set(event, time);
          times.set(event, time);
        } else if (kind === "clear") {
          queue.clear();
          times.clear();
        } else {
          const gone = kind === "take" ? queue.first() : event;
          if (gone >= 0) queue.remove(gone);
          times.delete(gone);
        }
        expect(queue.first()).toBe(earliest());
        expect(queue.size).toBe(times.size);
      }
      while (times.size > 0) {
        expect(queue.first()).toBe(earliest());
        times.delete(queue.first());
        queue.remove(queue.first());
      }
      expect(queue.first()).toBe(-1);
    }),
    { numRuns: 400, seed: 1 },
  );
});

test("events taken out of the middle leave the others in order", () => {
  const many = fc.array(fc.nat(1000), { minLength: 30, maxLength: 60 });
  fc.assert(
    fc.property(many, fc.array(fc.nat(59), { maxLength: 10 }), (times, gone) => {
      const queue = createEventQueue(times.length);
      times.forEach((time, event) => {
        queue.set(event, time);
      });
      for (const event of gone) if (event < times.length) queue.remove(event);
      const left = times.map((_, event) => event).filter((event) => !gone.includes(event));
      for (const event of left.sort((a, b) => times[a] - times[b] || a - b)) {
        expect(queue.first()).toBe(event);
        queue.remove(event);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
