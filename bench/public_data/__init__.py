"""Public data: cluster states and labels that others published, judged by Parallax.

`make bench-strangers DATA=<clone>` reads a clone that the user made. No file of a data
set is in this repository.
"""
