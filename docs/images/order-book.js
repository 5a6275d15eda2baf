// Draws docs/images/order-book.svg: the mean spread of the order book over δ/μ, beside mean-field theory, and depth around the mid price, beside α/δ. A minute or two.
//
// usage: node docs/images/order-book.js, with the Node that the repository brings (node_modules/node-*/bin/node)
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { orderBook } from "../../economies/order-book.ts";
import { createSimulation } from "../../src/economy/index.ts";

const [WIDTH, HEIGHT] = [760, 330];
const COLORS = ["#1f5fa8", "#8a6d00", "#b0413e"];
const α = 0.5;
const μ = 20;
const PC = μ / α; // characteristic price, in ticks

/** Means over 4 seeds of 200 periods after 20, each of a fifth of an order's life. */
function simulate(δ) {
  const params = {
    marketRate: μ,
    limitRate: α,
    cancelRate: δ,
    ticks: 12 * PC,
    capacity: Math.ceil((16 * PC * α) / δ) + 200,
    length: 0.2 / δ,
  };
  const spreads = [];
  let profile = null;
  for (let seed = 1; seed <= 4; seed++) {
    const simulation = createSimulation(orderBook, { params, seed });
    simulation.reset(0);
    const w = simulation.worlds[0];
    let [spread, quoted] = [0, 0];
    for (let t = 0; t < 220; t++) {
      for (let k = 0; k < simulation.phases.length; k++) simulation.runPhase(k, 0);
      if (t >= 20) {
        spread += w.spreadTime;
        quoted += w.quoted;
      }
      simulation.endPeriod(0);
    }
    spreads.push(spread / quoted / PC);
    profile ??= new Float64Array(w.distances.size);
    for (let d = 0; d < profile.length; d++) profile[d] += (w.distances.depth[d] * δ) / α / 4;
  }
  return {
    spread: spreads.reduce((a, b) => a + b, 0) / spreads.length,
    low: Math.min(...spreads),
    high: Math.max(...spreads),
    profile,
  };
}

const theory = (u) => 0.28 + 1.86 * u ** 0.75;
const us = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const runs = us.map((u) => ({ u, ...simulate(u * μ) }));
for (const { u, spread, low, high } of runs)
  process.stdout.write(
    `δ/μ ${u}: spread ${spread.toFixed(4)} μ/α (${low.toFixed(4)} to ${high.toFixed(4)}), theory ${theory(u).toFixed(4)}, ratio ${(spread / theory(u)).toFixed(3)}\n`,
  );

const parts = [];
const text = (x, y, anchor, words, color = "#333") =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}">${words}</text>`;
const path = (points, style) =>
  `<path d="${points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("")}" fill="none" ${style}/>`;

/** Axes of one panel; returns where a point goes. */
function panel(left, xs, ys, [x0, x1], [y0, y1], log, xLabel, title) {
  const [width, top, bottom] = [300, 48, 282];
  const scale = log ? Math.log : (v) => v;
  const x = (v) => left + ((scale(v) - scale(x0)) / (scale(x1) - scale(x0))) * width;
  const y = (v) => bottom - ((v - y0) / (y1 - y0)) * (bottom - top);
  for (const v of ys)
    parts.push(`<path d="M${left} ${y(v)}h${width}" stroke="#ddd"/>`, text(left - 6, y(v) + 4, "end", v));
  for (const v of xs) parts.push(text(x(v), bottom + 18, "middle", v));
  parts.push(text(left + width / 2, bottom + 38, "middle", xLabel), text(left, 22, "start", title));
  return (u, v) => [x(u), y(v)];
}

const a = panel(52, us, [0, 0.2, 0.4, 0.6, 0.8], [0.004, 0.25], [0, 0.9], true, "δ/μ", "Mean spread, in units of μ/α");
const grid = Array.from({ length: 60 }, (_, k) => 0.004 * (0.25 / 0.004) ** (k / 59));
parts.push(
  path(
    grid.map((u) => a(u, theory(u))),
    'stroke="#333" stroke-dasharray="5 4" stroke-width="1.5"',
  ),
);
for (const { u, spread, low, high } of runs) {
  const [x, y] = a(u, spread);
  parts.push(
    `<path d="M${x} ${a(u, low)[1]}V${a(u, high)[1]}" stroke="${COLORS[0]}"/><circle cx="${x}" cy="${y}" r="4" fill="${COLORS[0]}"/>`,
  );
}
parts.push(
  text(a(0.06, 0)[0], a(0, 0.62)[1], "end", "mean-field theory"),
  text(a(0.06, 0)[0], a(0, 0.22)[1], "start", "ours, 4 seeds", COLORS[0]),
);

const b = panel(
  430,
  [0, 1, 2, 3, 4],
  [0, 0.25, 0.5, 0.75, 1],
  [0, 4],
  [0, 1.15],
  false,
  "distance from the mid price, in units of μ/2α",
  "Orders at a price, over α/δ",
);
parts.push(
  path([b(0, 1), b(4, 1)], 'stroke="#333" stroke-dasharray="5 4" stroke-width="1.5"'),
  text(b(4, 0)[0], b(4, 0.09)[1], "end", "dashed: α/δ, exact far away"),
);
[0.01, 0.05, 0.2].forEach((u, k) => {
  const { profile } = runs[us.indexOf(u)];
  const points = [];
  for (let d = 0; (2 * (d + 1)) / PC <= 4; d++) points.push(b((2 * (d + 0.75)) / PC, profile[d]));
  parts.push(
    path(points, `stroke="${COLORS[k]}" stroke-width="2"`),
    text(b(4, 0)[0], b(4, 0.42 - 0.11 * k)[1], "end", `δ/μ = ${u}`, COLORS[k]),
  );
});
const out = fileURLToPath(new URL("order-book.svg", import.meta.url));
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img"><title>Mean spread of the order book over δ/μ beside mean-field theory, and depth around the mid price beside α/δ</title><rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`,
);
process.stdout.write(`${out}\n`);
