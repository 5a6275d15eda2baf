import { existsSync } from "node:fs";
import { Command } from "commander";
import { closest } from "../economy/index.ts";
import { type CommonOptions, print, printJson, shown, table } from "./common.ts";

/** What a suite in bench/ returns; see bench/report.ts there. */
interface BenchReport {
  readonly suite: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly load: number;
    readonly noisy: boolean;
  };
  readonly rows: readonly {
    readonly workload: string;
    readonly implementation: string;
    readonly median: number;
    readonly unit: string;
    readonly ratio: number | null;
    readonly against: string | null;
  }[];
  readonly notes: readonly string[];
}

const suites = {
  kernels: "matrix products against plain JavaScript",
  train: "whole training steps on either backend against PyTorch",
  peers: "PPO end to end against CleanRL and Stable-Baselines3",
  agents: "money exchange against Mesa, one thread and two",
  models: "Schelling, an epidemic and money exchange against Mesa, mesa-frames and krABMaga",
  links: "a period over a network against a plain loop, one thread and two",
  partitions: "rows that migrate between two threads by measured load, and hashes while they do",
  scale: "a day of the token economy with 10³ to 10⁷ traders, one thread and two, beside a paper's table",
  events: "events in continuous time against a plain loop with a heap",
  tax: "periods of the tax economy against NumPy and against what TaxAI publishes",
  markets: "a bonding curve and a constant-product pool against radCAD",
  collusion: "Q-learning in a repeated pricing game against plain JavaScript and against the vectorised environment",
  dimensions: "growth with 1, 2, 4 and 8 kinds of capital: tabular Q, DQN, SAC, PPO and Euler residuals, with a figure",
  networks: "networks of 10⁷ links made, read and measured, beside igraph and networkx",
  quantum: "circuits of 16 to 20 qubits beside Qiskit's Aer",
  macro: "Aiyagari and Krusell–Smith solved beside sequence-jacobian and HARK",
  risk: "clearing and DebtRank of 10⁵ banks beside NumPy and SciPy, and a linear programme",
} as const;

export const benchVerb = (): Command =>
  new Command("bench")
    .description("same-work benchmarks; ratios are against the other implementation in the same run")
    .argument(
      "<suite>",
      Object.entries(suites)
        .map(([name, what]) => `${name}: ${what}`)
        .join("; "),
    )
    .option(
      "--install-peers",
      "install peers in Python that are missing, into bench/peers: about 5 GB, or 150 MB for radCAD alone",
    )
    .option("--json", "print one JSON document")
    .action(async (suite: string, { json, installPeers }: CommonOptions & { installPeers?: boolean }) => {
      if (!Object.hasOwn(suites, suite))
        throw new Error(
          `Unknown bench suite "${suite}".${closest(suite, Object.keys(suites))} Known: ${Object.keys(suites).join(", ")}.`,
        );
      const url = new URL(`../../bench/${suite}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
      if (!existsSync(url))
        throw new Error(
          `The bench "${suite}" is not part of this installation; run it from a clone of the repository.`,
        );
      if (installPeers) process.env["WALRAS_INSTALL_PEERS"] = "1"; // bench/peers/run.ts asks for it
      const { bench }: { bench: () => Promise<BenchReport> } = await import(url.href);
      const report = await bench();
      if (json) return printJson(report);
      const { machine, rows, notes } = report;
      const cells = rows.map((row) => [
        row.workload,
        row.implementation,
        shown(row.median),
        row.unit,
        row.ratio === null ? "–" : `${shown(Number(row.ratio.toPrecision(3)))}×`,
        row.against ?? "",
      ]);
      print(
        `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.toFixed(1)}${machine.noisy ? " (busy: trust ratios, not times)" : ""}\n`,
      );
      print(table(["workload", "implementation", "median", "unit", "faster", "than"], cells));
      for (const note of notes) print(`\n${note}`);
    });
