// Peers on the same machine: runs a Python script of this folder in a virtual environment of its own, bench/peers/.venv.
// Where WALRAS_INSTALL_PEERS is set, it is made from requirements.txt on first use and brought up to it when that file changes:
//
//   python3 -m venv --clear .venv
//   .venv/bin/python -m pip install --no-deps --ignore-requires-python -r requirements.txt
//
// --no-deps because requirements.txt is complete and leaves out the parts of torch that only a GPU needs;
// --ignore-requires-python because CleanRL on PyPI declares old versions of Python. pip asks whatever index this machine
// is configured for. Nothing here throws: a machine without Python gets a reason instead.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type PeerResult = { ok: true; result: unknown } | { ok: false; reason: string };

/** Runs a peer script in bench/peers/.venv (made on first use, progress on stderr) and returns its JSON, or the reason why Python, the packages or the script failed. */
export async function peer(
  name: "mesa_money" | "torch_train_step" | "control" | "numpy_tax",
  args: readonly string[],
): Promise<PeerResult> {
  environment ??= prepareEnvironment();
  const problem = await environment;
  if (problem !== null) {
    environment = undefined; // a later call may find the network back
    return { ok: false, reason: problem };
  }
  const script = await finished(VENV_PYTHON, [join(HERE, `${name}.py`), ...args]);
  if (script.code !== 0)
    return { ok: false, reason: `${name}.py ended with ${script.code}: ${lastLine(script.stderr)}` };
  try {
    return { ok: true, result: JSON.parse(lastLine(script.stdout)) };
  } catch {
    return { ok: false, reason: `${name}.py printed "${lastLine(script.stdout)}", expected a line of JSON.` };
  }
}

const HERE = import.meta.dirname;
const VENV = join(HERE, ".venv");
const VENV_PYTHON = process.platform === "win32" ? join(VENV, "Scripts", "python.exe") : join(VENV, "bin", "python");
const REQUIREMENTS = join(HERE, "requirements.txt");
const MARKER = join(VENV, "requirements.sha256"); // written last: a half-made environment has none

// Newest first, since current Mesa wants 3.12; torch wants 3.11.
const PYTHONS = ["python3.14", "python3.13", "python3.12", "python3", "python3.11", "python"];
const OLDEST_MINOR = 11;
const COST = "about 3 GB to download on Linux, 5 GB on disk";

let environment: Promise<string | null> | undefined;

/** Makes the virtual environment unless it is there; returns what went wrong, or null. */
async function prepareEnvironment(): Promise<string | null> {
  const wanted = createHash("sha256")
    .update(await readFile(REQUIREMENTS))
    .digest("hex");
  const runs = (await finished(VENV_PYTHON, ["--version"])).code === 0;
  const made = await readFile(MARKER, "utf8").catch(() => "none");
  if (runs && made === wanted) return null;
  if (!process.env["WALRAS_INSTALL_PEERS"])
    return `Peers in Python are ${runs ? "older than requirements.txt" : "not installed"}; add --install-peers to have them, ${COST}.`;

  if (!runs) {
    const { python, rejected } = await findPython();
    if (python === undefined) {
      const found = rejected.length > 0 ? ` (found ${rejected.join(", ")})` : "";
      return `No python3 of at least 3.${OLDEST_MINOR} with its venv module on PATH${found}. Install one to run the peers.`;
    }
    process.stderr.write(`peers: making ${VENV} with ${python}; ${COST}\n`);
    const venv = await finished(python, ["-m", "venv", "--clear", VENV], "show progress");
    if (venv.code !== 0) return `${python} -m venv ended with ${venv.code}: ${lastLine(venv.stderr || venv.stdout)}`;
  }
  const install = ["-m", "pip", "install", "--no-deps", "--ignore-requires-python", "-r", REQUIREMENTS];
  const pip = await finished(VENV_PYTHON, install, "show progress");
  if (pip.code !== 0) {
    const error = pip.stderr.split("\n").findLast((line) => line.startsWith("ERROR:")) ?? lastLine(pip.stderr);
    return `pip could not install bench/peers/requirements.txt: ${error}`;
  }
  await writeFile(MARKER, wanted);
  return null;
}

/** The first interpreter on PATH that runs, is new enough and can make environments; a name on PATH may be a shim that cannot run. */
async function findPython(): Promise<{ python?: string; rejected: string[] }> {
  const rejected: string[] = [];
  for (const python of PYTHONS) {
    const probe = await finished(python, ["-c", "import sys; print(*sys.version_info[:2]); import venv, ensurepip"]);
    const [major, minor] = probe.stdout.trim().split(" ").map(Number);
    if (probe.code === 0 && major === 3 && minor >= OLDEST_MINOR) return { python, rejected };
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
