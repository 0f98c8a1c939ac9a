"""Overview: all targets on one page, behind a signed link of its own.

In: a request to `/o` of the report's function URL. Out: a page without scripts: the
state of each target now, 90 days of uptime, and what is left of its error budget.
It does not: change anything, or show anything without a valid link. See
docs/overview.md and docs/decisions/0024.

- `endpoint`: from the request to the response; `request`: method and fields.
- `sources`: what the tables hold; `state`: the state of a target, from that.
- `page`, of `incidents`, `rows`, `filters` and `bars` (`days`: the same in words);
  `style`: its CSS.
"""
