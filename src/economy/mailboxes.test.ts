// Bounded mailboxes: which messages are dropped, who is said to have flooded whom, and the same bits wherever senders are cut.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, index } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { batchedDue, messages } from "./messages.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";

const doc = "what happens";

/** Traders i = 0 … 5 send i orders an hour to markets 0 and 1 in turns, due at the next even hour. */
const exchangeOf = (bound: object) =>
  defineEconomy({
    name: "flooded",
    source: "test",
    summary: "Traders send more orders than markets take.",
    params: { holds: param(4, { min: 1, integer: true, doc }) },
    horizon: 20,
    populations: {
      traders: population({ size: 6, state: { sent: f64({ doc }) } }),
      markets: population({
        size: 2,
        state: { filled: f64({ doc }), lost: f64({ doc }), worst: index("traders"), answered: f64({ doc }) },
      }),
    },
    links: { orders: messages("traders", { to: "markets", capacity: 20, state: { amount: f64({ doc }) }, ...bound }) },
    phases: ({ send, events }) => ({
      order: send("orders", { doc }, (k, from, to, w, _p, _draw, post, content) => {
        for (let i = from; i < to; i++)
          for (let n = 0; n < i; n++) {
            content.amount[post(i, (i + n) % 2, batchedDue(w.period + 0.5, 0, { threshold: 0.5, every: 2 }))] = 1;
            k.sent[i]++;
          }
      }),
      fill: events(
        1,
        { doc },
        {
          fill: {
            doc,
            of: "orders",
            at: "due",
            run: ({ markets, orders }, _p, l) => {
              markets.filled[orders.target[l]] += orders.amount[l];
            },
          },
        },
      ),
    }),
    metrics: { filled: { unit: "orders", doc, of: ({ markets }) => markets.filled[0] + markets.filled[1] } },
  });
const bounded = exchangeOf({ mailbox: "holds", lost: "lost", flooder: "worst" });

test("a full mailbox drops and counts messages in the order of senders, and says who sent most", () => {
  const simulation = fresh(createSimulation(bounded), 1);
  const column = (name: string) => [...simulation.columns[name]];
  const received: number[][] = [[], []];
  for (let i = 0; i < 6; i++) for (let n = 0; n < i; n++) received[(i + n) % 2].push(i);
  expect(column("orders.source").slice(0, 8)).toEqual([...received[0].slice(0, 4), ...received[1].slice(0, 4)].sort());
  expect(column("markets.lost")).toEqual(received.map((all) => all.length - 4));
  const most = received.map((all) => [0, 1, 2, 3, 4, 5].sort((a, b) => count(all, b) - count(all, a) || a - b)[0]);
  expect(column("markets.worst")).toEqual(most);
  expect(column("orders.size")).toEqual([8]);
  expect(column("markets.filled")).toEqual([0, 0]);
  goOn(simulation, 1); // still in flight: due at 2
  expect(column("markets.lost")).toEqual(received.map((all) => 2 * all.length - 4));
  goOn(simulation, 1); // period 2 begins with what the mailboxes hold, and sends before it delivers
  expect(column("markets.filled")).toEqual([4, 4]);
  expect(column("markets.lost")).toEqual(received.map((all) => 3 * all.length - 4));
  goOn(simulation, 1);
  expect(column("orders.size")).toEqual([8]); // emptied, and filled again
});
const count = (all: readonly number[], i: number): number => all.filter((j) => j === i).length;

test("without a count of what is lost, a full mailbox is an error that says who flooded whom", () => {
  const refusing = exchangeOf({ mailbox: 3 });
  expect(() => fresh(createSimulation(refusing), 1)).toThrow(
    'phase "order" sends orders from row 3 to row 1, whose mailbox of 3 is full: 1 from row 1, 1 from row 2, 1 from row 3. Raise mailbox',
  );
  const roomy = fresh(createSimulation(exchangeOf({})), 1);
  expect([...roomy.columns["orders.size"]]).toEqual([15]);
});

test("an event that sends to a full mailbox is told so", () => {
  const answers: number[] = [];
  const economy = defineEconomy({
    name: "answers",
    source: "test",
    summary: "Two people write to each other.",
    params: {},
    horizon: 4,
    populations: { people: population({ size: 2, state: { lost: f64({ doc }) } }) },
    links: { letters: messages("people", { capacity: 9, mailbox: 2, lost: "lost" }) },
    phases: ({ send, events }) => ({
      write: send("letters", { doc }, (_k, from, to, w, _p, _draw, post) => {
        for (let i = from; i < to; i++) if (i === 0 && w.period === 0) post(0, 1, 0.25);
      }),
      read: events(
        1,
        { doc },
        {
          read: {
            doc,
            of: "letters",
            at: "due",
            run: ({ letters }, _p, l, time, _draw, _schedule, send) => {
              const again = letters.target[l] === 1 ? [0.125, 0.25, 0.375] : [1]; // after it is read
              for (const later of again) answers.push(send.letters(1, 0, time + later));
            },
          },
        },
      ),
    }),
  });
  const simulation = fresh(createSimulation(economy), 1);
  // Of three the third is dropped; while the first is read it fills the mailbox with the second, and has left it when that is read.
  expect(answers.map((row) => row >= 0)).toEqual([true, true, false, false, true]);
  expect([...simulation.columns["people.lost"]]).toEqual([2, 0]);
  expect([...simulation.columns["letters.size"]]).toEqual([1]);
});

test("bounded mailboxes keep the contract: any cut, stopped and continued, the same bits", () => {
  expect(checkEconomy(bounded, { periods: 7 }).filter(({ pass }) => !pass)).toEqual([]);
  expect(describeEconomy(bounded)).toContain(
    "A row of markets has at most (parameter holds) waiting; one more is dropped and counted in lost, worst is the row that sent most.",
  );
});

test("what is urgent is due at once, and the rest with the next common batch", () => {
  const batch = { threshold: 0.75, every: 4 };
  expect([0.8, 0.75, 0].map((priority) => batchedDue(5.5, priority, batch))).toEqual([5.5, 8, 8]);
  expect(batchedDue(8, 0, batch)).toBe(8);
  expect(() => batchedDue(0, 0, { threshold: 0, every: 0 })).toThrow("every is 0, expected a time above 0");
});

test("bounds and columns of mailboxes that do not exist are refused", () => {
  expect(() => createSimulation(bounded, { params: { holds: 0 } })).toThrow("holds");
  expect(() => exchangeOf({ mailbox: "hold" })).toThrow("hold");
  expect(() => exchangeOf({ mailbox: 2, lost: "last" })).toThrow("last");
  expect(() => exchangeOf({ mailbox: 2, lost: "worst" })).toThrow("worst");
  expect(() => exchangeOf({ lost: "lost" })).toThrow('lost is "lost" without a mailbox');
  expect(() => exchangeOf({ mailbox: 2, flooder: "worst" })).toThrow('flooder is "worst" without lost');
});
