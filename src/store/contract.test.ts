// Every driver passes the same suite; what only files can get wrong follows it.
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explain, fileStore, thisMachine } from "./files.ts";
import { memoryStore } from "./memory.ts";
import type { Store } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) => found && new TextDecoder().decode(found);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "walras-store-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const drivers: [string, () => Store][] = [
  ["memory", () => memoryStore()],
  ["files", () => fileStore(join(directory, "run"))],
];

describe.each(drivers)("the %s driver", (_, open) => {
  test("a new store is empty and every key in it is absent", () => {
    const store = open();
    expect([store.list(), store.get("a"), store.size("a")]).toEqual([[], undefined, 0]);
    store.delete("a");
    store.flush("a");
    store.truncate("a", 0);
    expect(store.list()).toEqual([]);
  });

  test("put replaces the whole value and get returns the caller's own copy", () => {
    const store = open();
    const given = bytes("first, and longer");
    store.put("a/b", given);
    given.fill(0);
    store.get("a/b")?.fill(0);
    expect(text(store.get("a/b"))).toBe("first, and longer");
    store.put("a/b", bytes("second"));
    expect(text(store.get("a/b"))).toBe("second");
    expect(store.size("a/b")).toBe(6);
    store.put("a/b", new Uint8Array(0));
    expect(store.get("a/b")).toEqual(new Uint8Array(0));
  });

  test("append creates, then extends, also what was put or truncated before", () => {
    const store = open();
    for (let i = 0; i < 300; i++) store.append("log", bytes(`row ${i}\n`));
    expect(text(store.get("log"))?.split("\n")).toHaveLength(301);
    store.truncate("log", 6);
    store.append("log", bytes("next\n"));
    expect(text(store.get("log"))).toBe("row 0\nnext\n");
    store.flush("log");
    store.put("log", bytes("new "));
    store.append("log", bytes("row"));
    expect(text(store.get("log"))).toBe("new row");
  });

  test("a part is read, and one that is not there is an error; pieces are put as one", () => {
    const store = open();
    store.put("parts", [bytes("one "), new Uint8Array(0), bytes("two")]);
    expect(text(store.get("parts"))).toBe("one two");
    expect(text(store.read("parts", 2, 6))).toBe("e tw");
    expect(text(store.read("parts", 7, 7))).toBe("");
    expect(() => store.read("parts", 2, 8)).toThrow(/cannot read .*parts: it ends at byte 7/);
    expect(() => store.read("none", 0, 1)).toThrow(/cannot read .*none/);
  });

  test("truncate only shortens", () => {
    const store = open();
    store.put("log", bytes("12345"));
    expect(() => store.truncate("log", 6)).toThrow("log: cannot truncate to 6 bytes, it has 5.");
    expect(() => store.truncate("log", -1)).toThrow("cannot truncate");
    expect(() => store.truncate("none", 1)).toThrow("it has 0");
    store.truncate("log", 5);
    store.truncate("log", 0);
    expect(store.size("log")).toBe(0);
    expect(store.list()).toEqual(["log"]);
  });

  test("list gives sorted keys below a prefix, delete removes one", () => {
    const store = open();
    for (const key of ["run.json", "checkpoints/20", "checkpoints/10", "log"]) store.put(key, bytes(key));
    expect(store.list()).toEqual(["checkpoints/10", "checkpoints/20", "log", "run.json"]);
    expect(store.list("checkpoints/")).toEqual(["checkpoints/10", "checkpoints/20"]);
    store.delete("checkpoints/10");
    expect(store.list("checkpoints/")).toEqual(["checkpoints/20"]);
  });

  test.each(["", "/etc/passwd", "../up", "a/../b", "a//b", "a\\b", "C:a", "./a"])("the key %j is refused", (key) => {
    const store = open();
    const each: (() => unknown)[] = [
      () => store.put(key, bytes("")),
      () => store.get(key),
      () => store.append(key, bytes("")),
      () => store.flush(key),
      () => store.delete(key),
      () => store.size(key),
      () => store.truncate(key, 0),
    ];
    for (const use of each) expect(use).toThrow("is not a relative path");
  });
});

