// That the documentation does not rot: links resolve, commands parse, code is checked, and the answers shown are the answers given.
//
// In fenced blocks: `ts my-economy.ts` (a language and a file name) is written to a folder of its own per page and checked; `sh` holds commands; `console`
// holds commands after "$ " with their output. Of those, `check` and `solve` are run again in the page's folder; "…" in an output stands for anything.

import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { findTarget } from "../src/cli/catalog.ts";
import { resolveRun } from "../src/experiment/experiment.ts";

const root = join(import.meta.dirname, "..");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Block {
  /** What follows the three backquotes. */
  readonly language: string;
  readonly file: string;
  readonly text: string;
}
interface Page {
  readonly path: string;
  readonly prose: string;
  readonly blocks: readonly Block[];
}

const exclude = (path: string): boolean => /^(node_modules|dist|runs|bench\/peers\/\.venv)$/.test(path);
const fence = /^```([^\n]*)\n([\s\S]*?)^```$/gm;
const pages: Page[] = globSync("**/*.md", { cwd: root, exclude }).sort().map(readPage);

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), "utf8");
  const blocks = [...text.matchAll(fence)].map(([, info, body]) => {
    const [language = "", file = ""] = info.split(" ");
    return { language, file, text: body };
  });
  return { path, prose: text.replace(fence, "").replace(/`[^`\n]*`/g, ""), blocks };
}

/** The anchors that GitHub gives to a page's headings. */
function anchors(path: string): Set<string> {
  const text = readFileSync(join(root, path), "utf8").replace(fence, "");
  const headings = [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading);
  return new Set(
    headings.map((h) =>
      h
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test("every relative link leads to a file, and its anchor to a heading", () => {
  const broken = pages.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [file, anchor] = link.split("#");
      const target = file === "" ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, target))) return [`${path}: ${link}`];
      return anchor !== undefined && !anchors(target).has(anchor) ? [`${path}: ${link} (no such heading)`] : [];
    }),
  );
  expect(pages.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

/** Commands of a page's blocks, without `npx`, with what is shown as their output. */
function commands({ blocks }: Page): { args: string[]; output: string }[] {
  return blocks.flatMap(({ language, text }) => {
    if (language !== "sh" && language !== "console") return [];
    const parts = language === "sh" ? text.split("\n") : text.split(/^\$ /m);
    return parts.flatMap((part) => {
      const [line, ...output] = part.split("\n");
      const command = /^(?:npx )?walras (.+)$/.exec(line.trim());
      return command ? [{ args: command[1].split(/\s+/), output: output.join("\n").trim() }] : [];
    });
  });
}

test("every command shown has a verb and options that exist, and settings of what it runs, checks or solves", async () => {
  const verbs: Record<string, () => Command> = {};
  for (const file of globSync("src/cli/*.ts", {
    cwd: root,
    exclude: ["src/cli/main.ts", "src/cli/*{.test,-worker}.ts"],
  }))
    for (const [name, make] of Object.entries((await import(join(root, file))) as Record<string, unknown>))
      if (name.endsWith("Verb")) verbs[name.slice(0, -4)] = make as () => Command;
  const wrong: string[] = [];
  let [count, set] = [0, 0];
  for (const page of pages)
    for (const { args, output } of commands(page)) {
      const [verb, ...rest] = args;
      if (verb === "<verb>") continue;
      count++;
      try {
        if (!Object.hasOwn(verbs, verb)) throw new Error(`unknown verb "${verb}"`);
        const silent = { writeErr: () => {}, writeOut: () => {} };
        const command = verbs[verb]().exitOverride().configureOutput(silent);
        command.action(() => {}).parse(rest, { from: "user" });
        const [name] = command.args;
        const { set: settings, bare = false } = command.opts<{ set?: Record<string, unknown>; bare?: boolean }>();
        const refused = /^walras: /.test(output); // shown for the answer
        if (
          !/^(run|check|solve)$/.test(verb) ||
          refused ||
          settings === undefined ||
          name === undefined ||
          /\.[jt]s$/.test(name)
        )
          continue;
        set++;
        const { experiment } = await findTarget(name, { bare: bare || verb !== "run" });
        resolveRun(experiment, settings, 1);
      } catch (error) {
        wrong.push(`${page.path}: walras ${args.join(" ")}: ${(error as Error).message}`);
      }
    }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(30);
  expect(set).toBeGreaterThan(20);
});

/** Writes the named blocks of a page to a folder inside the repository, where `walras` is found as in a clone. */
function writeFiles({ path, blocks }: Page): { folder: string; files: string[] } {
  mkdirSync(join(root, "runs"), { recursive: true }); // ignored by git
  const folder = mkdtempSync(join(root, "runs", `docs-${path.replace(/\W+/g, "-")}-`));
  folders.push(folder);
  const named = blocks.filter(({ file }) => file !== "");
  for (const { file, text } of named) writeFileSync(join(folder, file), text);
  return { folder, files: named.map(({ file }) => file) };
}

/** Stdout and stderr together. */
async function run(
  folder: string,
  script: string,
  args: readonly string[],
): Promise<{ status: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, script), ...args], {
      cwd: folder,
    });
    return { status: 0, output: (stdout + stderr).trim() };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, output: (stdout + stderr).trim() };
  }
}

for (const page of pages.filter(({ blocks }) => blocks.some(({ file }) => file.endsWith(".ts"))))
  test(`the code of ${page.path} passes its checks`, async () => {
    const { folder, files } = writeFiles(page);
    // A file without a default export is imported by another.
    const modules = page.blocks.flatMap(({ file, text }) =>
      file.endsWith(".ts") && text.includes("export default") ? [file] : [],
    );
    expect(modules.length).toBeGreaterThan(0);
    const checked = await Promise.all(modules.map((file) => run(folder, "src/cli/main.ts", ["check", file])));
    const failed = checked.flatMap(({ status, output }, k) => (status === 0 ? [] : [`${modules[k]}: ${output}`]));
    expect(failed).toEqual([]);
    if (files.includes("tsconfig.json"))
      expect(await run(folder, "node_modules/typescript/bin/tsc", ["-p", "."])).toEqual({ status: 0, output: "" });
  });

for (const page of pages) {
  const shown = commands(page).filter(({ args, output }) => output !== "" && /^(check|solve)$/.test(args[0]));
  if (shown.length === 0) continue;
  test(`the answers shown in ${page.path} are those given`, async () => {
    const { folder } = writeFiles(page);
    const given = await Promise.all(shown.map(({ args }) => run(folder, "src/cli/main.ts", args)));
    shown.forEach(({ args, output }, k) => {
      const pattern = output.split("…").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const same = new RegExp(`^${pattern.join("[^]*")}$`).test(given[k].output);
      expect(`walras ${args.join(" ")}\n${same ? output : given[k].output}`).toBe(
        `walras ${args.join(" ")}\n${output}`,
      );
    });
  });
}
