// Agents who decide one at a time, each at an event of its own, by hand.
import { expect, test } from "vitest";
import { callers } from "../../test/callers.ts";
import { checkEconomy } from "../economy/check.ts";
import { decisionsOf } from "../economy/decisions.ts";
import {
  choice,
  createSimulation,
  defineEconomy,
  type Economy,
  eventTime,
  f64,
  grid,
  population,
} from "../economy/index.ts";
import { makeVectorEnv, type VectorEnv } from "./vector-env.ts";

const started = (economy: Economy, numEnvs = 1, params = {}, seed = 1): VectorEnv => {
  const env = makeVectorEnv(economy, { numEnvs, params });
  env.reset(seed);
  return env;
};
const onTurn = (env: VectorEnv): string => env.decisionAt[env.position.cursor]!;

test("the world stops before an event that asks for a decision, and its row alone decides, knowing what is then", () => {
  const env = started(callers());
  expect(
    decisionsOf(env.economy).map(({ key, population, event, choices }) => [key, population, event, choices]),
  ).toEqual([
    ["boss", "boss", null, ["mood"]],
    ["call", "callers", "call", ["answer"]],
    ["chat", "callers", "chat", ["tone"]],
  ]);
  for (const { actions } of Object.values(env.batch)) actions.fill(2); // 1 of 0 … 1
  const seen: unknown[] = [];
  for (let step = 0; step < 16; step++) {
    const key = onTurn(env);
    const { acting, truncated, rewards, obs } = env.batch[key];
    const F = env.spec[key].features.length;
    for (const other in env.batch) if (other !== key) expect(env.batch[other].acting.includes(1)).toBe(false);
    const i = acting.indexOf(1);
    expect(acting.filter((x) => x).length).toBe(1);
    seen.push([
      key,
      i,
      [...obs.subarray(i * F, (i + 1) * F)],
      [...truncated].join(""),
      [...rewards.subarray(i, i + 1)],
    ]);
    env.step();
  }
  // Calls pay 11, chats 1, periods 100.
  expect(seen).toEqual([
    ["boss", 0, [0], "0", [0]],
    ["call", 0, [0, 0], "00", [0]], // at ¼
    ["call", 1, [0, 0], "00", [0]], // at ½
    ["call", 0, [1, 1], "00", [11]], // at ¾, after the bell
    ["chat", 0, [22], "00", [0]], // at ¾ too, and declared later
    // Caller 1's chat is due at 1.
    ["boss", 0, [1], "0", [11 + 11 + 1 + 100 + 1]],
    ["chat", 1, [0], "00", [0]], // at 1
    ["call", 0, [1, 0], "00", [11 + 1 + 100]], // at 1 ¼
    ["call", 1, [1, 0], "00", [11 + 100 + 1]], // at 1 ¼, by row
    ["call", 0, [2, 1], "00", [11]], // at 1 ¾
    ["chat", 0, [22], "00", [1 + 100 + 11 + 11]],
    // Caller 1's chat is due at 1 ¾ too.
    ["chat", 1, [12], "00", [1 + 11]],
    ["boss", 0, [0], "1", [11 + 11 + 1 + 100 + 1]],
    ["call", 0, [0, 0], "11", [11 + 1 + 100]], // the next episode; what the last one's calls earned
    ["call", 1, [0, 0], "00", [0]], // what came of its last one has been told
    ["call", 0, [1, 1], "00", [11]],
  ]);
});

test("all that is told adds up to the rewards of the periods since an agent's first decision", () => {
  const env = started(callers(), 3, { noise: 0.4, horizon: 5 }, 7);
  const { acting, truncated, rewards } = env.batch["call"];
  const columns = env.simulation.columns["callers.pay"] as Float64Array;
  const sums = { told: new Float64Array(6), paid: new Float64Array(6) };
  env.onPeriod = (e) => {
    for (let i = 0; i < 2; i++) sums.paid[e * 2 + i] += columns[e * 2 + i];
  };
  const over = new Uint8Array(6);
  for (let step = 0; over.includes(0); step++) {
    for (const { actions } of Object.values(env.batch))
      for (let k = 0; k < actions.length; k++) actions[k] = (k + step) % 3;
    if (onTurn(env) === "call")
      for (let k = 0; k < 6; k++) {
        if (over[k] || !(acting[k] || truncated[k])) continue;
        sums.told[k] += rewards[k];
        over[k] = truncated[k];
        if (over[k]) expect(sums.told[k]).toBeCloseTo(sums.paid[k], 9); // five periods, before the next ones' are paid
      }
    env.step();
  }
});

