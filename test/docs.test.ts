// That the documentation does not rot: links resolve, commands parse, code is checked, and the answers shown are the answers given.
//
// In fenced blocks: `ts my-economy.ts` (a language and a file name) is written to a folder of its own per page and checked; `sh` holds commands; `console`
// holds commands after "$ " with their output. Of those, `check` and `solve` are run again in the page's folder; "…" in an output stands for anything.

import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { findTarget } from "../src/cli/catalog.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { commands as commandProcess } from "./commands.ts";

const root = join(import.meta.dirname, "..");
const folders: string[] = [];
const shared = commandProcess();
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await shared.close();
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

/** A folder inside the repository, where `walras` is found as in a clone. */
function temporary(name: string): string {
  mkdirSync(join(root, "runs"), { recursive: true }); // ignored by git
  const folder = mkdtempSync(join(root, "runs", `docs-${name}-`));
  folders.push(folder);
  return folder;
}

/** Writes the named blocks of a page. */
function writeFiles({ path, blocks }: Page, folder = temporary(path.replace(/\W+/g, "-"))) {
  mkdirSync(folder, { recursive: true });
  const named = blocks.filter(({ file }) => file !== "");
  for (const { file, text } of named) writeFileSync(join(folder, file), text);
  return { folder, files: named.map(({ file }) => file) };
}

/** What a command says, on stdout and stderr together. */
async function walras(folder: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  const { status, stdout, stderr } = await shared.run(folder, ...args);
  return { status, output: (stdout + stderr).trim() };
}

for (const page of pages.filter(({ blocks }) => blocks.some(({ file }) => file.endsWith(".ts"))))
  test(`the code of ${page.path} passes its checks`, async () => {
    const { folder } = writeFiles(page);
    // A file without a default export is imported by another.
    const modules = page.blocks.flatMap(({ file, text }) =>
      file.endsWith(".ts") && text.includes("export default") ? [file] : [],
    );
    expect(modules.length).toBeGreaterThan(0);
    const checked = await Promise.all(modules.map((file) => walras(folder, ["check", file])));
    const failed = checked.flatMap(({ status, output }, k) => (status === 0 ? [] : [`${modules[k]}: ${output}`]));
    expect(failed).toEqual([]);
  });

// Pages with the same tsconfig.json are checked together, each in a folder of its own beneath it.
const configured = Map.groupBy(
  pages.filter(({ blocks }) => blocks.some(({ file }) => file === "tsconfig.json")),
  ({ blocks }) => blocks.find(({ file }) => file === "tsconfig.json")!.text,
);
for (const [tsconfig, group] of configured)
  test(`the compiler accepts the code of ${group.map(({ path }) => path).join(" and ")} by its tsconfig.json`, () => {
    const folder = temporary("types");
    writeFileSync(join(folder, "tsconfig.json"), tsconfig);
    const files = group.flatMap((page, k) => writeFiles(page, join(folder, String(k))).files);
    expect(files.filter((file) => file.endsWith(".ts")).length).toBeGreaterThanOrEqual(group.length);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" });
    expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
  });

for (const page of pages) {
  const shown = commands(page).filter(({ args, output }) => output !== "" && /^(check|solve)$/.test(args[0]));
  if (shown.length === 0) continue;
  test(`the answers shown in ${page.path} are those given`, async () => {
    const { folder } = writeFiles(page);
    const given = await Promise.all(shown.map(({ args }) => walras(folder, args)));
    shown.forEach(({ args, output }, k) => {
      const pattern = output.split("…").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const same = new RegExp(`^${pattern.join("[^]*")}$`).test(given[k].output);
      expect(`walras ${args.join(" ")}\n${same ? output : given[k].output}`).toBe(
        `walras ${args.join(" ")}\n${output}`,
      );
    });
  });
}
