// The charts of a report: this function travels as text into report.html and runs there, so it refers to nothing
// outside itself but its arguments and the page.
//
// Each element .plot carries the index of its data. Hovering, tapping or the arrow keys move one cursor through all
// charts with the same x axis; dragging or + zooms; Escape, − or a double click shows everything again.
import type uPlot from "uplot";

/** What report.ts leaves in the page as JSON; unmeasured points are null. */
export interface ChartData {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly compact: boolean;
  readonly x: readonly number[];
  /** Point whose values are shown at rest. Default: the last. */
  readonly rest?: number;
  readonly agents: readonly (readonly (number | null)[])[]; // [agent][point]
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly median: readonly (number | null)[];
  readonly theory: number | null;
  /** Of a figure over seeds, which has none of the above; each drawn with a band if it has one. */
  readonly lines?: readonly ChartLine[];
}
export interface ChartLine {
  readonly label: string;
  /** A reference is dashed: theory, or a paper's figures. */
  readonly as: "line" | "steps" | "bars" | "dots" | "reference";
  readonly y: readonly (number | null)[];
  readonly low: readonly (number | null)[]; // may be empty, as may high
  readonly high: readonly (number | null)[];
}

export function drawCharts(Chart: typeof uPlot, format: (value: number | null | undefined) => string): void {
  const charts: readonly ChartData[] = JSON.parse(document.getElementById("charts")?.textContent ?? "[]");
  const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn: { readonly chart: uPlot; readonly full: { min: number; max: number }; readonly xLabel: string }[] = [];

  for (const plot of document.querySelectorAll<HTMLElement>(".plot")) draw(plot, charts[Number(plot.dataset.chart)]);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const { chart } of drawn) chart.redraw(false, true);
  });
  offerCopy();

  function draw(plot: HTMLElement, data: ChartData): void {
    const figure = plot.closest<HTMLElement>("figure")!;
    const spoken = figure.querySelector<HTMLElement>(".spoken");
    const reset = figure.querySelector<HTMLButtonElement>(".reset");
    const last = data.x.length - 1;
    const full = { min: data.x[0], max: data.x[last] };
    if (last === 0) {
      full.min -= 0.5;
      full.max += 0.5;
    }
    const height = data.compact ? 150 : 280;

    // Drawn in this order: band, agents, median.
    const columns: (readonly (number | null)[])[] = [data.x];
    const series: uPlot.Series[] = [{}];
    const add = (values: readonly (number | null)[], options: uPlot.Series) => {
      columns.push(values);
      series.push({ points: { show: last === 0, fill: () => color("--page") }, ...options });
      return series.length - 1;
    };
    const bands: uPlot.Band[] = [];
    if (data.high.length > 0) {
      const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
      bands.push({ series: [add(data.high, edge), add(data.low, edge)], fill: () => color("--band") });
    }
    for (const [k, { as, y, low, high }] of (data.lines ?? []).entries()) {
      const stroke = () => color(`--line-${k % 6}`);
      if (high.length > 0) {
        const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
        const fill = () => `color-mix(in srgb, ${stroke()} 18%, transparent)`;
        bands.push({ series: [add(high, edge), add(low, edge)], fill });
      }
      const { stepped, bars } = Chart.paths;
      const dots: uPlot.Series = { width: 0, points: { show: true, size: 7, fill: stroke, stroke } };
      const looks: { [as: string]: uPlot.Series } = {
        line: { width: 2 },
        reference: { width: 2, dash: [7, 5] },
        steps: { width: 2, paths: stepped!({ align: 1 }) },
        bars: {
          width: 1,
          paths: bars!({ size: [0.7, 60] }),
          fill: () => `color-mix(in srgb, ${stroke()} 45%, transparent)`,
        },
        dots,
      };
      add(y, { stroke, spanGaps: true, ...(y.filter((v) => v !== null).length === 1 ? dots : looks[as]) });
    }
    for (const agent of data.agents) add(agent, { stroke: () => color("--agent"), width: 1 });
    if (data.median.length > 0) add(data.median, { stroke: () => color("--median"), width: data.compact ? 1.5 : 2.25 });
    // Invisible, to keep theory inside the vertical range; drawTheory draws it, from edge to edge.
    if (data.theory !== null) {
      const line = data.x.map(() => data.theory);
      add(line, { stroke: "transparent", width: 0, points: { show: false } });
    }

    const axis: uPlot.Axis = {
      stroke: () => color("--soft"),
      grid: { stroke: () => color("--rule"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
      labelSize: 20,
      labelGap: 2,
      values: ticks,
    };
    // What is counted has no halves between its ticks.
    const counted = data.x.every((x) => Number.isInteger(x));
    const steps: number[] = [];
    for (let unit = 1; unit < 1e15; unit *= 10) steps.push(unit, 2 * unit, 5 * unit);
    const whole = counted ? { incrs: steps } : {};
    const chart = new Chart(
      {
        width: plot.clientWidth,
        height,
        padding: [10, data.theory === null ? 24 : null, 0, 0],
        legend: { show: false },
        scales: { x: { time: false, range: (_, min, max) => (last === 0 ? [full.min, full.max] : [min, max]) } },
        axes: [
          { ...axis, ...(data.compact ? {} : { label: data.xLabel }), size: 28, space: 64, ...whole },
          { ...axis, ...(data.compact ? {} : { label: data.yLabel }), size: axisWidth, space: data.compact ? 26 : 36 },
          { ...axis, side: 1, show: data.theory !== null, grid: { show: false }, size: theoryWidth, values: () => [] },
        ],
        series,
        bands,
        cursor: {
          y: false,
          points: { show: false },
          sync: { key: data.xLabel },
          drag: { x: true, y: false, dist: 6 },
        },
        hooks: {
          draw: [drawTheory],
          setCursor: [(u) => read(u.cursor.idx ?? data.rest ?? last)],
          setScale: [
            (u, key) => {
              if (key === "x" && reset) reset.hidden = u.scales.x.min === full.min && u.scales.x.max === full.max;
            },
          ],
        },
      },
      columns as uPlot.AlignedData,
      plot,
    );
    drawn.push({ chart, full, xLabel: data.xLabel });
    new ResizeObserver(() => {
      if (plot.clientWidth > 0 && plot.clientWidth !== chart.width) chart.setSize({ width: plot.clientWidth, height });
    }).observe(plot);
    reset?.addEventListener("click", () => {
      showEverything();
      plot.focus();
    });
    plot.addEventListener("keydown", steer);

    // Decimals follow the distance between ticks.
    function ticks(_: uPlot, splits: number[]): string[] {
      let decimals = 0;
      const step = splits.length > 1 ? splits[1] - splits[0] : 1;
      for (let unit = step; decimals < 6 && Math.abs(unit - Math.round(unit)) > 1e-6 * step; unit *= 10) decimals++;
      return splits.map((value) => (step < 1e-5 ? format(value) : format(Number(value.toFixed(decimals)))));
    }

    function axisWidth(u: uPlot, values: string[] | null): number {
      if (!values) return 40;
      return Math.ceil(Math.max(...values.map((value) => textWidth(u, value)))) + 14;
    }

    function theoryWidth(u: uPlot): number {
      return data.theory === null ? 0 : Math.ceil(textWidth(u, format(data.theory))) + 14;
    }

    function textWidth(u: uPlot, text: string): number {
      u.ctx.save(); // uPlot counts on the font it set itself
      u.ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
      const { width } = u.ctx.measureText(text);
      u.ctx.restore();
      return width / devicePixelRatio;
    }

    // A dashed line from edge to edge, its value at the right end.
    function drawTheory(u: uPlot): void {
      const { min = 0, max = 0 } = u.scales.y;
      if (data.theory === null || data.theory < min || data.theory > max) return;
      const { ctx, bbox } = u;
      const y = u.valToPos(data.theory, "y", true);
      const right = bbox.left + bbox.width;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = color("--theory");
      ctx.lineWidth = 1.75 * devicePixelRatio;
      ctx.setLineDash([7 * devicePixelRatio, 5 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
      ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      ctx.fillText(format(data.theory), right + 6 * devicePixelRatio, y);
      ctx.restore();
    }

    function read(index: number): void {
      const agents = data.agents.flatMap((agent) => agent[index] ?? []);
      const range = (a: number | null | undefined, b: number | null | undefined) => `${format(a)} to ${format(b)}`;
      const values: { [name: string]: string } = {
        x: format(data.x[index]),
        agents: agents.length === 0 ? "–" : range(Math.min(...agents), Math.max(...agents)),
        band: range(data.low[index], data.high[index]),
        median: format(data.median[index]),
        theory: format(data.theory),
      };
      for (const [k, { y, low, high }] of (data.lines ?? []).entries())
        values[`line-${k}`] =
          format(y[index]) +
          (Number.isFinite(y[index]) && high.length > 0 ? ` [${range(low[index], high[index])}]` : "");
      for (const value of figure.querySelectorAll<HTMLElement>("[data-value]")) {
        value.textContent = values[value.dataset.value!];
      }
    }

    function steer(event: KeyboardEvent): void {
      const [first, final] = chart.series[0].idxs ?? [0, last]; // what the zoom shows
      const index = chart.cursor.idx ?? final;
      const stride = event.shiftKey ? Math.max(1, Math.round((final - first) / 20)) : 1;
      const moves: { [key: string]: number } = {
        ArrowLeft: Math.max(first, index - stride),
        ArrowRight: Math.min(final, index + stride),
        Home: first,
        End: final,
      };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in moves) moveTo(moves[event.key]);
      else if (event.key === "+" || event.key === "=") zoomTo(index);
      else if (event.key === "-" || event.key === "Escape") showEverything();
      else return;
      event.preventDefault();
    }

    function moveTo(index: number): void {
      for (const other of together()) other.chart.setCursor({ left: other.chart.valToPos(data.x[index], "x"), top: 0 });
      read(index);
      const items = [...figure.querySelectorAll(".legend > div")];
      const values = items.map(({ children: [name, value] }) => `${name.textContent} ${value.textContent}`);
      if (spoken) spoken.textContent = values.join(", ");
    }

    function zoomTo(index: number): void {
      const { min = full.min, max = full.max } = chart.scales.x;
      const quarter = (max - min) / 4;
      const center = Math.min(Math.max(data.x[index], min + quarter), max - quarter);
      if (last === 0) return;
      for (const other of together()) other.chart.setScale("x", { min: center - quarter, max: center + quarter });
    }

    function showEverything(): void {
      for (const other of together()) other.chart.setScale("x", other.full);
    }

    function together() {
      return drawn.filter(({ xLabel }) => xLabel === data.xLabel);
    }
  }

  function offerCopy(): void {
    const button = document.querySelector<HTMLButtonElement>(".copy");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(".command code")?.textContent ?? "");
      button.textContent = "Copied";
    });
  }
}
