// The `walras` command without its process: every verb, and what becomes of their errors. Several commands may follow one another.
import { Command, CommanderError, type OutputConfiguration } from "commander";
import { benchVerb } from "./bench.ts";
import { calibrateVerb } from "./calibrate.ts";
import { checkVerb } from "./check.ts";
import { packageVersion } from "./common.ts";
import { compareVerb } from "./compare.ts";
import { counterfactualVerb } from "./counterfactual.ts";
import { describeVerb } from "./describe.ts";
import { equilibriaVerb } from "./equilibria.ts";
import { evalVerb } from "./eval.ts";
import { listVerb } from "./list.ts";
import { reportVerb } from "./report.ts";
import { reproduceVerb } from "./reproduce.ts";
import { resumeVerb } from "./resume.ts";
import { runVerb } from "./run.ts";
import { scanVerb } from "./scan.ts";
import { solveVerb } from "./solve.ts";
import { stressVerb } from "./stress.ts";
import { plain, say } from "./terminal.ts";
import { verifyVerb } from "./verify.ts";

/** Carries out a command; its exit status is in `process.exitCode`. `args`: what follows "walras". */
export async function walras(args: readonly string[]): Promise<void> {
  const program = new Command("walras")
    .description("Economies of learning agents: define once, simulate, train, and hold every result against theory.")
    .version(packageVersion())
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput(pointingTo("walras --help"));

  for (const verb of [
    listVerb,
    describeVerb,
    solveVerb,
    runVerb,
    resumeVerb,
    evalVerb,
    compareVerb,
    verifyVerb,
    reportVerb,
    reproduceVerb,
    scanVerb,
    equilibriaVerb,
    calibrateVerb,
    counterfactualVerb,
    stressVerb,
    checkVerb,
    benchVerb,
  ]) {
    const command = verb().exitOverride().showSuggestionAfterError().copyInheritedSettings(program);
    program.addCommand(command.configureOutput(pointingTo(`walras ${command.name()} --help`)));
  }

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      say(`walras: ${error instanceof Error ? error.message : String(error)}`);
      if (process.env["WALRAS_TRACE"] && error instanceof Error) say(error.stack ?? "");
      process.exitCode = 1;
    }
  }
}

/** Errors on one line each, ending in the command that explains what was expected. */
function pointingTo(help: string): OutputConfiguration {
  return { outputError: (text, write) => write(`walras: ${plain(oneLine(text))} Try: ${help}\n`) };
}

/** Commander's message and its suggestion on one line. */
function oneLine(text: string): string {
  const joined = text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
  return /[.)]$/.test(joined) ? joined : `${joined}.`;
}