test("worlds stop at instants of their own; those that have no event left wait for the others", () => {
  const env = started(callers(), 4, { noise: 1 }, 3);
  const periods: number[] = [];
  const differ = new Set<boolean>();
  for (let step = 0; step < 60; step++) {
    const key = onTurn(env);
    const N = env.spec[key].size;
    const { acting } = env.batch[key];
    for (let e = 0; e < 4; e++) expect(acting.subarray(e * N, (e + 1) * N).filter((x) => x).length).toBeLessThan(2);
    expect(acting.includes(1)).toBe(true);
    if (key === "call")
      differ.add([0, 1, 2, 3].some((e) => acting[e * N] !== acting[0] || acting[e * N + 1] !== acting[1]));
    periods.push(new Set(env.simulation.period).size);
    env.step();
  }
  expect(differ.has(true)).toBe(true);
  expect(new Set(periods)).toEqual(new Set([1]));
});

test("a world that stops for decisions goes through what it would have gone through with them known before", () => {
  const bare = createSimulation(callers(), { numWorlds: 1, seed: 4, params: { noise: 0.7, horizon: 100 } });
  bare.reset(0);
  const env = started(callers(), 1, { noise: 0.7, horizon: 100 }, 4);
  const fill = (of: typeof env.simulation) => {
    (of.columns["callers.answer"] as Float64Array).fill(0.5);
    (of.columns["callers.tone"] as Float64Array).fill(1);
    (of.columns["boss.mood"] as Float64Array).fill(0);
  };
  env.batch["call"].actions.fill(1);
  env.batch["chat"].actions.fill(2);
  env.batch["boss"].actions.fill(0);
  fill(env.simulation); // before the first decision an action is as at reset
  const columns = (of: typeof env.simulation) =>
    Object.entries(of.columns)
      .filter(([name]) => !/^(period|tick)$/.test(name))
      .map(([name, x]) => [name, [...x]]);
  let compared = 0;
  env.onPeriod = () => {
    fill(bare);
    for (let index = 0; index < bare.phases.length; index++) bare.runPhase(index, 0);
    expect(columns(env.simulation)).toEqual(columns(bare));
    bare.endPeriod(0);
    compared++;
  };
  while (compared < 20) env.step();
});

test("continued from a position amid a period's events, everything goes on as it would have", () => {
  const params = { noise: 0.3, horizon: 4, callers: 3 };
  const whole = started(callers(), 2, params);
  const trace = (env: VectorEnv, steps: number): unknown[] =>
    Array.from({ length: steps }, (_, step) => {
      for (const { actions } of Object.values(env.batch)) actions.fill(step % 3);
      env.step();
      return [env.position, ...Object.entries(env.state).map(([name, x]) => [name, [...(x as Float64Array)]])];
    });
  trace(whole, 21);
  const position = whole.position;
  const kept = Object.entries(whole.state).map(([name, x]) => [name, (x as Float64Array).slice()] as const);
  expect([...(whole.simulation.columns["day/event"] as Int32Array)].some((x) => x > 0)).toBe(true);
  const continued = makeVectorEnv(callers(), { numEnvs: 2, params });
  for (const [name, x] of kept) (continued.state[name] as Float64Array).set(x);
  continued.resume(1, position);
  const gone = trace(whole, 40);
  expect(trace(continued, 40)).toEqual(gone);
  // The same, put back into worlds that stand elsewhere.
  for (const [name, x] of kept) (whole.state[name] as Float64Array).set(x);
  whole.resume(1, position);
  expect(trace(whole, 40)).toEqual(gone);
});

test("begun anew amid a period's events, nothing is left of them", () => {
  const env = started(callers(), 1, { noise: 0.3 });
  const first = [...env.batch["boss"].obs];
  env.step();
  env.step();
  env.reset(1);
  expect([onTurn(env), [...env.batch["boss"].obs]]).toEqual(["boss", first]);
  expect([...(env.simulation.columns["day/event"] as Int32Array)]).toEqual([0]);
  const other = started(callers(), 1, { noise: 0.3 });
  for (let k = 0; k < 9; k++) {
    env.step();
    other.step();
    expect([...env.batch["call"].obs]).toEqual([...other.batch["call"].obs]);
  }
});

