// Draws docs/images/report.png: the claims and figures of a run's report, as Chromium shows them at 1280 pixels.
// Needs Chromium on the PATH, or its path in CHROMIUM.
//
// usage: node docs/images/make.js <run directory> [file, default report.png beside this script]
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [run, out = fileURLToPath(new URL("report.png", import.meta.url))] = process.argv.slice(2);
const report = run && join(resolve(run), "report.html");
if (!report || !existsSync(report))
  throw new Error(`Got "${run ?? ""}", expected the directory of a finished run. Make one: npx walras run lucas-tree`);

const executablePath = process.env.CHROMIUM ?? onPath("chromium", "chromium-browser", "google-chrome");
if (!executablePath) throw new Error("No Chromium on the PATH. Install one, or set CHROMIUM to its path.");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(report).href);
  await page.waitForSelector("figure canvas");
  const bottom = await page.evaluate(
    () => document.querySelectorAll("figure")[1].getBoundingClientRect().bottom + window.scrollY,
  );
  const clip = { x: 0, y: 0, width: 1280, height: Math.ceil(bottom) + 24 };
  await page.screenshot({ path: out, clip, fullPage: true });
} finally {
  await browser.close();
}

function onPath(...names) {
  const places = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => places.map((place) => join(place, name))).find((path) => existsSync(path));
}
