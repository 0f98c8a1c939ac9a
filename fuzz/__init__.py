"""Fuzz: damaged and hostile inputs for every parser and entry of Parallax.

In: recorded inputs, a seed, a count. Out: crashes, hangs, and inputs that take too much
time or memory, each saved and reduced. It does not: send anything over a network.
"""
