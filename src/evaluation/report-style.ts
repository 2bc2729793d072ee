import { Html } from "./html.ts";

/** The report's style: system fonts, light and dark, wide tables scroll by themselves on a phone, shades survive printing. */
export const reportStyle = new Html(`<style>
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --shade: #2f81d6; --alarm: #a40e26; --alarm-panel: #ffebe9; --calm: #116329; --calm-panel: #e6f6ea;
  --protocol-0: #1a66c2; --protocol-1: #1a7f37; --protocol-2: #8250df; --protocol-3: #9a6700; --most: 75%;
  --line-0: #1a66c2; --line-1: #1a7f37; --line-2: #8250df; --line-3: #b35900;
  --line-4: #bf3989; --line-5: #0e7c86; --line-6: #c4342d; --line-7: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #9aa4af; --line: #30363d; --panel: #161b22;
    --shade: #4a94f0; --alarm: #ff9a92; --alarm-panel: #3c1618; --calm: #7ee2a0; --calm-panel: #0f2a1a;
    --protocol-0: #6cb0ff; --protocol-1: #5fce7f; --protocol-2: #c39bff; --protocol-3: #e3b341; --most: 45%;
    --line-0: #6cb0ff; --line-1: #5fce7f; --line-2: #c39bff; --line-3: #f0a35e;
    --line-4: #ff9bce; --line-5: #56d4dd; --line-6: #ff8b80; --line-7: #afb8c1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 64rem; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
.quiet, caption { color: var(--quiet); }
.notice { border-left: .3rem solid var(--line); background: var(--panel); padding: .6rem .9rem; margin: 1rem 0; border-radius: .25rem; }
.alarm { border-color: var(--alarm); background: var(--alarm-panel); }
.alarm strong { color: var(--alarm); }
.calm { border-color: var(--calm); background: var(--calm-panel); }
.calm strong { color: var(--calm); }
.notice ul { margin: .25rem 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; margin: .75rem 0; }
.scroll:focus-visible { outline: 2px solid var(--shade); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.figures { width: 100%; min-width: 42rem; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--page); }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; }
tbody th { font-weight: 600; }
.published th, .published td, .baseline th, .baseline td { color: var(--quiet); font-weight: 400; }
.figures tbody { border-bottom: 2px solid var(--line); }
.figures th[rowspan] { vertical-align: top; }
.figures .source { font-weight: 400; text-align: left; }
.leaks .source { color: var(--alarm); }
.charts, .panels { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: flex-start; }
.charts > *, .panels > * { max-width: 100%; min-width: 0; }
figure { margin: .75rem 0; max-width: 100%; } figcaption { color: var(--quiet); padding-bottom: .4rem; }
svg.plot { display: block; max-width: 100%; height: auto; }
.key { white-space: nowrap; margin-right: .75rem; }
.key::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .35em; background: var(--key);
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
summary h2 { display: inline-block; } summary { cursor: pointer; margin-top: 1.5rem; }
.cell { border-top: 1px solid var(--line); }
.interval { color: var(--quiet); font-size: .85em; display: inline-block; min-width: 6.6em; text-align: left; }
.confusion td { text-align: center; min-width: 3.2rem; border: 1px solid var(--page);
  background: color-mix(in srgb, var(--shade) calc(var(--share) * var(--most)), var(--panel)); }
.confusion thead th { text-align: center; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; }
code { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
@media print { body { max-width: none; } .confusion td { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>`);
