// The style sheet of the HTML report. Fonts of the system only; every colour has a light and a dark value with enough
// contrast for text; nothing is said by colour alone.
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfbfa, #131518);
  --card: light-dark(#ffffff, #1a1d21);
  --sunken: light-dark(#f4f4f2, #101214);
  --line: light-dark(#e3e3df, #2c3036);
  --ink: light-dark(#1c1e21, #e6e7e9);
  --soft: light-dark(#5c6168, #a0a6ae);
  --accent: light-dark(#2f4fb5, #9db4ff);
  --high: light-dark(#b3171f, #ff8a85);
  --high-back: light-dark(#fdeaea, #3a1a1c);
  --medium: light-dark(#8a5200, #f2b45c);
  --medium-back: light-dark(#fdf1dc, #35270f);
  --low: light-dark(#0b6073, #74c7da);
  --low-back: light-dark(#e2f3f7, #10303a);
  --info: light-dark(#565c64, #a8aeb6);
  --info-back: light-dark(#eeeeec, #26292e);
  --added: light-dark(#1b6b36, #7fd49b);
  --added-back: light-dark(#ddf3e3, #14341f);
  --removed: light-dark(#b3171f, #ff8a85);
  --removed-back: light-dark(#fbe3e3, #3a1a1c);
  --found: light-dark(#ffe27a, #7a5c00);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --bar: 3.5rem;
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: calc(var(--bar) + 1rem); }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif; text-rendering: optimizeLegibility; }
[hidden] { display: none !important; }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.away, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; z-index: 3; top: .5rem; left: .5rem; padding: .5rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }

.bar { position: sticky; top: 0; z-index: 2; height: var(--bar); display: flex; align-items: center; gap: .75rem; padding: 0 1.5rem; background: color-mix(in srgb, var(--paper) 88%, transparent); backdrop-filter: blur(10px); border-bottom: 1px solid var(--line); }
.brand { color: var(--soft); text-decoration: none; white-space: nowrap; width: 14.5rem; flex: none; }
.brand b { color: var(--ink); letter-spacing: -.01em; }
.search { flex: 1 1 10rem; max-width: 30rem; }
.search input { width: 100%; height: 2.1rem; padding: 0 .8rem; font: inherit; font-size: 14px; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.search input::placeholder { color: var(--soft); opacity: 1; }
.filters { display: flex; gap: .35rem; margin: 0 0 0 auto; padding: 0; border: 0; }
.filters label { cursor: pointer; user-select: none; }
.filters input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.filters label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.filters label:not(:has(:checked)) { background: none; color: var(--soft); text-decoration: line-through; }
.bar button { height: 2.1rem; padding: 0 .7rem; font: inherit; font-size: 13px; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 8px; cursor: pointer; white-space: nowrap; }
.bar button:hover { color: var(--ink); border-color: var(--soft); }
.status { position: fixed; z-index: 2; left: 50%; bottom: 1rem; translate: -50% 0; margin: 0; padding: .4rem .9rem; background: var(--ink); color: var(--paper); border-radius: 999px; font-size: 13px; }
.status:empty { display: none; }

.frame { display: grid; grid-template-columns: 14.5rem minmax(0, 66rem); gap: 0 2.5rem; padding: 0 1.5rem 6rem; }
nav { position: sticky; top: var(--bar); align-self: start; max-height: calc(100vh - var(--bar)); overflow-y: auto; padding: 1.5rem 0 3rem; font-size: 13.5px; scrollbar-width: thin; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav a { display: flex; justify-content: space-between; gap: .5rem; padding: .26rem .6rem; border-radius: 6px; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); background: var(--sunken); }
nav .count { font-size: 12.5px; }
nav a[aria-current] { color: var(--ink); background: var(--info-back); font-weight: 600; }
nav ol ol { margin: .1rem 0 .5rem .6rem; border-left: 1px solid var(--line); }
nav ol ol a { display: block; padding: .14rem .6rem; font: 12px/1.5 var(--mono); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; border-radius: 0 6px 6px 0; }
nav ol ol a::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: .5em; border-radius: 50%; background: var(--line); }
nav ol ol a.high::before { background: var(--high); border-radius: 1px; rotate: 45deg; }
nav ol ol a.medium::before { background: var(--medium); border-radius: 1px; }
nav ol ol a.low::before { background: var(--low); }
.count { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }

main { min-width: 0; padding-top: 1.75rem; }
.hero { padding: 1.5rem 1.75rem 1.4rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; border-top: 4px solid var(--info); }
.hero.first { border-top-color: var(--accent); }
.hero.changed { border-top-color: var(--medium); }
.hero .what { margin: 0; font: 13px/1.5 var(--mono); color: var(--soft); }
h1 { margin: .1rem 0 .35rem; font-size: 2rem; line-height: 1.15; letter-spacing: -.025em; overflow-wrap: anywhere; }
.hero .headline { margin: 0; font-size: 1.06rem; font-weight: 600; }
.hero ul { margin: .7rem 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; color: var(--soft); }
.part { margin-top: 3rem; }
.searching .hero, .searching .part:has(> .entry) > :not(h2, .entry) { display: none; }
.searching .part { margin-top: 1.5rem; }
h2 { margin: 0 0 1rem; padding-bottom: .5rem; font-size: 1.3rem; letter-spacing: -.015em; border-bottom: 1px solid var(--line); }
h3 { margin: 1.7rem 0 .6rem; font-size: .95rem; }
.note { margin: .55rem 0; max-width: 46rem; color: var(--soft); }
.foreign { overflow-wrap: anywhere; }
bdi.foreign { unicode-bidi: isolate; direction: ltr; }
.foreign, .digest { font-family: var(--mono); font-size: .92em; }
h1 .foreign { font: inherit; }
.digest { overflow-wrap: anywhere; }

.facts { margin: .6rem 0; display: grid; gap: .05rem; }
.facts div { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 1rem; padding: .22rem 0; }
.facts dt { color: var(--soft); font-size: 13.5px; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.list { margin: .5rem 0; padding-left: 1.1rem; max-width: 52rem; }
.list li { margin: .25rem 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: .7rem 0; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { text-align: left; padding: .55rem .85rem 0; color: var(--soft); font-size: 12.5px; font-weight: 600; }
th, td { padding: .45rem .85rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; min-width: 5rem; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 12.5px; }

.fold { margin: 1.2rem 0; }
.fold > summary { cursor: pointer; font-weight: 600; font-size: .95rem; width: max-content; }
td:first-child { min-width: 11rem; }

.chip { display: inline-block; padding: .08rem .55rem; border-radius: 999px; font-size: 12px; line-height: 1.6; font-weight: 600; color: var(--info); background: var(--info-back); white-space: nowrap; font-variant-numeric: tabular-nums; }
.chip.high, .chip.wider { color: var(--high); background: var(--high-back); }
.chip.medium, .chip.changed { color: var(--medium); background: var(--medium-back); }
.chip.low { color: var(--low); background: var(--low-back); }
.chip.added { color: var(--added); background: var(--added-back); }
.chip.removed { color: var(--removed); background: var(--removed-back); }
.chip.plain { font-weight: 500; }
.chip.zero { color: var(--soft); background: none; font-weight: 400; }

.entry { margin: .8rem 0; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 10px; contain: paint; }
.entry.high { border-left-color: var(--high); }
.entry.medium { border-left-color: var(--medium); }
.entry.low { border-left-color: var(--low); }
.entry:target { box-shadow: 0 0 0 2px var(--accent); }
.entry > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .6rem; padding: .7rem 1.1rem; cursor: pointer; list-style: none; }
.entry > summary::-webkit-details-marker { display: none; }
.entry > summary::after { content: "▸"; margin-left: auto; color: var(--soft); font-size: 12px; }
.entry[open] > summary::after { content: "▾"; }
.entry .badges { display: inline-flex; gap: .35rem; }
.entry .badges:empty { display: none; }
.entry .name { font-weight: 600; overflow-wrap: anywhere; min-width: 0; }
.definition .name, .change .name { font-family: var(--mono); font-size: 14px; }
.entry .body { padding: 0 1.1rem .9rem; }
.place { display: inline-block; font: 12.5px/1.5 var(--mono); color: var(--soft); overflow-wrap: anywhere; }
a.place:hover { color: var(--accent); }
.finding .facts { margin: .3rem 0 0; font-size: 12.5px; color: var(--soft); }
.finding .facts div { display: block; }
.finding .facts dt { display: none; }
.related { display: flex; flex-wrap: wrap; gap: .35rem; margin: .3rem 0 .6rem; padding: 0; list-style: none; }
.flag { display: inline-block; padding: .05rem .5rem; border-radius: 5px; font-size: 12px; text-decoration: none; color: var(--info); background: var(--info-back); }
.flag:hover { text-decoration: underline; }
.flag.high { color: var(--high); background: var(--high-back); }
.flag.medium { color: var(--medium); background: var(--medium-back); }
.flag.low { color: var(--low); background: var(--low-back); }

pre { margin: 0; font: 13px/1.6 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.payload, .source, .side { margin: .7rem 0; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); contain: paint; }
figcaption, .source summary { padding: .35rem .85rem; color: var(--soft); font-size: 12.5px; font-weight: 600; }
.source summary { cursor: pointer; font-weight: 500; }
.lines, .excerpt, .side pre { padding: .15rem 0 .5rem; counter-reset: line; contain: paint; }
.ln { display: block; position: relative; padding: 0 .85rem 0 3.6rem; unicode-bidi: isolate; direction: ltr; }
.lines .ln::before { counter-increment: line; content: counter(line); position: absolute; left: 0; top: 0; bottom: 0; width: 2.9rem; padding-right: .7rem; text-align: right; color: var(--soft); opacity: .75; border-right: 1px solid var(--line); font-size: 11.5px; line-height: 1.82; user-select: none; }
.excerpt { margin: .5rem 0; padding: .5rem 0; background: var(--sunken); border-radius: 8px; }
.excerpt .ln, .side .ln { padding-left: .85rem; }
.cut { display: block; margin: .3rem 0; padding: .1rem .85rem .1rem 3.6rem; color: var(--high); background: var(--high-back); font: 600 12px/1.8 system-ui, sans-serif; }
mark { color: inherit; background: var(--medium-back); box-shadow: inset 0 -2px 0 var(--medium); border-radius: 2px; }
.finding.high mark { background: var(--high-back); box-shadow: inset 0 -2px 0 var(--high); }
::highlight(found) { background-color: var(--found); }

.cp { display: inline-block; margin: 0 .12em; padding: 0 .38em; border-radius: 4px; font: 600 10.5px/1.55 var(--mono); letter-spacing: .02em; vertical-align: .08em; color: var(--high); background: var(--high-back); border: 1px solid currentColor; cursor: help; white-space: nowrap; user-select: none; }
.cp.quiet, .cp.space, .cp.break { color: var(--info); background: none; border-color: var(--line); font-weight: 400; }
.cp.blank, .cp.pile, .cp.private, .cp.unassigned { color: var(--medium); background: var(--medium-back); }
.cp.smuggled { white-space: normal; user-select: text; }
.cp q { font-weight: 700; }

.parameters th[scope=row] { font: 13px/1.5 var(--mono); font-weight: 600; min-width: 9rem; max-width: 20rem; }
.parameters em { font: 13px system-ui, sans-serif; font-weight: 400; color: var(--soft); }
.parameters .path { font-size: 11.5px; font-weight: 400; color: var(--soft); }
.parameters code { font: 12.5px/1.5 var(--mono); }
.parameters td:last-child { min-width: 14rem; }
.parameters .text { white-space: pre-wrap; }
.required, .free { font-size: 11.5px; font-weight: 600; color: var(--ink); white-space: nowrap; }
.free { color: var(--low); }
.rule { font-size: 12.5px; }
.rule b { font-weight: 500; color: var(--soft); }
.depth-2 th { padding-left: 1.9rem; } .depth-3 th { padding-left: 2.9rem; } .depth-4 th { padding-left: 3.9rem; }
.depth-5 th { padding-left: 4.9rem; } .depth-6 th { padding-left: 5.9rem; } .depth-7 th { padding-left: 6.9rem; } .depth-8 th { padding-left: 7.9rem; }

.diff { margin: .9rem 0; }
.diff .head { margin: 0 0 .35rem; display: flex; flex-wrap: wrap; gap: .4rem; align-items: baseline; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .6rem; }
.side { margin: 0; }
.side.absent p { margin: 0; padding: 0 .85rem .5rem; color: var(--soft); font-style: italic; font-size: 13px; }
.side.removed figcaption { color: var(--removed); } .side.added figcaption { color: var(--added); }
del, ins { text-decoration: none; border-radius: 3px; padding: .05em 0; }
del { background: var(--removed-back); color: var(--removed); text-decoration: line-through; text-decoration-thickness: 1px; }
ins { background: var(--added-back); color: var(--added); font-weight: 600; }
.skipped { display: inline-block; margin: 0 .3em; padding: 0 .5em; border-radius: 4px; background: var(--info-back); color: var(--soft); font: 11.5px/1.6 system-ui, sans-serif; user-select: none; }
#approval .facts dd { font: 600 14px/1.6 var(--mono); }
#approval .facts { padding: .8rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }

@media (max-width: 1150px) { .filters { display: none; } }
@media (max-width: 860px) {
  .frame { grid-template-columns: minmax(0, 1fr); padding: 0 1rem 4rem; }
  nav { position: static; max-height: none; padding-bottom: 0; }
  nav ol ol { display: none; }
  .brand { width: auto; }
  .sides { grid-template-columns: minmax(0, 1fr); }
  #fold { display: none; }
}
@media print {
  .bar, nav, .status { display: none; }
  .frame { display: block; padding: 0; }
  .entry { break-inside: avoid-page; }
}
`;
