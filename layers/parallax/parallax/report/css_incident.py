"""CSS incident: the parts of an incident's page, above all the path as a picture.

In: nothing. Out: CSS. On a screen of 900 pixels the hops stand side by side between the
line of the internet and that of the inside; a phone shows them below each other.
It does not: hide a text on any screen.
"""

INCIDENT = """
.incident { display: grid; gap: .9rem; grid-template-columns: minmax(0, 1fr); }
.main, .aside { display: grid; gap: .9rem; grid-template-columns: minmax(0, 1fr); }
.top { display: flex; flex-wrap: wrap; justify-content: space-between;
  align-items: center; gap: 0 1rem; }
.top p { margin: 0; } .loaded { font-size: .9rem; }
.next { border-left: .4rem solid var(--link); }
.cause { border-left: .4rem solid var(--bad); }
.cause.open { border-left-color: var(--warn); }
.cause p:first-of-type { font-size: 1.1rem; font-weight: 600; }
.undo { margin: .2rem 0; color: var(--soft); }
.undo + .run pre { background: none; color: var(--soft); }
.path, .targets, .moments { list-style: none; margin: 0; padding: 0; }
.hop { display: grid; grid-template-columns: 2.25rem minmax(0, 1fr); margin: 0;
  padding: .5rem 0; border-bottom: 1px solid var(--line); align-items: start; }
.hop:last-child { border: 0; }
.hop p { margin: 0; }
.box { grid-column: 1 / -1; display: grid; align-items: center;
  grid-template-columns: 2.25rem minmax(0, 1fr); }
.box strong, .word { color: var(--text); }
.word { font-weight: 600; color: inherit; }
.box svg, .side, .seen { grid-column: 2; }
.box svg { grid-column: 1; }
.side { order: 1; } .side.in { order: 2; } .seen { order: 3; }
.side { display: grid; grid-template-columns: 5.25rem minmax(0, 1fr); }
.side.again { display: none; }
.from { color: var(--text); font-weight: 700; }
.got { font-weight: 600; }
.seen { color: var(--soft); font-size: .9rem; }
.named { background: var(--bad-bg); border-radius: .4rem; padding: .6rem .3rem;
  box-shadow: inset .3rem 0 var(--bad); }
.box.bad ~ .seen { color: var(--text); font-weight: 600; }
.past .path { filter: grayscale(.85); }
.glyph { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
.targets li { padding: .35rem 0; border-bottom: 1px solid var(--line); margin: 0; }
.targets li:last-child { border: 0; }
.pair { display: grid; gap: 1.25rem; }
.phases { width: 100%; border-collapse: collapse; table-layout: fixed; }
.phases caption { text-align: left; padding-bottom: .3rem; }
.phases th, .phases td { text-align: left; font-weight: 400; padding: .15rem 0; }
.phases th { width: 5rem; }
.phases td:last-child { width: 6.5rem; padding-left: .6rem;
  font-variant-numeric: tabular-nums; }
.phases svg { display: block; width: 100%; height: 1rem; }
.rail { fill: var(--code); }
.fill { fill: var(--link); } .fill.bad { fill: var(--bad); }
.fill.good { fill: var(--good); }
.strip { display: block; width: 100%; height: 2.25rem; }
.ends { display: flex; justify-content: space-between; gap: 0 1rem; font-size: .9rem;
  flex-wrap: wrap; }
.ends span:nth-child(2) { order: 1; flex-basis: 100%; text-align: center; }
.moments li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .75rem; }
.time { font: .9em/1.65 ui-monospace, monospace; color: var(--soft); }
@media (min-width: 900px) {
  .incident { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    align-items: start; }
  .wide, .head { grid-column: 1 / -1; }
  h1 { font-size: 1.75rem; }
  .ends span:nth-child(2) { order: 0; flex-basis: auto; }
  .pair { grid-template-columns: 1fr 1fr; gap: 2rem; }
  .path.both { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr);
    grid-template-rows: auto auto auto auto; }
  .path.both .hop { display: grid; grid-row: span 4; grid-template-rows: subgrid;
    grid-template-columns: minmax(0, 1fr); border: 0; padding: .5rem 0; }
  .path.both .box, .path.both .side, .path.both .seen { grid-column: 1; order: 0;
    padding: .4rem .5rem; }
  .path.both .out { grid-row: 1; } .path.both .box { grid-row: 2; }
  .path.both .in { grid-row: 3; } .path.both .seen { grid-row: 4; }
  .path.both .side, .path.both .side.again { display: block; }
  .path.both .box { display: block; margin: 0 .25rem; border: 2px solid currentColor;
    border-radius: .5rem; background: var(--card); text-align: center; }
  .path.both .out { border-bottom: .25rem solid currentColor; align-self: end;
    margin-bottom: .5rem; }
  .path.both .in { border-top: .25rem solid currentColor; margin-top: .5rem; }
  .path.both .out.soft { border-bottom: .25rem dashed var(--soft); }
  .path.both .in.soft { border-top: .25rem dashed var(--soft); }
  .path.both .soft .got { font-weight: 400; }
  .path.both .from { display: block; font-size: .9rem; }
  .path.both .hop + .hop .from { position: absolute; clip-path: inset(50%);
    width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
  .path.both .in { padding-top: 1.6rem; }
  .path.both .hop:first-child .in { padding-top: .4rem; }
  .path.both .seen { font-size: .85rem; }
  .path.both .named { background: var(--bad-bg); box-shadow: none; }
  .path.both .named .box { background: var(--bad); border-color: var(--bad); }
  .path.both .named .box, .path.both .named .box strong { color: var(--on-bad); }
}
"""
