"""Skewed agent: the real agent, whose clock is wrong by some seconds.

In: the seconds, as argument. Out: what the agent does.
It does not: change anything else.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    shown = datetime.now(UTC) + timedelta(seconds=float(sys.argv[1]))
    with time_machine.travel(shown, tick=True):
        runpy.run_module("parallax_agent", run_name="__main__")
