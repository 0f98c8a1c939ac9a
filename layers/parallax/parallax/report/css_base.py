"""CSS base: colors, texts, forms and commands of every page.

In: nothing. Out: CSS for a phone of 390 pixels and for a desktop, light and dark, and
for paper. It does not: load a font or an image.
"""

BASE = """
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --code: #f0f2f5;
  --text: #14181d; --soft: #545c66; --line: #d3d9e0; --bad: #b3261e; --on-bad: #fff;
  --bad-bg: #fdeceb; --warn: #805300; --warn-bg: #fdf3dd; --good: #1a6b36;
  --good-bg: #e9f6ed; --link: #0a58a8; }
@media (prefers-color-scheme: dark) { :root { --bg: #101317; --card: #191d22;
  --code: #232930; --text: #e8eaed; --soft: #a8b0b9; --line: #363e47; --bad: #ff8f85;
  --on-bad: #2b0705; --bad-bg: #3a1a19; --warn: #f2bd57; --warn-bg: #33290f;
  --good: #7fd69b; --good-bg: #14301e; --link: #8ab8f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1rem; background: var(--bg);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: .4rem 0 .6rem; }
h2 { font-size: .95rem; margin: 0 0 .5rem; color: var(--soft); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
section, form { background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; padding: .9rem 1rem; margin: 0; min-width: 0; }
.state { display: inline-block; margin: 0; padding: .1rem .7rem; border-radius: 1rem;
  border: 2px solid; font-weight: 700; font-size: .85rem; }
strong.state.bad { background: var(--bad); border-color: var(--bad);
  color: var(--on-bad); }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
.soft { color: var(--soft); }
.facts { margin: .5rem 0; padding: 0; list-style: none; }
.facts li { margin: .2rem 0; }
.note { border-left: 4px solid var(--line); padding: .1rem .75rem; margin: .5rem 0; }
pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--code);
  border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap;
  font: .875rem/1.45 ui-monospace, monospace; }
p code, li code { padding: 0 .2rem; background: var(--code); border-radius: .2rem;
  font: .9em ui-monospace, monospace; }
pre.command { -webkit-user-select: all; user-select: all; }
.run { display: flex; align-items: center; gap: .5rem; margin: .4rem 0; }
.run pre { flex: 1 1 auto; min-width: 0; margin: 0; }
@media (max-width: 600px) { .run { flex-wrap: wrap; } .run pre { flex-basis: 100%; } }
.copy { flex: none; width: 9.25rem; padding: .3rem .5rem; font-size: .9rem; }
form { margin: 0; }
label { display: block; font-size: .9rem; }
input { display: block; width: 100%; max-width: 22rem; margin-top: .2rem;
  padding: .5rem; font: inherit; color: var(--text); background: var(--bg);
  border: 1px solid var(--soft); border-radius: .4rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .6rem; }
button { min-height: 2.75rem; padding: .4rem .9rem; font: inherit; font-weight: 600;
  color: var(--text); background: var(--card); border: 1px solid var(--soft);
  border-radius: .4rem; cursor: pointer; }
button.primary { color: var(--bg); background: var(--text); border-color: var(--text); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
ul, ol { padding-left: 1.3rem; margin: .4rem 0; }
li { margin: .25rem 0; }
details { margin-top: .75rem; border-top: 1px solid var(--line); padding-top: .5rem; }
details.alone { margin: 0; border: 0; padding: 0; }
summary h2 { display: inline; }
summary { cursor: pointer; font-weight: 600; min-height: 2rem; }
.id { color: var(--soft); font: .85em ui-monospace, monospace; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .9rem; }
@media print { :root { color-scheme: light; --bg: #fff; --card: #fff; --code: #f3f4f6;
  --text: #000; --soft: #444; --line: #bbb; --bad: #a31b13; --on-bad: #fff;
  --bad-bg: #fff; --warn: #6b4500; --good: #14572b; --link: #0a58a8; }
  form, .copy { display: none; } section { break-inside: avoid; }
  body { font-size: 10pt; max-width: none; }
  details::details-content { content-visibility: visible; block-size: auto; } }
"""
