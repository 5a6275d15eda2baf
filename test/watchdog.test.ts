// Phases that do not end, as `walras check` and `walras run` meet them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
mkdirSync(join(root, "runs"), { recursive: true }); // ignored by git; `walras` is found from there as in a clone
const place = mkdtempSync(join(root, "runs", "watchdog-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const command = join(root, "bin/walras.js");

/** An economy whose one phase executes `body` with the world as `w`; or as `phases` says. `pause` waits on the phase's thread, which computes nothing and hears nothing meanwhile. */
function write(
  name: string,
  body: string,
  phases = `({ world }) => ({ spin: world({ doc: "goes round" }, (w) => { ${body} }) })`,
): string {
  writeFileSync(
    join(place, `${name}.ts`),
    `import { defineEconomy, eventTime, f64, population } from "walras";
const never = new Int32Array(new SharedArrayBuffer(4));
const pause = () => Atomics.wait(never, 0, 0, 20);
export default defineEconomy({
  name: "${name}",
  source: "none",
  summary: "A phase that does not end.",
  params: {},
  horizon: 10,
  populations: { people: population({ size: 3, state: { goods: f64({ unit: "goods" }), due: eventTime({ unit: "time" }) } }) },
  phases: ${phases},
});
`,
  );
  return `${name}.ts`;
}
/** Events that call for another one at the same instant, for ever. */
const EVENTFUL = `({ events }) => ({
  spin: events(1, { doc: "goes round", limit: 1e15 }, {
    again: {
      doc: "at once", of: "people", at: "due",
      run(w, _p, i, time, _draw, schedule) {
        if (w.period === 2) pause();
        schedule.again(i, w.period === 2 ? time : time + 1);
      },
    },
  }),
}),
  start: ({ world }) => ({ wind: world({ doc: "all at 0" }, (w) => { w.people.due.fill(0); }) })`;
const ENDLESS = "while (w.period === 2 && w.people.goods[0] < 1) w.people.goods[1] += 1;";
const WAITING = ENDLESS.replace("w.people", "pause() && w.people");

interface Checked {
  readonly pass: boolean;
  readonly checks: readonly { readonly name: string; readonly pass: boolean; readonly detail: string }[];
}
async function check(...args: string[]): Promise<Checked> {
  const child = spawn(process.execPath, [command, "check", ...args, "--json"], {
    cwd: place,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const [status] = await once(child, "close");
  expect(status).toBe(1);
  return JSON.parse(stdout);
}

test.each([
  ["endless", ENDLESS, ["--max-seconds", "4"], "did not end within 4.0 s, see --max-seconds"],
  [
    "hungry",
    "for (const all = []; w.period === 2; ) all.push(new Float64Array(1e6).fill(1));",
    ["--max-memory", "300"],
    "took more than 300 MiB, see --max-memory",
  ],
  [
    "greedy",
    "for (const all = []; w.period === 2; ) all.push([all.length, {}]);",
    ["--max-memory", "200"],
    "took more than 200 MiB, see --max-memory",
  ],
])("check stops at its limit and names the phase: %s", async (name, body, limits, why) => {
  const { pass, checks } = await check(write(name, body), ...limits);
  expect(pass).toBe(false);
  expect(checks.map((one) => one.pass)).toEqual([true, true, false]);
  expect(checks[2].name).toBe("phases survive random, unmasked actions and identities hold after each");
  expect(checks[2].detail).toBe(
    `${why}: phase "spin" of ${name} was running (world 0, period 2). Checks after this one were not made.`,
  );
});

// These and those below wait for most of their time, and do it together.
test.concurrent("events that never end are stopped, and the phase is named", async () => {
  const { checks } = await check(write("eventful", "", EVENTFUL), "--max-seconds", "15");
  expect(checks.at(-1)!.detail).toBe(
    'did not end within 15 s, see --max-seconds: phase "spin" of eventful was running (world 0, period 2). Checks after this one were not made.',
  );
});

test.concurrent("a theory that does not end is stopped, too", async () => {
  const file = write("theory", "w.people.goods[0] = 1;");
  const text = readFileSync(join(place, file), "utf8").replace("});\n", "  truth: () => { for (;;) pause(); },\n});\n");
  writeFileSync(join(place, file), text);
  const { checks } = await check(file, "--max-seconds", "15");
  expect(checks.at(-1)).toEqual({
    name: "theory is finite",
    pass: false,
    detail: "did not end within 15 s, see --max-seconds. Checks after this one were not made.",
  });
});

test.concurrent.each([
  ["a run on 1 thread", "endless-1", write("endless-1", WAITING), ["--threads", "1", "--set", "numEnvs=2"], "[01]"],
  ["a run on 2 threads", "endless-2", write("endless-2", WAITING), ["--threads", "2", "--set", "numEnvs=2"], "[01]"],
  ["a run with events", "events-run", write("events-run", "", EVENTFUL), [], "0"],
])("%s says which phase does not end, and SIGTERM ends it", async (_what, economy, file, options, world) => {
  const args = [command, "run", file, ...options, "--out", `out-${economy}`];
  const child = spawn(process.execPath, args, { cwd: place, stdio: ["ignore", "ignore", "pipe"] });
  const status = new Promise<number | null>((done) => child.on("exit", done));
  let said = "";
  const told = new Promise<void>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve();
    });
  });
  await Promise.race([told, status]);
  const phase = `phase "spin" of ${economy} \\(world ${world}, period 2\\)`;
  const running = `walras: ${phase} has been running for 10 s\\. Should it never end, Ctrl-C ends it\\.\n`;
  expect(said).toMatch(new RegExp(`^${running}`));
  child.kill("SIGTERM");
  expect(await status).toBe(143);
  expect(said).toMatch(new RegExp(`^(${running})+walras: ${phase} does not end, so the signal ends it\\.\n$`));
});
