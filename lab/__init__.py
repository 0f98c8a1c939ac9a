"""Lab: the whole path of a request on one machine, with real programs.

- `demo`: plays a fault with Parallax deployed (`python -m lab.demo`)
- `cli`: the lab alone (`python -m lab`)
- `stage`: sets the lab up, with or without Parallax
- `world`: the running lab and the actions of faults
- `edge`, `inside`: the programs before and behind the nodes
- `programs`: child processes
- `case`, `parts`, `fault`, `facts`: the description of a platform and of a fault
- `selectors`: label and field selectors of both APIs

It does not: touch anything outside its namespace and its run folder.
"""
