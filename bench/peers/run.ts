// Peers on the same machine: runs a Python script of this folder in a virtual environment, bench/peers/.venv, or .venv-radcad for radCAD, which wants an old NumPy.
// Where WALRAS_INSTALL_PEERS is set, it is made from requirements.txt (requirements-radcad.txt) on first use and brought up to it when that file changes:
//
//   python3 -m venv --clear .venv
//   .venv/bin/python -m pip install --no-deps --ignore-requires-python -r requirements.txt
//
// --no-deps because requirements are complete and leave out the parts of torch that only a GPU needs;
// --ignore-requires-python because CleanRL on PyPI declares old versions of Python. pip asks whatever index this machine
// is configured for. Nothing here throws: a machine without Python gets a reason instead.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type PeerResult = { ok: true; result: unknown } | { ok: false; reason: string };

/** A virtual environment, and what is installed into it. */
interface Environment {
  readonly folder: string;
  readonly requirements: string;
  /** Newest first. */
  readonly pythons: readonly string[];
  readonly oldest: number;
  readonly newest: number;
  readonly cost: string;
  /** What went wrong when it was made, or null; undefined before. */
  problem?: Promise<string | null> | undefined;
}

const PYTHONS = ["python3.14", "python3.13", "python3.12", "python3", "python3.11", "python"];
// torch wants 3.11.
const LEARNING: Environment = {
  folder: ".venv",
  requirements: "requirements.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: Infinity,
  cost: "about 3 GB to download on Linux, 5 GB on disk",
};
// radCAD wants NumPy below 1.26.4, which has no wheels for 3.13.
const RADCAD: Environment = {
  folder: ".venv-radcad",
  requirements: "requirements-radcad.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: 12,
  cost: "about 30 MB to download, 150 MB on disk",
};
// numba asks for older releases of NumPy than the others have.
const MACRO: Environment = {
  folder: ".venv-macro",
  requirements: "requirements-macro.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: 13,
  cost: "about 250 MB to download, 1 GB on disk",
};
const NETWORKS: Environment = {
  folder: ".venv-networks",
  requirements: "requirements-networks.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: Infinity,
  cost: "about 70 MB to download, 250 MB on disk",
};
const QUANTUM: Environment = {
  folder: ".venv-quantum",
  requirements: "requirements-quantum.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: Infinity,
  cost: "about 70 MB to download, 250 MB on disk",
};
// Current Mesa wants 3.12.
const MODELS: Environment = {
  folder: ".venv-models",
  requirements: "requirements-models.txt",
  pythons: PYTHONS,
  oldest: 12,
  newest: Infinity,
  cost: "about 200 MB to download, 700 MB on disk",
};
const RISK: Environment = {
  folder: ".venv-risk",
  requirements: "requirements-risk.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: Infinity,
  cost: "about 60 MB to download, 200 MB on disk",
};
const INFERENCE: Environment = {
  folder: ".venv-inference",
  requirements: "requirements-inference.txt",
  pythons: PYTHONS,
  oldest: 11,
  newest: Infinity,
  cost: "about 120 MB to download, 500 MB on disk",
};
const SCRIPTS = {
  mesa_money: MODELS,
  mesa_models: MODELS,
  mesa_frames_money: MODELS,
  torch_train_step: LEARNING,
  control: LEARNING,
  numpy_tax: LEARNING,
  radcad_markets: RADCAD,
  macro: MACRO,
  igraph_networks: NETWORKS,
  risk_cases: RISK,
  inference_cases: INFERENCE,
  qiskit_circuits: QUANTUM,
} as const;

/** Runs a peer script in its environment (made on first use, progress on stderr) and returns its JSON, or the reason why Python, the packages or the script failed. */
export async function peer(name: keyof typeof SCRIPTS, args: readonly string[]): Promise<PeerResult> {
  const environment = SCRIPTS[name];
  environment.problem ??= prepare(environment);
  const problem = await environment.problem;
  if (problem !== null) {
    environment.problem = undefined; // a later call may find the network back
    return { ok: false, reason: problem };
  }
  return answer(`${name}.py`, await finished(pythonOf(environment), [join(HERE, `${name}.py`), ...args]));
}

