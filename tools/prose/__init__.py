"""Check the texts that people read against docs/writing.md.

In: the files that git tracks, and the rules beside this module. Out: one line per
offender, `path:line: text; use replacement`.
It does not: check spelling (codespell does), or judge style that no rule names.
"""
