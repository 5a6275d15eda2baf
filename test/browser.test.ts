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
import { createLearner, federate } from "../src/federated/index.ts";
import { seedStream } from "../src/random/index.ts";
import arms from "./fixtures/arms.ts";
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

  /** Rounds of two gamblers, wherever they are, as text: round by round who answered, and the bits of the weights. */
  const settings = '{ clip: 0.005, secure: { bits: 20 }, stream: seedStream(1).fork("federation"), initial }';
  const rounds = `const said = [];
    for await (const { answered, weights } of federation) {
      said.push(answered + " " + new Uint32Array(weights.buffer).join());
      if (said.length === 2) return said;
    }`;
  function roundsHere(): string[] {
    const initial = createLearner(arms, { seed: 4 }).weights();
    const participants = [1, 2].map((seed) => createLearner(arms, { seed }));
    const stream = seedStream(1).fork("federation");
    const said: string[] = [];
    for (const { answered, weights } of federate({ participants, initial, clip: 0.005, secure: { bits: 20 }, stream }))
      if (said.push(`${answered} ${new Uint32Array(weights.buffer).join()}`) === 2) break;
    return said;
  }
  const parts = `const { createLearner, federateOver, joinFederation, portTransport, tabTransport } = await import("/src/federated/index.js");
    const { seedStream } = await import("/src/random/index.js");
    const { default: arms } = await import("/test/fixtures/arms.js");
    const initial = createLearner(arms, { seed: 4 }).weights();`;

  test("participants in tabs and in web workers, under masks, have the weights of those in Node, to the bit", async () => {
    const context = await browser.newContext();
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const tabs = await Promise.all(Array.from({ length: 3 }, () => context.newPage()));
      await Promise.all(tabs.map((tab) => tab.goto(`${address}/plain`)));
      const [coordinator, ...others] = tabs;
      const federated = coordinator.evaluate(`(async () => { ${parts}
        const transport = await tabTransport({ channel: "gamblers", participants: 2 });
        const federation = federateOver({ transport, ...${settings} });
        ${rounds} })()`);
      await Promise.all(
        others.map((tab, id) =>
          tab.evaluate(`(async () => { ${parts}
            const participant = createLearner(arms, { seed: ${id + 1} });
            await joinFederation({ channel: "gamblers", id: ${id}, participant, secure: true }).joined; })()`),
        ),
      );
      const inWorkers = await coordinator.evaluate(`(async () => { ${parts}
        const workers = [0, 1].map((id) => {
          const code = \`import { createLearner, serveParticipant } from "${address}/resolved/src/federated/index.js";
            import arms from "${address}/resolved/test/fixtures/arms.js";
            serveParticipant(self, { id: \${id}, participant: createLearner(arms, { seed: \${id + 1} }), secure: true });\`;
          return new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
        });
        const federation = federateOver({ transport: portTransport(workers), ...${settings} });
        ${rounds} })()`);
      const expected = roundsHere();
      expect(expected.map((said) => said.split(" ")[0])).toEqual(["2", "2"]);
      expect(await federated).toEqual(expected);
      expect(inWorkers).toEqual(expected);
    } finally {
      await context.close();
    }
  });
});

/** The modules that the page asks for, in a folder of their own. */
function compile(): string {
  const out = realpathSync(mkdtempSync(join(tmpdir(), "walras-browser-")));
  const config = {
    extends: join(root, "tsconfig.build.json"),
    compilerOptions: { outDir: out, rootDir: root, declaration: false, noCheck: true, types: [] },
    files: ["seeded-runs", "generated-economies", "fixtures/arms", "../src/federated/index"].map((name) =>
      join(root, `test/${name}.ts`),
    ),
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
    const plain = path.replace(/^\/resolved/, "");
    const file = join(plain.startsWith("/node_modules/") ? root : compiled, plain);
    if (extname(file) !== ".js" || !existsSync(file)) return response.writeHead(404).end();
    const code = readFileSync(file, "utf8");
    return response
      .writeHead(200, { "Content-Type": "text/javascript" })
      .end(
        plain === path
          ? code
          : code.replace(/(\bfrom |^import )["']([^"'.][^"']*)["']/gm, (_, from, name) => `${from}"${resolved(name)}"`),
      );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** What the import map makes of a name: workers have no import maps, and get what a bundler would give them. */
function resolved(name: string): string {
  const found = Object.entries(imports).find(([key]) => name === key || (key.endsWith("/") && name.startsWith(key)));
  return found ? `/resolved${found[1]}${name.slice(found[0].length)}` : name;
}

function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return (process.env.PATH ?? "")
    .split(":")
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