/** Runs the Rust program in krabmaga/, built on first use where WALRAS_INSTALL_PEERS is set, and returns its JSON, or the reason why cargo, the build or the program failed. */
export async function krabmaga(args: readonly string[]): Promise<PeerResult> {
  const folder = join(HERE, "krabmaga");
  if (process.env["WALRAS_INSTALL_PEERS"]) {
    const build = ["build", "--release", "--locked", "--manifest-path", join(folder, "Cargo.toml")];
    const { code, stderr } = await finished("cargo", build, "show progress");
    if (code !== 0) return { ok: false, reason: `cargo could not build bench/peers/krabmaga: ${lastLine(stderr)}` };
  }
  const program = join(folder, "target", "release", "walras-peer-krabmaga");
  const ran = await finished(program, args);
  if (typeof ran.code === "string" && ran.code.includes("ENOENT"))
    return { ok: false, reason: "krABMaga is not built; add --install-peers to build it with cargo, 600 MB on disk." };
  return answer("walras-peer-krabmaga", ran);
}

function answer(name: string, { code, stdout, stderr }: Finished): PeerResult {
  if (code !== 0) return { ok: false, reason: `${name} ended with ${code}: ${lastLine(stderr)}` };
  try {
    return { ok: true, result: JSON.parse(lastLine(stdout)) };
  } catch {
    return { ok: false, reason: `${name} printed "${lastLine(stdout)}", expected a line of JSON.` };
  }
}

const HERE = import.meta.dirname;
const pythonOf = ({ folder }: Environment): string =>
  process.platform === "win32" ? join(HERE, folder, "Scripts", "python.exe") : join(HERE, folder, "bin", "python");

/** Makes the virtual environment unless it is there; returns what went wrong, or null. */
async function prepare(environment: Environment): Promise<string | null> {
  const { requirements, cost, oldest, newest } = environment;
  const [folder, file, inside] = [join(HERE, environment.folder), join(HERE, requirements), pythonOf(environment)];
  const marker = join(folder, "requirements.sha256"); // written last: a half-made environment has none
  const wanted = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const runs = (await finished(inside, ["--version"])).code === 0;
  const made = await readFile(marker, "utf8").catch(() => "none");
  if (runs && made === wanted) return null;
  if (!process.env["WALRAS_INSTALL_PEERS"])
    return `Peers in Python are ${runs ? `older than ${requirements}` : "not installed"}; add --install-peers to have them, ${cost}.`;

  if (!runs) {
    const { python, rejected } = await findPython(environment);
    if (python === undefined) {
      const found = rejected.length > 0 ? ` (found ${rejected.join(", ")})` : "";
      const range = newest < Infinity ? `from 3.${oldest} to 3.${newest}` : `of at least 3.${oldest}`;
      return `No python3 ${range} with its venv module on PATH${found}. Install one to run the peers.`;
    }
    process.stderr.write(`peers: making ${folder} with ${python}; ${cost}\n`);
    const venv = await finished(python, ["-m", "venv", "--clear", folder], "show progress");
    if (venv.code !== 0) return `${python} -m venv ended with ${venv.code}: ${lastLine(venv.stderr || venv.stdout)}`;
  }
  const install = ["-m", "pip", "install", "--no-deps", "--ignore-requires-python", "-r", file];
  const pip = await finished(inside, install, "show progress");
  if (pip.code !== 0) {
    const error = pip.stderr.split("\n").findLast((line) => line.startsWith("ERROR:")) ?? lastLine(pip.stderr);
    return `pip could not install bench/peers/${requirements}: ${error}`;
  }
  await writeFile(marker, wanted);
  return null;
}

/** The first interpreter on PATH that runs, is of a version that will do and can make environments; a name on PATH may be a shim that cannot run. */
async function findPython({ pythons, oldest, newest }: Environment): Promise<{ python?: string; rejected: string[] }> {
  const rejected: string[] = [];
  for (const python of pythons) {
    const probe = await finished(python, ["-c", "import sys; print(*sys.version_info[:2]); import venv, ensurepip"]);
    const [major, minor] = probe.stdout.trim().split(" ").map(Number);
    if (probe.code === 0 && major === 3 && minor >= oldest && minor <= newest) return { python, rejected };
    if (major > 0) rejected.push(`${python} ${major}.${minor}${probe.code === 0 ? "" : " without venv"}`);
  }
  return { rejected };
}

interface Finished {
  code: number | string; // exit status, signal or, where nothing could be started, the system's word for it
  stdout: string;
  stderr: string;
}

function finished(command: string, args: readonly string[], progress?: "show progress"): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (progress) process.stderr.write(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (progress) process.stderr.write(chunk);
    });
    child.on("error", (error) => resolve({ code: error.message, stdout, stderr }));
    child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", stdout, stderr }));
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
