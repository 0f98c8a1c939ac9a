"""Reports: the table of worlds, by where the trouble was.

In: nothing. Out: every world. It does not: run them.
"""

from bench.worlds.reports.backend import BACKEND
from bench.worlds.reports.balancer import BALANCER
from bench.worlds.reports.cluster import CLUSTER
from bench.worlds.reports.edge import EDGE
from bench.worlds.reports.ways_in import WAYS_IN
from bench.worlds.world import World

WORLDS: tuple[World, ...] = (*EDGE, *BALANCER, *WAYS_IN, *CLUSTER, *BACKEND)
