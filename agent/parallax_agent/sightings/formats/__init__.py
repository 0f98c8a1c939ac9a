"""Formats: the access logs of the ingresses that are in use, one module a family.

In: lines, and what the configuration says of their format. Out: access lines.
It does not: follow a log, or keep a line; `follower` does the one, nobody the
other. `select_format` is the way in.
"""

from parallax_agent.sightings.formats.log_format import (
    RECOGNIZED,
    LogFormat,
    check_setting,
    select_format,
)
from parallax_agent.sightings.formats.recognize import OURS

__all__ = ["OURS", "RECOGNIZED", "LogFormat", "check_setting", "select_format"]
