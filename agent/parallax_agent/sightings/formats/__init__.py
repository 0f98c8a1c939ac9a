"""Formats: the access logs of common ingresses, one module per family.

In: lines, and what the configuration defines of their format. Out: access lines.
It does not: follow a log (`follower` does), or keep a line. Start with `select_format`.
"""

from parallax_agent.sightings.formats.log_format import (
    RECOGNIZED,
    LogFormat,
    check_setting,
    select_format,
)
from parallax_agent.sightings.formats.recognize import OURS

__all__ = ["OURS", "RECOGNIZED", "LogFormat", "check_setting", "select_format"]
