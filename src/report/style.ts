// The look of a report. Colours are from the Okabe–Ito set, darkened or lightened until text in them has a contrast of
// at least 4.5 : 1; nothing is said by colour alone.

export const style = `
:root, :root.printing {
  color-scheme: light dark;
  --page: #fff; --panel: #f6f7f8; --rule: #e1e4e8; --ink: #1b1e22; --soft: #5a6169;
  --accent: #0072b2; --band: rgba(0, 114, 178, .17); --agent: rgba(110, 118, 128, .42); --theory: #b84a00;
  --pass: #0a6b50; --fail: #b3380d;
  --line-0: #0072b2; --line-1: #b84a00; --line-2: #00795a; --line-3: #a0447a; --line-4: #7a6200; --line-5: #3d4650;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) {
    --page: #131619; --panel: #1b1f23; --rule: #2e3339; --ink: #e8eaed; --soft: #a4abb3;
    --accent: #5cb8ec; --band: rgba(92, 184, 236, .2); --agent: rgba(160, 168, 178, .4); --theory: #f0a440;
    --pass: #45cba0; --fail: #f59067;
    --line-0: #5cb8ec; --line-1: #f0a440; --line-2: #45cba0; --line-3: #e09ac4; --line-4: #e3d24a; --line-5: #c4cad1;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 72px; }
h1 { margin: 0; font-size: clamp(1.6rem, 4.5vw, 2.1rem); line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 56px 0 16px; font-size: 1.2rem; letter-spacing: -.005em; }
h3 { margin: 0; font-size: 1rem; line-height: 1.35; overflow-wrap: anywhere; }
p { margin: 0 0 12px; max-width: 72ch; }
.lede { margin: 10px 0 0; font-size: 1.06rem; color: var(--soft); }
.soft { color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.verdict { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px; margin: 28px 0 0; padding: 14px 20px; background: var(--panel); border-left: 4px solid var(--soft); border-radius: 3px; }
.verdict strong { font-size: 1.2rem; }
.verdict.holds { border-color: var(--pass); }
.verdict.fails { border-color: var(--fail); }
.failure { margin: 16px 0 0; padding: 14px 20px; border: 1px solid var(--fail); border-radius: 3px; }
.failure h2 { margin: 0 0 8px; font-size: 1rem; color: var(--fail); }
.failure pre { margin: 0 0 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
.failure p { margin: 0; }
.empty { padding: 28px 20px; border: 1px dashed var(--rule); border-radius: 3px; color: var(--soft); text-align: center; }
.empty p { margin: 0 auto; }

figure.network { max-width: 720px; margin: 0; }
.network svg { display: block; width: 100%; height: auto; }
.network line.idle { stroke: var(--agent); }
.network line.carries { stroke: var(--theory); stroke-opacity: .75; }
.network .standing circle { fill: var(--page); stroke: var(--soft); stroke-width: 1.2; }
.network .fallen circle { fill: var(--fail); stroke: var(--ink); stroke-width: 1.2; }
.network text { font-size: 9px; text-anchor: middle; dominant-baseline: central; fill: var(--ink); }
.network .fallen text { fill: var(--page); font-weight: 600; }

.scroll { overflow-x: auto; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: 9px 14px 9px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
tr:last-child > * { border-bottom: 0; }
thead th { font-weight: 500; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9em; }
th.number, td.number { text-align: right; white-space: nowrap; }
td.number small { display: block; color: var(--soft); font-size: .91em; }
td.claim { min-width: 9em; }
td.note { min-width: 13em; color: var(--soft); }
td.unit { color: var(--soft); }
td:empty { color: transparent; }
.pass, .fail, .open { white-space: nowrap; font-weight: 600; }
.pass { color: var(--pass); }
.fail { color: var(--fail); }
.open { color: var(--soft); font-weight: 400; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 44px 36px; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr)); gap: 30px 28px; }
figure { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figure header { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; min-height: 1.9em; }
.curves h3 { font-size: .92rem; }
.curves .doc { margin: 0; font-size: .84rem; line-height: 1.4; color: var(--soft); }
.plot { position: relative; width: 100%; overflow: hidden; margin: 6px 0 0; }
.figures .plot { height: 280px; }
.curves .plot { height: 150px; }
.plot .uplot { width: 100%; }
.plot .u-select { background: var(--band); }
.plot .u-cursor-x { border-color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 8px 0; font-size: .86rem; line-height: 1.5; font-variant-numeric: tabular-nums; }
.legend div { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 7px; }
.legend dt { color: var(--soft); }
.legend dt::before { content: ""; display: inline-block; width: 20px; margin-right: 7px; vertical-align: .28em; }
.legend .x dt::before { display: none; }
.legend .agents dt::before { border-top: 1px solid var(--soft); }
.legend .theory dt::before { border-top: 2px dashed var(--theory); }
${[0, 1, 2, 3, 4, 5].map((k) => `.legend .line-${k} dt::before { border-top: 2.5px solid var(--line-${k}); }`).join("\n")}
.legend .reference dt::before { border-top-style: dashed; }
.legend .dots dt::before { width: 8px; margin: 0 13px 0 6px; border-top-width: 8px; border-radius: 4px; vertical-align: .05em; }
.legend .specks dt::before { width: 4px; margin: 0 15px 0 8px; border-top-width: 4px; border-radius: 2px; vertical-align: .2em; }
.legend dd { margin: 0; }
figure .empty { margin: 6px 0 8px; }
.unmeasured { margin: 20px 0 0; font-size: .9rem; overflow-wrap: anywhere; }
.under { margin: 12px 0 0; font-size: .9rem; }
.findings { margin: 20px 0 0; padding-left: 1.2em; max-width: 76ch; }
.findings li { margin: 0 0 8px; }
figcaption { font-size: .9rem; color: var(--soft); }
figcaption p { margin: 0 0 4px; }
figcaption .summary { color: var(--ink); }

button { font: inherit; font-size: .84rem; padding: 2px 10px; color: var(--ink); background: var(--panel); border: 1px solid var(--rule); border-radius: 3px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--soft); }
details > summary { cursor: pointer; margin: 56px 0 16px; font-size: 1.2rem; font-weight: 700; }
code, pre { font: .88rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.config th code { overflow-wrap: break-word; }
.config td code { display: inline-block; min-width: 9em; overflow-wrap: anywhere; }
.command { display: flex; align-items: flex-start; justify-content: space-between; gap: 12px; padding: 12px 14px 12px 20px; background: var(--panel); border-radius: 3px; }
.command pre { margin: 0; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.command span { display: inline-block; max-width: 100%; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 24px; margin: 20px 0 0; font-size: .92rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.reading { padding-left: 1.2em; margin: 0; max-width: 76ch; }
.reading li { margin: 0 0 8px; }

@media screen and (max-width: 600px) {
  main { padding: 24px 16px 48px; }
  h2, details > summary { margin-top: 40px; }
  .verdict, .failure { padding: 12px 14px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: 8px; }
  .command { padding: 10px 12px; flex-wrap: wrap; }
  .command pre { width: 100%; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
}
@media screen and (max-width: 760px) {
  .scroll { overflow-x: visible; border-bottom: 0; }
  table, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: flex; flex-direction: column; padding: 12px 0; border-bottom: 1px solid var(--rule); }
  tbody th, td, td.number { padding: 2px 0; border: 0; text-align: left; white-space: normal; min-width: 0; }
  tbody th { order: -2; overflow-wrap: anywhere; }
  td { display: flex; gap: 12px; }
  td::before { content: attr(data-label); flex: 0 0 8.5em; color: var(--soft); }
  td > div { min-width: 0; overflow-wrap: anywhere; }
  td.verdict-cell { order: -1; }
  td:empty { display: none; }
}
@media print {
  :root {
    --page: #fff; --panel: #f6f7f8; --rule: #c8ccd1; --ink: #000; --soft: #444;
    --accent: #0072b2; --pass: #0a6b50; --fail: #b3380d;
  }
  @page { size: A4; margin: 14mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  button { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td, td.number, thead th { padding: 4px 8px 4px 0; white-space: normal; min-width: 0; }
  td.claim, td.note, tbody th { min-width: 0; }
  code { overflow-wrap: anywhere; }
  .config td code { min-width: 0; }
  .figures, .curves { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
  .figures .plot { height: 210px; }
  .curves .plot { height: 113px; }
}
`;
