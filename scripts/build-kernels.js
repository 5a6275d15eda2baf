// Compiles src/kernels/assembly (AssemblyScript) and embeds the result in src/kernels/generated/wasm.js.
// Two variants of the same code, for plain and for shared memory, as base64: loading is then synchronous and the same in Node,
// in workers and in the browser. The .d.ts beside it is derived from the exported functions and their comments.
// Skipped when neither the sources, this script nor the compiler changed. Plain JavaScript, for Node 20 and later.
//
// usage: node scripts/build-kernels.js [--force]
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const assembly = join(root, "src/kernels/assembly");
const generated = join(root, "src/kernels/generated");
const entry = "src/kernels/assembly/index.ts";

const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory", "--memoryBase", "16"];
const variants = {
  plain: flags,
  shared: [...flags, "--sharedMemory", "--enable", "threads", "--maximumMemory", "65536"],
};

/** Builds unless up to date; resolves to true when it compiled. */
export async function buildKernels({ force = false } = {}) {
  const sources = readSources();
  const digest = hash(sources);
  if (!force && builtDigest() === digest) return false;

  const modules = {};
  for (const [name, args] of Object.entries(variants)) modules[name] = await compile(args);

  mkdirSync(generated, { recursive: true });
  const lines = Object.entries(modules).map(
    ([name, bytes]) => `export const ${name} = "${bytes.toString("base64")}";\n`,
  );
  write("wasm.d.ts", declaration(sources));
  write("wasm.js", `// sources ${digest}\n// written by scripts/build-kernels.js\n${lines.join("")}`);
  return true;
}

function readSources() {
  const names = readdirSync(assembly).filter((name) => name.endsWith(".ts"));
  return names.sort().map((name) => ({ name, text: readFileSync(join(assembly, name), "utf8") }));
}

function hash(sources) {
  const sha = createHash("sha256");
  const compiler = JSON.parse(readFileSync(join(root, "node_modules/assemblyscript/package.json"), "utf8")).version;
  sha.update(compiler).update(readFileSync(fileURLToPath(import.meta.url)));
  for (const { name, text } of sources) sha.update(`\0${name}\0${text}`);
  return sha.digest("hex");
}

function builtDigest() {
  try {
    return readFileSync(join(generated, "wasm.js"), "utf8").match(/^\/\/ sources (\w+)/)?.[1];
  } catch {
    return undefined;
  }
}

async function compile(args) {
  const { default: asc } = await import("assemblyscript/asc");
  let bytes;
  const { error, stderr } = await asc.main([entry, "--outFile", "kernels.wasm", "--baseDir", root, ...args], {
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) bytes = Buffer.from(contents);
    },
  });
  if (error || !bytes) {
    throw new Error(
      `Kernels did not compile (${relative(root, assembly)}): ${error?.message ?? "no output"}\n${stderr.toString()}`,
    );
  }
  return bytes;
}

/** One interface member per exported function of the files that index.ts exports, with its comment. */
function declaration(sources) {
  const index = sources.find(({ name }) => name === "index.ts").text;
  const exported = [...index.matchAll(/from "\.\/(\w+)"/g)].map((match) => `${match[1]}.ts`);
  const types = {
    usize: "number",
    i32: "number",
    u32: "number",
    f32: "number",
    f64: "number",
    bool: "boolean",
    void: "void",
  };
  let members = "";
  for (const { name, text } of sources.filter((source) => exported.includes(source.name))) {
    members += `\n  // ${name}\n`;
    for (const [, comment, id, params, result] of text.matchAll(
      /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export function (\w+)\(([^)]*)\): (\w+)/g,
    )) {
      const list = params
        .split(",")
        .map((param) => param.trim())
        .filter(Boolean);
      const typed = list.map((param) => param.replace(/: (\w+)$/, (_, type) => `: ${types[type]}`)).join(", ");
      members += `${(comment ?? "").replace(/^(?=.)/gm, "  ")}  ${id}(${typed}): ${types[result]};\n`;
    }
  }
  return (
    "// written by scripts/build-kernels.js from src/kernels/assembly; conventions in its index.ts\n" +
    `export interface Kernels {${members}}\n` +
    Object.keys(variants)
      .map((name) => `export declare const ${name}: string;\n`)
      .join("")
  );
}

/** Through a rename, so that a concurrent reader never sees half a file. */
function write(name, text) {
  const temporary = join(generated, `${name}.${process.pid}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(generated, name));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildKernels({ force: process.argv.includes("--force") });
}
