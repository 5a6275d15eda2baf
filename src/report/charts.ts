// The charts of a report: this function travels as text into report.html and runs there, so it refers to nothing
// outside itself but its arguments and the page.
//
// Each element .plot carries the index of its data. Hovering, tapping or the arrow keys move one cursor through all
// charts with the same x axis; dragging or + zooms; Escape, − or a double click shows everything again.
import type uPlot from "uplot";

/** What the page holds as JSON; unmeasured points are null. */
export interface ChartData {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly compact: boolean;
  readonly x: readonly number[];
  /** Ends of the horizontal axis when everything is shown. */
  readonly span: readonly [number, number];
  /** Point whose values are shown at rest. */
  readonly rest: number;
  readonly lines: readonly ChartLine[];
  /** A level with its value at the right end. */
  readonly theory: number | null;
}

export interface ChartLine {
  readonly label: string;
  /** A reference is dashed: theory, or a paper's figures. An agent is one of many. Specks are many small dots, several at one x. */
  readonly as: "line" | "steps" | "bars" | "dots" | "specks" | "reference" | "agent";
  readonly y: readonly (number | null)[];
  readonly low: readonly (number | null)[]; // may be empty, as may high
  readonly high: readonly (number | null)[];
}

export function drawCharts(Chart: typeof uPlot, format: (value: number | null | undefined) => string): void {
  const charts: readonly ChartData[] = JSON.parse(document.getElementById("charts")?.textContent ?? "[]");
  const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const FEW = 40; // measurements that are shown as dots on their line
  interface Drawn {
    readonly chart: uPlot;
    readonly plot: HTMLElement;
    readonly height: number;
    readonly full: { readonly min: number; readonly max: number };
    readonly xLabel: string;
  }
  const drawn: Drawn[] = [];

  for (const plot of document.querySelectorAll<HTMLElement>(".plot")) draw(plot, charts[Number(plot.dataset.chart)]);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const { chart } of drawn) chart.redraw(false, true);
  });
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  offerCopy();

  // Paper is white, and two charts wide.
  function print(starting: boolean): void {
    document.documentElement.classList.toggle("printing", starting);
    for (const { chart, plot, height } of drawn) {
      chart.setSize(starting ? { width: 330, height: 0.75 * height } : { width: plot.clientWidth, height });
      chart.redraw(false, true);
    }
  }

  function draw(plot: HTMLElement, data: ChartData): void {
    const figure = plot.closest<HTMLElement>("figure")!;
    const spoken = figure.querySelector<HTMLElement>(".spoken");
    const reset = figure.querySelector<HTMLButtonElement>(".reset");
    const last = data.x.length - 1;
    const height = data.compact ? 150 : 280;
    const measured = (values: readonly (number | null)[]) => values.filter((value) => value !== null).length;
    const width = (as: ChartLine["as"]) => (as === "agent" ? 1 : data.compact ? 1.5 : 2.25);

    // Dots and bars reach beyond their point.
    const gaps = data.x.slice(1).map((x, i) => x - data.x[i]);
    const bars = data.lines.some(({ as }) => as === "bars");
    const dotted = data.lines.some(({ as, y }) => as === "dots" || measured(y) <= FEW);
    const [from, to] = data.span;
    const margin = bars && gaps.length > 0 ? Math.min(...gaps) / 2 : dotted ? 0.02 * (to - from) : 0;
    const full = { min: from - margin, max: to + margin };

    // Drawn in this order: bands, agents, lines.
    const columns: (readonly (number | null | undefined)[])[] = [data.x];
    const series: uPlot.Series[] = [{}];
    const add = (values: readonly (number | null | undefined)[], options: uPlot.Series) => {
      columns.push(values);
      series.push({ spanGaps: true, points: { show: false }, ...options });
      return series.length - 1;
    };
    const edge: uPlot.Series = { stroke: "transparent", width: 0 };
    const bands: uPlot.Band[] = [];
    const strokes = data.lines.map(({ as }, k) =>
      as === "agent" ? () => color("--agent") : () => color(`--line-${k % 6}`),
    );
    const faint = (stroke: () => string, share: number) => () =>
      `color-mix(in srgb, ${stroke()} ${share}%, transparent)`;
    data.lines.forEach(({ high, low }, k) => {
      if (high.length > 0) bands.push({ series: [add(high, edge), add(low, edge)], fill: faint(strokes[k], 18) });
    });
    const order = data.lines.map((line, k) => ({ ...line, stroke: strokes[k] }));
    for (const { as, y, stroke } of order.sort((a, b) => Number(b.as === "agent") - Number(a.as === "agent"))) {
      const { stepped, bars } = Chart.paths;
      const dots = (size: number): uPlot.Series.Points => ({ show: true, size, fill: stroke, stroke });
      const looks: { [as: string]: uPlot.Series } = {
        reference: { dash: [7, 5] },
        steps: { paths: stepped!({ align: 1 }) },
        bars: { width: 1, paths: bars!({ size: [0.7, 60] }), fill: faint(stroke, 45) },
        dots: { width: 0, points: dots(7) },
        specks: { width: 0, points: dots(2) },
      };
      // A line through few points shows where they are; a single point has no line.
      const points = as !== "bars" && as !== "reference" && measured(y) <= FEW ? dots(as === "agent" ? 4 : 6) : {};
      const one = measured(y) === 1 && as !== "bars" ? { points: dots(as === "agent" ? 4 : 8) } : {};
      // Bars are as wide as the least distance between points that are not undefined.
      const values = as === "bars" ? y.map((value) => value ?? undefined) : y;
      add(values, { stroke, width: width(as), ...("show" in points && { points }), ...looks[as], ...one });
    }
    // Invisible, to keep theory inside the vertical range; drawTheory draws it, from edge to edge.
    if (data.theory !== null) {
      const line = data.x.map(() => data.theory);
      add(line, edge);
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
    const counted = data.x.every((x) => Number.isInteger(x)) && to - from >= 1;
    const steps: number[] = [];
    for (let unit = 1; unit < 1e15; unit *= 10) steps.push(unit, 2 * unit, 5 * unit);
    const whole = counted ? { incrs: steps } : {};
    const chart = new Chart(
      {
        width: plot.clientWidth,
        height,
        padding: [10, data.theory === null ? 24 : null, 0, 0],
        legend: { show: false },
        scales: {
          x: {
            time: false,
            range: (_, min, max) => (min <= data.x[0] && max >= data.x[last] ? [full.min, full.max] : [min, max]),
          },
          // What is 0 throughout would be drawn from 0 to 100.
          y: {
            range: (_, min, max) =>
              min === null ? [null, null] : min === 0 && max === 0 ? [0, 1] : Chart.rangeNum(min, max, 0.1, true),
          },
        },
        axes: [
          { ...axis, ...(data.compact ? {} : { label: data.xLabel }), size: 28, space: labelSpace, ...whole },
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
          setCursor: [(u) => read(u.cursor.idx ?? data.rest)],
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
    drawn.push({ chart, plot, height, full, xLabel: data.xLabel });
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

    function labelSpace(u: uPlot, _axis: number, min: number, max: number): number {
      return Math.ceil(Math.max(textWidth(u, format(min)), textWidth(u, format(max)))) + 24;
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
      const range = (a: number | null | undefined, b: number | null | undefined) => `${format(a)} to ${format(b)}`;
      const agents = data.lines.flatMap(({ as, y }) => (as === "agent" ? (y[index] ?? []) : []));
      const values: { [name: string]: string } = {
        x: format(data.x[index]),
        agents: agents.length === 0 ? "–" : range(Math.min(...agents), Math.max(...agents)),
        theory: format(data.theory),
      };
      for (const [k, { y, low, high }] of data.lines.entries())
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
