// Draws docs/images/<task>.svg from bench/peers/curves/<task>.json: mean over seeds, and a band from the worst seed to the best, for ours and
// for the peers that are recorded there (bench/peers/record-curves.ts).
//
// usage: node docs/images/learning-curves.js
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SYSTEMS = {
  cleanrl: { name: "CleanRL", color: "#8a6d00" },
  sb3: { name: "Stable-Baselines3", color: "#b0413e" },
  walras: { name: "Walras", color: "#1f5fa8" },
};
const [WIDTH, HEIGHT] = [760, 380];
const PLOT = { left: 64, right: 36, top: 44, bottom: 48 };

const folder = new URL("../../bench/peers/curves/", import.meta.url);
for (const file of readdirSync(folder)) {
  const { task, systems } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const out = fileURLToPath(new URL(`${task}.svg`, import.meta.url));
  writeFileSync(out, draw(task, systems));
  process.stdout.write(`${out}\n`);
}

function draw(task, systems) {
  const lines = Object.entries(SYSTEMS)
    .filter(([system]) => systems[system]?.runs.length > 0)
    .map(([system, style]) => ({ ...style, ...overSeeds(systems[system].runs) }));
  const steps = Math.max(...lines.map((line) => line.steps));
  const bounds = task.endsWith("cartpole") ? [0, 500] : [-1800, 0];
  const ticks = task.endsWith("cartpole") ? [0, 100, 200, 300, 400, 500] : [-1500, -1000, -500, -200, 0];
  const x = (step) => PLOT.left + (step / steps) * (WIDTH - PLOT.left - PLOT.right);
  const y = (value) => {
    const share = (Math.min(Math.max(value, bounds[0]), bounds[1]) - bounds[0]) / (bounds[1] - bounds[0]);
    return HEIGHT - PLOT.bottom - share * (HEIGHT - PLOT.top - PLOT.bottom);
  };
  const path = (points) =>
    points.map(([s, v], k) => `${k === 0 ? "M" : "L"}${x(s).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const text = (tx, ty, anchor, words, color = "#333") =>
    `<text x="${tx}" y="${ty}" text-anchor="${anchor}" fill="${color}">${words}</text>`;
  const parts = ticks.flatMap((value) => [
    `<path d="M${PLOT.left} ${y(value)}H${WIDTH - PLOT.right}" stroke="#ddd"/>`,
    text(PLOT.left - 8, y(value) + 4, "end", String(value).replace("-", "−")),
  ]);
  for (let k = 0; k <= 5; k++)
    parts.push(
      text(
        x((k * steps) / 5),
        HEIGHT - PLOT.bottom + 20,
        "middle",
        `${((k * steps) / 5).toLocaleString("en").replaceAll(",", " ")}`,
      ),
    );
  parts.push(text((WIDTH + PLOT.left) / 2, HEIGHT - 10, "middle", "steps"));
  const middle = (PLOT.top + HEIGHT - PLOT.bottom) / 2;
  parts.push(
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle" fill="#333">mean return</text>`,
  );
  for (const { color, points } of lines)
    parts.push(
      `<path d="${path(points.map((p) => [p.step, p.high]))}${path(points.toReversed().map((p) => [p.step, p.low])).replace("M", "L")}Z" fill="${color}" opacity=".16"/>`,
    );
  for (const { color, points } of lines)
    parts.push(
      `<path d="${path(points.map((p) => [p.step, p.mean]))}" fill="none" stroke="${color}" stroke-width="2"/>`,
    );
  let at = PLOT.left;
  for (const { name, color, seeds } of lines) {
    const words = `${name}, ${seeds} seed${seeds > 1 ? "s" : ""}`;
    parts.push(`<path d="M${at} 22h22" stroke="${color}" stroke-width="3"/>`, text(at + 28, 26, "start", words, color));
    at += 60 + 7.2 * words.length;
  }
  const said = lines.map(({ name, points }) => `${name} ${Math.round(points.at(-1).mean)}`).join(", ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img"><title>Mean return of ${task} over steps; at the end ${said}</title><rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

/** Per part of the run: mean, worst and best of those seeds in which something ended there. */
function overSeeds(runs) {
  const { steps, curve } = runs[0];
  const points = curve.flatMap((_, k) => {
    const values = runs.map((run) => run.curve[k]).filter((value) => value !== null);
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [{ step: ((k + 1) * steps) / curve.length, mean, low: Math.min(...values), high: Math.max(...values) }];
  });
  return { steps, points, seeds: runs.length };
}
