// What the machine knows and a phase may not ask: chance, the clock, the environment. A phase that does gives other results tomorrow and elsewhere.
import { inPhase } from "./running.ts";

const ADVICE = {
  chance: 'a seed does not bring it back: use a draw of the phase, draw.uniform("label")',
  clock: "it differs from run to run: use w.period, or a column that counts",
  environment: "it differs between machines: use a parameter",
} as const;

const refuse = (what: string, kind: keyof typeof ADVICE): void => {
  if (inPhase()) throw new Error(`${what} is not for phases, since ${ADVICE[kind]}`);
};

/** Names that phases may not use, as they stand in a source text. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, what: string, kind: keyof typeof ADVICE])[] = [
  [/\bMath\s*\.\s*random\b/, "Math.random", "chance"],
  [/\bcrypto\s*\.\s*(?:getRandomValues|randomUUID)\b/, "crypto", "chance"],
  [/\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\w$\s(]))/, "Date", "clock"],
  [/\bperformance\s*\.\s*now\b/, "performance.now", "clock"],
  [/\bprocess\s*\.\s*env\b/, "process.env", "environment"],
];

/** What the text of a function asks of the machine, also where it is not reached; null if nothing is seen. */
export function forbiddenIn(f: (...args: never[]) => unknown): string | null {
  const text = Function.prototype.toString.call(f).replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "");
  for (const [pattern, what, kind] of FORBIDDEN)
    if (pattern.test(text)) return `${what} is not for phases, since ${ADVICE[kind]}`;
  return null;
}

let undo: (() => void) | null = null;

/**
 * From now on chance, clock and environment throw while a phase is running on this thread, and answer as ever otherwise. Returns what lifts the guards.
 * Before the economy's module is loaded, they reach functions that the module keeps for itself, too.
 */
export function sealPhases(): () => void {
  if (undo) return () => {}; // whoever sealed first lifts
  const restore: (() => void)[] = [];
  const replace = (owner: object, key: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(owner, key);
    Object.defineProperty(owner, key, {
      configurable: true,
      writable: true,
      enumerable: before?.enumerable ?? false,
      value,
    });
    restore.push(() => {
      if (before) Object.defineProperty(owner, key, before);
      else Reflect.deleteProperty(owner, key);
    });
  };
  const guard = (owner: object | undefined, key: string, what: string, kind: keyof typeof ADVICE): void => {
    const original = (owner as Record<string, unknown> | undefined)?.[key];
    if (owner === undefined || typeof original !== "function") return;
    replace(owner, key, function (this: unknown, ...args: unknown[]) {
      refuse(what, kind);
      return Reflect.apply(original, owner, args);
    });
  };
  guard(Math, "random", "Math.random", "chance");
  guard(globalThis.crypto, "getRandomValues", "crypto.getRandomValues", "chance");
  guard(globalThis.crypto, "randomUUID", "crypto.randomUUID", "chance");
  guard(globalThis.performance, "now", "performance.now", "clock");
  guard(Date, "now", "Date.now", "clock");
  const dates = new Proxy(Date, {
    apply(target, self, args) {
      refuse("Date()", "clock");
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      if (args.length === 0) refuse("new Date()", "clock");
      return Reflect.construct(target, args, newTarget);
    },
  });
  replace(globalThis, "Date", dates);
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  if (process?.env) {
    const get = (target: Record<string, string | undefined>, key: string | symbol): unknown => {
      refuse(`process.env.${String(key)}`, "environment");
      return Reflect.get(target, key);
    };
    replace(process, "env", new Proxy(process.env, { get }));
  }
  undo = () => {
    for (const back of restore.reverse()) back();
    undo = null;
  };
  return undo;
}
