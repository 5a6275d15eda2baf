// A run on onnxruntime: learners learn on it, threads and interruptions change nothing, and without the library the kernels serve.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { actorCritic, dqn, impala, mappo, naf, ppo, qLearning, qmix, repeatedQ, sac } from "../src/algorithms/index.ts";
import { onnxAvailable, onnxBackend } from "../src/nn/backends/onnx.ts";
import { bandit, regulator, trainOn, twoStep } from "./tiny-economies.ts";

const root = join(import.meta.dirname, "..");
const tiny = join(root, "test/fixtures/tiny.ts");
const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-backends-")));
afterAll(() => rmSync(place, { recursive: true }));

const walras = (args: readonly string[], { hidden = false } = {}) => {
  const preload = hidden ? ["--require", join(root, "test/fixtures/without-onnxruntime.cjs")] : [];
  const command = [...preload, join(root, "src/cli/main.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: place,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
};
const manifest = (directory: string) => JSON.parse(readFileSync(join(place, directory, "run.json"), "utf8"));
const hash = (directory: string): string => manifest(directory).hash;

const available = onnxAvailable();
const why = available.ok ? "" : ` [skipped: ${available.reason}]`;

describe.skipIf(!available.ok)(`learners on onnxruntime${why}`, () => {
  const backend = available.ok ? onnxBackend() : (undefined as never);

  test("PPO and DQN find the best arm of a bandit, and go other ways than on the kernels only in the last digits", () => {
    const runs = [
      [ppo, { config: { gamma: 0, numSteps: 16, learningRate: 3e-3, hiddenWidth: 16 }, totalSteps: 1600 }],
      [
        dqn,
        {
          config: { gamma: 0, hiddenLayers: 1, epsilonEnd: 0.3, finalLearningRate: 1e-4, batchSize: 64 },
          totalSteps: 1500,
        },
      ],
    ] as const;
    for (const [algorithm, training] of runs) {
      const onnx = trainOn(algorithm as typeof ppo, bandit, {
        ...(training as object),
        totalSteps: training.totalSteps,
        backend,
      });
      expect([...(onnx.player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([2, 2, 2, 2]);
      const wasm = trainOn(algorithm as typeof ppo, bandit, {
        ...(training as object),
        totalSteps: training.totalSteps,
      });
      const theta = ({ updates }: typeof wasm) => [...(updates[0].arrays["gamblers/theta"] as Float32Array)];
      const apart = Math.max(...theta(onnx).map((x, i) => Math.abs(x - theta(wasm)[i])));
      expect(apart).toBeLessThan(1e-3);
      expect(theta(onnx)).not.toEqual(theta(wasm)); // it was another backend
    }
  });

  test("SAC and QMIX go the kernels' way but for the last digits", () => {
    const small = { hiddenWidth: 8, batchSize: 16, learningStarts: 20, updates: 1 };
    for (const [algorithm, economy, name] of [
      [sac, regulator, "stewards"],
      [qmix, twoStep, "team"],
    ] as const) {
      const theta = (backend?: ReturnType<typeof onnxBackend>): Float32Array => {
        const options = { config: small, totalSteps: 60, ...(backend && { backend }) };
        const { arrays } = trainOn(algorithm as typeof sac, economy, options).last;
        const key = Object.keys(arrays).find((array) => array.endsWith("theta"));
        return arrays[key ?? name] as Float32Array;
      };
      const [ours, theirs] = [theta(), theta(backend)];
      expect(Math.max(...ours.map((x, i) => Math.abs(x - theirs[i])))).toBeLessThan(1e-3);
      expect(theirs).not.toEqual(ours);
    }
  });

  test("a resumed training equals one that was never stopped, bit for bit", () => {
    const options = { config: { numSteps: 16, hiddenWidth: 8, updates: 4 }, totalSteps: 256, backend };
    const whole = trainOn(ppo, bandit, options);
    const rest = trainOn(ppo, bandit, { ...options, from: whole.updates[1] });
    expect(rest.last.arrays).toEqual(whole.last.arrays);
  });

  test("the command line: the backend is part of the run, of its name and of its report; threads and resuming keep it", () => {
    const one = walras(["run", tiny, "--backend", "onnx", "--out", "one"]);
    expect([one.status, one.stderr]).toEqual([0, expect.not.stringContaining("instead")]);
    expect(manifest("one").config.backend).toBe("onnx");
    expect(readFileSync(join(place, "one/report.html"), "utf8")).toContain("<span>--backend</span> <span>onnx</span>");
    walras(["run", tiny, "--out", "kernels"]);
    expect(manifest("kernels").config.backend).toBe("wasm");
    expect(hash("kernels")).not.toBe(hash("one"));
    walras(["run", tiny, "--backend", "onnx", "--threads", "2", "--out", "two"]);
    expect(hash("two")).toBe(hash("one"));
    walras(["run", tiny, "--backend", "onnx", "--until", "40", "--out", "stopped"]);
    expect(walras(["resume", "stopped", "--trust"]).status).toBe(0);
    expect(hash("stopped")).toBe(hash("one"));
    walras(["run", tiny, "--backend", "onnx", "--until", "40", "--out", "cut"]);
    const answer = walras(["resume", "cut", "--trust"], { hidden: true }); // not on other arithmetic than it was begun with
    expect([answer.status, answer.stderr]).toEqual([
      1,
      "walras: cut was computed with onnx, and the rest would not be what it would have been. onnxruntime-node is not installed. Run npm install --include=optional.\n",
    ]);
  });
});

test("without the library, one line says so and the kernels serve", () => {
  const answer = walras(["run", tiny, "--backend", "onnx", "--out", "without", "--json"], { hidden: true });
  expect([answer.status, answer.stderr]).toEqual([
    0,
    `walras: ${tiny} runs with --backend wasm instead of onnx: onnxruntime-node is not installed. Run npm install --include=optional.\n`,
  ]);
  expect(manifest("without").config.backend).toBe("wasm");
});

test("where there is no network to compute, one line says so", () => {
  expect(walras(["run", "money-exchange", "--set", "agents=10", "--backend", "onnx", "--json"]).stderr).toBe(
    "walras: money-exchange runs with --backend wasm instead of onnx: nobody learns in it.\n",
  );
  for (const algorithm of [qLearning, repeatedQ]) expect("backends" in algorithm).toBe(false);
  for (const algorithm of [ppo, mappo, dqn, sac, naf, qmix, impala, actorCritic])
    expect(algorithm.backends).toEqual(["wasm", "onnx"]);
});

test("an unknown backend names those that there are", () => {
  const { status, stderr } = walras(["run", tiny, "--backend", "cuda"]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/cuda.*wasm, onnx/);
});
