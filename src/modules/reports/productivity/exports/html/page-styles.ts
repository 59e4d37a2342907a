/** The only style sheet of an exported page: light, dark and print from one set of colours. */
export const PAGE_STYLES = `
:root {
  color-scheme: light dark;
  --ink: #1b2430;
  --muted: #566272;
  --paper: #f6f6f4;
  --panel: #ffffff;
  --line: #dde1e6;
  --active: #17798a;
  --idle: #e3a536;
  --afk: #a7b2be;
  --untracked: #eff1f3;
  --low: #5f6f81;
  --medium: #976200;
  --high: #b9441b;
  --critical: #a5152a;
  --badge-ink: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e5eaf0;
    --muted: #9dabba;
    --paper: #11161c;
    --panel: #1a212a;
    --line: #2f3945;
    --active: #48b0c2;
    --idle: #dda545;
    --afk: #5d6b7a;
    --untracked: #222b35;
    --low: #93a3b5;
    --medium: #e0b04f;
    --high: #f08a5d;
    --critical: #ff7186;
    --badge-ink: #11161c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 62rem;
  padding: 2.5rem 1.25rem 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
header { border-bottom: 2px solid var(--active); margin-bottom: 1.5rem; }
header p { margin: 0 0 1rem; color: var(--muted); }
header .kicker { margin: 0; color: var(--active); font-weight: 600; letter-spacing: .02em; }
h1 { margin: 0; font-size: 2.2rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h3 { margin: 0 0 .25rem; font-size: 1.1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0 0 1.5rem; padding: 0; }
nav a { display: block; padding: .25rem .8rem; border: 1px solid var(--line); border-radius: 99px; background: var(--panel); color: var(--ink); text-decoration: none; }
nav a:hover, nav a:focus-visible { border-color: var(--active); color: var(--active); }
:focus-visible { outline: 2px solid var(--active); outline-offset: 2px; }
section { margin: 0 0 2.5rem; }
.team, .day { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem; }
.team h2:not(:first-child) { margin-top: 1.75rem; }
.person { padding-top: 1rem; }
.day { margin-top: 1rem; content-visibility: auto; contain-intrinsic-size: auto 620px; }
.day.empty { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: .6rem 1.25rem; contain-intrinsic-size: auto 48px; }
.day.empty h3 { margin: 0; font-size: 1rem; font-weight: 500; }
.day.empty p { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 0 0 1rem; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .9rem; }
.tile dt { color: var(--muted); font-size: .9rem; }
.tile dd { margin: 0; font-size: 1.35rem; font-weight: 600; line-height: 1.3; }
.tile small { display: block; font-size: .85rem; font-weight: 400; color: var(--muted); }
.summary { max-width: 44rem; margin: .5rem 0 1rem; }
.conclusion { max-width: 48rem; margin: 0 0 1.25rem; padding: .7rem 1rem; border-left: 4px solid var(--active); background: var(--panel); border-radius: 0 .4rem .4rem 0; }
.conclusion.critical { border-color: var(--critical); }
.conclusion.critical strong { color: var(--critical); }
.conclusion strong { margin-right: .35rem; }
.quiet, .note { color: var(--muted); margin: .25rem 0; }
.totals { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .25rem 0; font-weight: 600; }
.totals span::before, .legend span::before { content: ""; display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: 2px; background: var(--swatch); }
.totals .active, .legend .active { --swatch: var(--active); }
.totals .idle, .legend .idle { --swatch: var(--idle); }
.totals .afk, .legend .afk { --swatch: var(--afk); }
.legend .untracked { --swatch: var(--untracked); }
.legend .mark { --swatch: var(--medium); }
.legend .mark::before { height: .35rem; border-radius: 2px; vertical-align: .15rem; }
.legend .untracked::before { outline: 1px solid var(--line); outline-offset: -1px; }
figure { margin: 1rem 0 .5rem; overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0 0 .4rem; font-size: .85rem; color: var(--muted); }
.chart { display: block; width: 100%; min-width: 34rem; height: auto; }
.chart text { fill: var(--muted); font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.chart line { stroke: var(--line); stroke-width: 1; }
.chart .active { fill: var(--active); }
.chart .idle { fill: var(--idle); }
.chart .afk { fill: var(--afk); }
.chart .untracked { fill: var(--untracked); }
.marks .low { fill: var(--low); }
.marks .medium { fill: var(--medium); }
.marks .high { fill: var(--high); }
.marks .critical { fill: var(--critical); }
.bar { display: block; width: 100%; height: .7rem; background: var(--untracked); border-radius: 2px; fill: var(--active); }
.columns { display: grid; grid-template-columns: minmax(15rem, 2fr) minmax(20rem, 3fr); gap: .5rem 2rem; align-items: start; margin-top: 1rem; }
.scroll { overflow-x: auto; }
.scroll table { min-width: 34rem; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0 0 .35rem; font-size: 1rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { border-top: 0; color: var(--muted); font-size: .85rem; white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
tbody th { min-width: 5.5rem; max-width: 16rem; overflow-wrap: break-word; }
.figure, .time { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
thead th { vertical-align: bottom; }
.wide { width: 40%; vertical-align: middle; }
.ranking .wide { width: 18%; min-width: 5rem; }
.apps th { width: 34%; }
.insights td { border-top: 0; padding-top: 0; color: var(--muted); }
td small, li small { display: block; color: var(--muted); font-size: .9em; overflow-wrap: anywhere; }
.hours ul { list-style: none; margin: 0; padding: 0; }
.hours li + li { margin-top: .25rem; }
.badge { display: inline-block; min-width: 4.2rem; padding: .05rem .5rem; border-radius: 99px; text-align: center; font-size: .82rem; font-weight: 600; color: var(--badge-ink); background: var(--severity); }
.badge.low { --severity: var(--low); }
.badge.medium { --severity: var(--medium); }
.badge.high { --severity: var(--high); }
.badge.critical { --severity: var(--critical); }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--active); width: max-content; max-width: 100%; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { border-top: 1px solid var(--line); padding-top: .75rem; color: var(--muted); font-size: .88rem; }
@media (max-width: 46rem) {
  body { padding: 1.25rem .9rem 3rem; }
  .columns { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  @page { margin: 14mm 12mm; }
  :root {
    --ink: #1b2430; --muted: #4a5563; --paper: #ffffff; --panel: #ffffff; --line: #d3d8de;
    --active: #17798a; --idle: #e3a536; --afk: #a7b2be; --untracked: #eff1f3;
    --low: #5f6f81; --medium: #976200; --high: #b9441b; --critical: #a5152a; --badge-ink: #ffffff;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .day { content-visibility: visible; }
  .chart { min-width: 0; }
  .person { break-before: page; }
  .person:first-of-type { break-before: auto; }
  figure, .tiles, .conclusion, tr, h2, h3, .totals { break-inside: avoid; }
  h2, h3, .totals { break-after: avoid; }
  figure, .scroll { overflow: visible; }
}
`;