describe("files", () => {
  test("bytes beyond 4 GiB are read, of a file that takes no room", () => {
    writeFileSync(join(directory, "sparse"), "");
    truncateSync(join(directory, "sparse"), 2 ** 32 + 8);
    const fd = openSync(join(directory, "sparse"), "r+");
    writeSync(fd, "end", 2 ** 32 + 5);
    closeSync(fd);
    const store = fileStore(directory);
    expect(store.size("sparse")).toBe(2 ** 32 + 8);
    expect(text(store.read("sparse", 2 ** 32 + 5, 2 ** 32 + 8))).toBe("end");
  });

  test("a put leaves no temporary file, and one left by a crash is never shown", () => {
    const store = fileStore(directory);
    store.put("run.json", bytes("{}"));
    expect(readdirSync(directory)).toEqual(["run.json"]);
    writeFileSync(join(directory, "log.tmp"), "half");
    expect(store.list()).toEqual(["run.json"]);
    store.put("log", bytes("whole"));
    expect(readdirSync(directory)).toEqual(["log", "run.json"]);
  });

  test("a file where the directory should be is named, whatever is asked of it", () => {
    const place = join(directory, "file");
    writeFileSync(place, "");
    const store = fileStore(place);
    expect(() => store.list()).toThrow(
      `cannot read ${place}: part of the path is a file, not a directory (ENOTDIR); give another directory.`,
    );
    expect(() => store.put("run.json", bytes(""))).toThrow(/cannot write .*run\.json: .*choose another --out\./);
  });

  test("a directory where a file should be is named", () => {
    mkdirSync(join(directory, "log"));
    expect(() => fileStore(directory).append("log", bytes("x"))).toThrow("it is a directory, a file was expected");
  });

  test("a link or a pipe in place of a file or a folder is refused, and what it leads to left alone", () => {
    const target = join(directory, "thesis");
    writeFileSync(target, "mine");
    const place = join(directory, "run");
    mkdirSync(place);
    symlinkSync(target, join(place, "log"));
    symlinkSync(directory, join(place, "checkpoints"));
    const store = fileStore(place);
    const each: (() => unknown)[] = [
      () => store.put("log", bytes("x")),
      () => store.get("log"),
      () => store.read("log", 0, 1),
      () => store.append("log", bytes("x")),
      () => store.flush("log"),
      () => store.delete("log"),
      () => store.truncate("log", 0),
      () => store.list(),
      () => store.put("checkpoints/thesis", bytes("x")),
      () => store.delete("checkpoints/thesis"),
    ];
    for (const use of each) expect(use).toThrow(/run\/(log|checkpoints) is a link, expected a plain file or folder/);
    symlinkSync(target, join(place, "run.json.tmp"));
    store.put("run.json", bytes("{}"));
    expect(readFileSync(target, "utf8")).toBe("mine");
    if (process.platform === "win32") return;
    execFileSync("mkfifo", [join(place, "pipe")]);
    expect(() => store.get("pipe")).toThrow("run/pipe is a pipe or device");
  });

  test.skipIf(process.platform === "win32")(
    "an append or a put that fits only in part leaves nothing of itself [needs ulimit]",
    () => {
      // a file size limit of one block (512 or 1024 bytes) fails the write half-way, as the end of a disk does
      const script = `
      import { readdirSync } from "node:fs";
      process.on("SIGXFSZ", () => {});
      const { fileStore } = await import(${JSON.stringify(new URL("./files.ts", import.meta.url).href)});
      const store = fileStore(${JSON.stringify(directory)});
      store.append("log", new Uint8Array(400));
      try { store.append("log", new Uint8Array(4000)); } catch (error) { console.log(error.message); }
      console.log(store.size("log"));
      store.put("run.json", new Uint8Array(300));
      try { store.put("run.json", new Uint8Array(4000)); } catch (error) { console.log(error.message); }
      console.log(store.size("run.json"), readdirSync(${JSON.stringify(directory)}).join());`;
      const shell = 'ulimit -f 1 && exec "$0" --input-type=module --eval "$1"';
      const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" }; // its files are larger, too
      const out = execFileSync("sh", ["-c", shell, process.execPath, script], { encoding: "utf8", env });
      expect(out).toMatch(/^cannot write .*EFBIG.*\n400\ncannot write .*EFBIG.*\n300 log,run\.json\n$/);
    },
  );

  test("every operating system error is one sentence with what to do", () => {
    for (const code of ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EEXIST", "ENOTDIR", "EISDIR"]) {
      const error = explain("write", "runs/a/run.json", Object.assign(new Error("low level"), { code }));
      expect(error.message).toMatch(/^(cannot write|disk full|disk quota).*runs\/a\/run\.json/);
      expect(error.message).toContain(`(${code})`);
      expect(error.message).not.toContain("low level");
    }
    expect(explain("read", "a", new Error("EIO: i/o error")).message).toBe("cannot read a: EIO: i/o error");
  });

  test.skipIf(process.getuid?.() === 0)("a directory without permission is named [skipped for root]", () => {
    const place = join(directory, "closed");
    mkdirSync(place, { mode: 0o500 });
    expect(() => fileStore(place).put("run.json", bytes(""))).toThrow("permission denied (EACCES)");
  });

  test("only this driver and its lock import node: modules", () => {
    const here = new URL(".", import.meta.url);
    const sources = readdirSync(here).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const importing = sources.filter((name) => /from "node:/.test(readFileSync(new URL(name, here), "utf8")));
    expect(importing).toEqual(["files.ts", "lock.ts"]);
  });

  test("the machine is described", () => {
    expect(thisMachine()).toMatchObject({ platform: process.platform, arch: process.arch });
    expect(thisMachine().cores).toBeGreaterThan(0);
  });
});
