// The library in Chromium, as an ordinary page loads it: JavaScript modules over HTTP and an import map, without a bundler.
// [skipped where no Chromium is installed; WALRAS_REQUIRE_ALL=1 makes that fail]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fingerprint, playGenerated } from "./generated-economies.ts";
import { drawnRecipes, PERIODS } from "./generated-recipes.ts";
import { canShareMemory, seededRuns } from "./seeded-runs.ts";

const root = join(import.meta.dirname, "..");
const executablePath = findChromium();

const imports = {
  walras: "/src/index.js",
  ...Object.fromEntries(["math", "random", "solvers"].map((name) => [`walras/${name}`, `/src/${name}/index.js`])),
  "@noble/hashes/": "/node_modules/@noble/hashes/",
  "fastest-levenshtein": "/node_modules/fastest-levenshtein/esm/mod.js",
  hyparquet: "/node_modules/hyparquet/src/index.js",
  "hyparquet/": "/node_modules/hyparquet/",
  "hyparquet-writer": "/node_modules/hyparquet-writer/src/index.js",
};
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

interface Seen {
  readonly isolated: boolean;
  readonly shares: boolean;
  readonly hashes: Record<string, string>;
}

describe.skipIf(!executablePath && process.env.WALRAS_REQUIRE_ALL !== "1")("in Chromium", () => {
  let compiled: string;
  let server: Server;
  let browser: Browser;
  let here: Record<string, string>;

  beforeAll(async () => {
    if (!executablePath) throw new Error("No Chromium found on the PATH. Install one, or unset WALRAS_REQUIRE_ALL.");
    compiled = compile();
    server = await serve(compiled);
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    here = await seededRuns();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    if (compiled) rmSync(compiled, { recursive: true });
  });

  async function there(path: string) {
    const tab = await browser.newPage();
    try {
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
      return await tab.evaluate<Seen>(`import("/test/seeded-runs.js").then(async (module) => ({
        isolated: crossOriginIsolated,
        shares: module.canShareMemory(),
        hashes: await module.seededRuns(),
      }))`); // as text: vitest rewrites imports
    } finally {
      await tab.close();
    }
  }

  test("draws, functions, a simulation and a training have the same bits as in Node", async () => {
    const { isolated, hashes } = await there("/plain");
    expect(isolated).toBe(false); // so this is also the page of a server without special headers
    expect(hashes).toEqual(here);
  });

  test("on a page isolated from other origins memory can be shared, and the bits are the same", async () => {
    const { isolated, shares, hashes } = await there("/isolated");
    expect({ isolated, shares }).toEqual({ isolated: true, shares: canShareMemory() });
    expect(hashes).toEqual(here);
  });

  test("200 economies drawn from all kinds of phase have the same bits as in Node, whole and in seven pieces", async () => {
    const recipes = drawnRecipes();
    const tab = await browser.newPage();
    try {
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/plain`);
      const prints = await tab.evaluate<string[][]>(`import("/test/generated-economies.js").then((module) =>
        ${JSON.stringify(recipes)}.map((recipe) =>
          [{}, { cut: "rows", pieces: 7, backwards: true }].map((options) =>
            module.fingerprint(module.playGenerated(recipe, ${PERIODS}, options)))))`);
      for (const [r, recipe] of recipes.entries()) {
        const print = fingerprint(playGenerated(recipe, PERIODS));
        expect([recipe, ...prints[r]!]).toEqual([recipe, print, print]);
      }
    } finally {
      await tab.close();
    }
  });
});

/** The modules that the page asks for, in a folder of their own. */
function compile(): string {
  const out = realpathSync(mkdtempSync(join(tmpdir(), "walras-browser-")));
  const config = {
    extends: join(root, "tsconfig.build.json"),
    compilerOptions: { outDir: out, rootDir: root, declaration: false, noCheck: true, types: [] },
    files: ["seeded-runs", "generated-economies"].map((name) => join(root, `test/${name}.ts`)),
    include: [],
  };
  writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", out], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stdout);
  cpSync(join(root, "src/kernels/generated"), join(out, "src/kernels/generated"), { recursive: true });
  return out;
}

function serve(compiled: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/plain" || path === "/isolated")
      return response.writeHead(200, { "Content-Type": "text/html", ...(path === "/isolated" && ISOLATED) }).end(page);
    const file = join(path.startsWith("/node_modules/") ? root : compiled, path);
    if (extname(file) !== ".js" || !existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return (process.env.PATH ?? "")
    .split(":")
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
