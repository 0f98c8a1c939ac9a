"""Style: the page's CSS, and the policy that allows it and nothing else.

In: nothing. Out: CSS for a phone of 390 pixels and for a desktop, light and dark.
It does not: load a font, an image or a script.
"""

import base64
from hashlib import sha256

CSS = """
:root { color-scheme: light dark; --bg: #fff; --card: #f5f6f8; --text: #16191d;
  --soft: #565d66; --line: #d5d9de; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e37;
  --link: #0a58a8; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171a; --card: #1e2328;
  --text: #e8eaed; --soft: #a5adb6; --line: #3a4149; --bad: #ff8a80; --warn: #f2bd57;
  --good: #79d597; --link: #8ab8f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--bg);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
h1 { font-size: 1.3rem; line-height: 1.3; margin: .25rem 0 .75rem; }
h2 { font-size: .85rem; letter-spacing: .04em; margin: 1.5rem 0 .4rem;
  color: var(--soft); }
p { margin: .4rem 0; }
a { color: var(--link); }
.state { display: inline-block; margin: 0; padding: .1rem .6rem; border-radius: 1rem;
  border: 2px solid; font-weight: 700; font-size: .85rem; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
.soft { color: var(--soft); }
.facts { margin: .5rem 0; padding: 0; list-style: none; }
.facts li { margin: .35rem 0; }
.note { border-left: 4px solid var(--line); padding: .1rem .75rem; margin: .5rem 0; }
pre { margin: .5rem 0; padding: .6rem .75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap;
  -webkit-user-select: all; user-select: all;
  font: .9rem/1.45 ui-monospace, monospace; }
form { margin: 1rem 0; padding: .75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .5rem; }
label { display: block; font-size: .9rem; }
input { display: block; width: 100%; max-width: 22rem; margin-top: .2rem;
  padding: .5rem; font: inherit; color: var(--text); background: var(--bg);
  border: 1px solid var(--soft); border-radius: .4rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .6rem; }
button { min-height: 2.75rem; padding: .4rem .9rem; font: inherit; font-weight: 600;
  color: var(--text); background: var(--bg); border: 1px solid var(--soft);
  border-radius: .4rem; cursor: pointer; }
button.main { color: var(--bg); background: var(--text); border-color: var(--text); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
ul { padding-left: 1.2rem; }
details { margin-top: 1.5rem; }
summary { cursor: pointer; font-weight: 600; min-height: 2rem; }
.path, .targets { list-style: none; margin: 0; padding: 0; }
.path li { display: flex; gap: .6rem; }
.path svg { flex: none; }
.path p { margin: .25rem 0 .6rem; }
.glyph { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
.wire { stroke: var(--line); stroke-width: 2; }
.targets li { padding: .35rem 0; border-bottom: 1px solid var(--line); }
.targets li:last-child { border: 0; }
footer { margin-top: 2rem; padding-top: .75rem; border-top: 1px solid var(--line);
  color: var(--soft); font-size: .9rem; }
"""

_DIGEST = base64.b64encode(sha256(CSS.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of every page: this style, our form, nothing else."""
