"""Stage: chaos with real processes: the AWS emulator, agents, servers, a network.

In: a seed. Out: what was injected, when its recovery was seen, and what was lost.
It does not: model AWS; the emulator does what it does.

- `relay`: what happens to requests between functions, agents and the emulator
- `blows`: processes that end or hang, a full disk, a lost network, a wrong clock
- `stories`: faults of the platform that is monitored, and their alerts
"""
