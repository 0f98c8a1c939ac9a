"""Style: the CSS of the overview, and the policy that allows it and nothing else.

In: the CSS of every page. Out: the same with that of a list of targets.
It does not: load a font, an image or a script.
"""

import base64
from hashlib import sha256

from parallax.report.css_base import BASE

OVERVIEW = """
body { max-width: 76rem; }
:root { --ok: #2e9e5b; --short: #a86f00; --long: #c5362c; --apart: #173a75;
  --none: #7d848c; }
@media (prefers-color-scheme: dark) { :root { --ok: #6fdc9f; --short: #e0ac3a;
  --long: #ff7468; --apart: #4468b3; --none: #727b85; } }
main > * { margin-block: .9rem; }
main > h2 { margin: 1.6rem 0 .3rem; font-size: 1.05rem; color: var(--text); }
.pills { display: flex; flex-wrap: wrap; gap: .5rem; }
a.state.bad { background: var(--bad); border-color: var(--bad);
  color: var(--on-bad); }
.all { list-style: none; padding: 0; }
.all li { display: grid; gap: .2rem .75rem; align-items: center; margin: 0;
  grid-template-columns: 1fr; padding: .6rem 0;
  border-bottom: 1px solid var(--line); }
svg[role] { width: 100%; height: 1.4rem; }
.all li > span { font-variant-numeric: tabular-nums; }
@media (min-width: 50rem) {
  .all li { grid-template-columns: 11rem minmax(9rem, 1fr) 16rem 14rem 15rem; }
  .all svg ~ span { text-align: right; }
  .all small { text-align: right; }
}
@media (min-width: 900px) { h1 { font-size: 1.75rem; } }
.hidden { position: absolute; }
path { fill: none; stroke-dasharray: 2 1; }
.g { stroke: var(--ok); stroke-width: 14; } .w { stroke: var(--short);
  stroke-width: 17; } .b { stroke: var(--long); stroke-width: 20; }
.m { stroke: var(--apart); stroke-width: 8; } .n { stroke: var(--none);
  stroke-width: 3; }
.legend span { display: inline-block; }
.key { display: inline-block; width: .4rem; margin: 0 .1rem; }
.key.g { height: .8rem; background: var(--ok); }
.key.w { height: .95rem; background: var(--short); }
.key.b { height: 1.1rem; background: var(--long); }
.key.m { height: .5rem; background: var(--apart); }
.key.n { height: .2rem; background: var(--none); }
.filter details { margin: 0; padding: 0; border: 0; }
.filter summary { min-height: 0; padding: .2rem 0; }
.fields { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end;
  padding-top: .4rem; }
.fields label { flex: 1 1 12rem; }
.fields input, select { max-width: none; width: 100%; height: 2.75rem; }
select { display: block; margin-top: .2rem; padding: .5rem; font: inherit;
  color: var(--text); background: var(--bg); border: 1px solid var(--soft);
  border-radius: .4rem; }
@media (min-width: 50rem) { @supports selector(::details-content) {
  .filter summary { display: none; }
  .filter details::details-content { content-visibility: visible;
    block-size: auto; }
  .fields { padding-top: 0; } } }
"""
CSS = BASE + OVERVIEW


def policy(css: str) -> str:
    """Return the content security policy of a page with this CSS."""
    digest = base64.b64encode(sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


POLICY = policy(CSS)
