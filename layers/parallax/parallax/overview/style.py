"""Style: the CSS of the overview, and the policy that allows it and nothing else.

In: the CSS of an incident's page. Out: the same with that of a list of targets.
It does not: load a font, an image or a script.
"""

import base64
from hashlib import sha256

from parallax.report import style

OVERVIEW = """
body { max-width: 76rem; }
:root { --ok: #2e9e5b; --short: #c98a00; --long: #c5362c; --apart: #5b8bd0;
  --none: #c4c9cf; }
@media (prefers-color-scheme: dark) { :root { --ok: #46b877; --short: #e0ac3a;
  --long: #ff7468; --apart: #7fa9e6; --none: #4b535c; } }
.all { list-style: none; margin: .5rem 0; padding: 0; }
.all li { display: grid; gap: .1rem .75rem; align-items: center;
  grid-template-columns: 1fr auto; padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
.all li > span:nth-child(2) { grid-column: 1 / -1; }
.all .d { grid-column: 1 / -1; width: 100%; height: 1.4rem; }
.all small { text-align: right; grid-row: auto; }
.all li > b { grid-column: 1 / -1; }
.u { font-variant-numeric: tabular-nums; }
.head { display: none; }
@media (min-width: 50rem) {
  .all li, .head { display: grid; gap: .1rem .75rem;
    grid-template-columns: 13rem minmax(10rem, 1fr) 20rem 5rem 13rem; }
  .head { font-size: .85rem; margin: 0; }
  .head span:nth-child(n+4) { text-align: right; }
  .all li > b, .all li > span:nth-child(2), .all .d { grid-column: auto; }
  .all .u { text-align: right; }
}
.hidden { position: absolute; }
path { fill: none; stroke-dasharray: 2 1; }
.g { stroke: var(--ok); stroke-width: 14; } .w { stroke: var(--short);
  stroke-width: 17; } .b { stroke: var(--long); stroke-width: 20; }
.m { stroke: var(--apart); stroke-width: 8; } .n { stroke: var(--none);
  stroke-width: 3; }
.key { display: inline-block; width: .4rem; margin-left: .4rem; }
.key.g { height: .8rem; background: var(--ok); }
.key.w { height: .95rem; background: var(--short); }
.key.b { height: 1.1rem; background: var(--long); }
.key.m { height: .5rem; background: var(--apart); }
.key.n { height: .2rem; background: var(--none); }
.filter { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
.filter label { flex: 1 1 12rem; }
.filter input, select { max-width: none; width: 100%; }
select { display: block; margin-top: .2rem; padding: .5rem; font: inherit;
  color: var(--text); background: var(--bg); border: 1px solid var(--soft);
  border-radius: .4rem; min-height: 2.75rem; }
"""
CSS = style.CSS + OVERVIEW


def policy(css: str) -> str:
    """Return the content security policy of a page with this CSS."""
    digest = base64.b64encode(sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


POLICY = policy(CSS)
