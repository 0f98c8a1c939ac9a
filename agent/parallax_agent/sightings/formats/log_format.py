"""Log format: the format that a setting or the controller's ConfigMap names.

In: the setting `PARALLAX_AGENT_INGRESS_LOG_FORMAT`, the ConfigMap's entries.
Out: a `LogFormat`, which parses lines; without configuration it recognizes them.
It does not: raise for an unusable ConfigMap: that is a `problem`, because a missing
request then proves nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from parallax_agent.sightings.access_line import LINE_BYTES, AccessLine, stamped
from parallax_agent.sightings.formats.envoy import EnvoyFormat, envoy_format
from parallax_agent.sightings.formats.haproxy import HaproxyFormat, haproxy_format
from parallax_agent.sightings.formats.nginx import NginxFormat, nginx_format
from parallax_agent.sightings.formats.recognize import recognize_line

type Compiled = NginxFormat | EnvoyFormat | HaproxyFormat

_SETTING = re.compile(r"(nginx|nginx-json|envoy|haproxy):\s*(\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LogFormat:
    """Parses one ingress's lines.

    `sure`: the configured format contains what is needed, so a missing request is
    proof. `problem`: it does not.
    """

    named: Compiled | None = None
    sure: bool = False
    problem: str = ""

    def read(self, line: str) -> AccessLine | None:
        """Parse a line with or without the runtime's timestamp; never raises."""
        if len(line) > LINE_BYTES:
            return None
        seen_at, rest = stamped(line.strip())
        access_line = self.named.read(rest, seen_at) if self.named else None
        return access_line or recognize_line(rest, seen_at)


RECOGNIZED = LogFormat()
"""Nothing is configured: every line is recognized by itself."""


def check_setting(setting: str) -> None:
    """Raise `ValueError` with what is expected, if a setting cannot be used."""
    match = _SETTING.fullmatch(setting)
    if match is None:
        raise ValueError(
            "expected `nginx:`, `nginx-json:`, `envoy:` or `haproxy:` and the format"
        )
    _compiled(match[1], match[2])


def select_format(setting: str | None, config: Mapping[str, str] | None) -> LogFormat:
    """Return the format of the setting, else of the ConfigMap, else none."""
    match = _SETTING.fullmatch(setting) if setting else None
    family, template = (match[1], match[2]) if match else _configured(config or {})
    return _format(family, template) if template else RECOGNIZED


def _configured(config: Mapping[str, str]) -> tuple[str, str]:
    """Return family and template from the entries of controllers' ConfigMaps."""
    if template := config.get("log-format-upstream", ""):
        escaped = config.get("log-format-escape-json") == "true"
        return "nginx-json" if escaped else "nginx", template
    if template := config.get("http-log-format", ""):
        return "haproxy", template
    template = config.get("log-format", "")
    if "$" not in template:
        return "haproxy", template
    escaped = config.get("log-format-escaping") == "json"
    return "nginx-json" if escaped else "nginx", template


@lru_cache(maxsize=16)
def _format(family: str, template: str) -> LogFormat:
    try:
        compiled = _compiled(family, template)
    except ValueError as error:
        return LogFormat(problem=f"cannot read the ingress's access log: {error}")
    lacking = compiled.lacking if isinstance(compiled, NginxFormat) else ""
    complete = isinstance(compiled, NginxFormat) and not lacking
    return LogFormat(compiled, sure=complete, problem=lacking)


def _compiled(family: str, template: str) -> Compiled:
    if family == "envoy":
        return envoy_format(template)
    if family == "haproxy":
        return haproxy_format(template)
    return nginx_format(template, json=family == "nginx-json")
