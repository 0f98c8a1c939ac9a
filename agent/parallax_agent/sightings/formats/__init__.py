"""Formats: the access logs of common ingresses, one module per family.

In: lines, and what the configuration defines of their format. Out: access lines.
It does not: follow a log (`follower` does), or keep a line. Start with `select_format`.

- `log_format`: the configured format, else line by line
- `recognize`: the family of a line
- `nginx`, `envoy`, `haproxy`, `traefik`: the families
- `template`: compiles a format to a parser
- `objects`: lines in JSON
"""

from parallax_agent.sightings.formats.log_format import (
    RECOGNIZED,
    LogFormat,
    check_setting,
    select_format,
)
from parallax_agent.sightings.formats.recognize import REQUEST_ID

__all__ = ["RECOGNIZED", "REQUEST_ID", "LogFormat", "check_setting", "select_format"]