test("rows whose flag is 0 are passed over, and keep their action", () => {
  const env = started(callers(), 1);
  (env.simulation.columns["callers.open"] as Int32Array)[1] = 0;
  env.batch["call"].actions.fill(2);
  const asked = new Set<number>();
  for (let step = 0; step < 6; step++) {
    if (onTurn(env) === "call") asked.add(env.batch["call"].acting.indexOf(1));
    env.step();
  }
  expect([...asked]).toEqual([0]);
  expect([...(env.simulation.columns["callers.answer"] as Float64Array)]).toEqual([1, 0]);
});

test("decisions that never end are stopped where the period's events are counted, however often the world has stopped", () => {
  const economy = defineEconomy({
    name: "eager",
    source: "test",
    summary: "One question after the other, at once.",
    params: {},
    horizon: 9,
    populations: {
      clerks: population({ size: 1, state: { due: eventTime(), pay: f64() }, actions: { answer: grid(0, 1, 2) } }),
    },
    start: ({ world }) => ({ begin: world({ doc: "" }, (w) => void (w.clerks.due[0] = 0)) }),
    phases: ({ events }) => ({
      ask: events(
        1,
        { doc: "", limit: 100 },
        {
          question: {
            doc: "",
            of: "clerks",
            at: "due",
            decide: { choices: ["answer"] },
            run: (_w, _p, i, time, _draw, schedule) => schedule.question(i, time),
          },
        },
      ),
    }),
    observe: { clerks: { pay: { column: "pay", doc: "" } } },
    reward: { clerks: { column: "pay", doc: "" } },
  }) as Economy;
  const env = started(economy);
  for (let n = 0; n < 99; n++) env.step();
  expect(() => env.step()).toThrow(
    'Phase "ask" failed: more than 100 events from 0 on, the next one event "question", clerks.due[0] at 0; if they are not endless, raise `limit` or shorten the period (economy eager, world 0, period 0).',
  );
});

test("events within a variant ask for no decision", () => {
  expect(() =>
    defineEconomy({
      name: "either",
      source: "test",
      summary: "",
      params: { kind: choice("a", ["a", "b"]) },
      horizon: 1,
      populations: {
        clerks: population({ size: 1, state: { due: eventTime(), pay: f64() }, actions: { answer: grid(0, 1, 2) } }),
      },
      phases: ({ events, variant, world }) => ({
        ask: variant("kind", {
          a: events(1, { doc: "" }, { question: { doc: "", of: "clerks", at: "due", decide: {}, run() {} } }),
          b: world({ doc: "" }, () => {}),
        }),
      }),
    }),
  ).toThrow('phase "ask/a" has decisions at event "question"; leave such events outside a variant.');
});

test("links and scalars have no row that decides, and a decision names what there is", () => {
  const refused = (decide: object, of: object = { of: "clerks", at: "due" }) =>
    expect(() =>
      defineEconomy({
        name: "office",
        source: "test",
        summary: "",
        params: {},
        horizon: 1,
        world: { bell: eventTime() },
        populations: {
          clerks: population({ size: 1, state: { due: eventTime(), pay: f64() }, actions: { answer: grid(0, 1, 2) } }),
        },
        phases: ({ events }) => ({
          day: events(1, { doc: "" }, { ask: { doc: "", ...of, decide, run() {} } } as never),
        }),
      }),
    );
  refused({}, { world: "bell" }).toThrow('what decides at event "ask" of phase "day" names ""');
  refused({ who: "awake" }).toThrow('who decides at event "ask" of phase "day" names "awake"');
  refused({ choices: ["anser"] }).toThrow(
    'the choices of event "ask" of phase "day" names "anser". Did you mean "answer"?',
  );
  refused({ observe: { x: { column: "x", doc: "" } } }).toThrow('observe of event "ask".x names "x"');
  refused({ every: 2 }).toThrow('"every"');
});

test("check plays them with random actions", () => {
  for (const { name, pass, detail } of checkEconomy(callers(), { periods: 20 })) {
    if (name === "everything declared is documented") continue;
    expect([name, pass, detail]).toEqual([name, true, detail]);
  }
});
