"""Mutation: whether the tests notice a changed program.

In: a part of Parallax, e.g. its incident story. Out: how many of its mutants the part's
tests kill, and the difference of each mutant that survives.
It does not: change the sources; mutmut works on a copy in `.lab/mutation`.
"""
