"""Settings: the agent's environment variables, read once at its start.

In: environment variables. Out: one checked value, or one error that names every
variable that is missing or wrong.
It does not: read the targets file (`parallax.targets` does), or keep the key: the key
file is read again for every push, so the key can be rotated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from parallax.model import web_url
from parallax.model.name import NAME, NODE_NAME, is_name, is_node_name
from parallax.model.secret_text import quoted
from parallax_agent.sightings.formats import check_setting

DEFAULT_INTERVAL = 15.0
PORTS = range(1, 65536)
OBSERVATIONS = "/v1/observations"


class SettingsError(ValueError):
    """One line per variable: its name, the expected value, the actual value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The agent's settings; `interval` in seconds, `kubeconfig` None: in-cluster.

    `ingress_log_format` None: the controller's ConfigMap defines it, else lines are
    recognized.
    `listen` None: the agent serves no metrics and no health checks.
    """

    node: str
    cluster: str
    key_file: Path
    observations_url: str
    interval: float = DEFAULT_INTERVAL
    source_address: str | None = None
    kubeconfig: Path | None = None
    ingress_log_format: str | None = None
    listen: tuple[str, int] | None = None


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raises `SettingsError` with all problems at once."""
    problems: list[str] = []

    def need(name: str, what: str) -> str:
        value = environment.get(name, "").strip()
        if not value:
            problems.append(f"{name}: not set; expected {what}")
        return value

    node = need("PARALLAX_AGENT_NODE", "the name of the node that the agent runs on")
    if node and not is_node_name(node):
        problems.append(f"PARALLAX_AGENT_NODE: expected {NODE_NAME}, got {node!r}")
    cluster = need(
        "PARALLAX_AGENT_CLUSTER", "the cluster's name, as in the targets file"
    )
    if cluster and not is_name(cluster):
        problems.append(f"PARALLAX_AGENT_CLUSTER: expected {NAME}, got {cluster!r}")
    key_file = Path(
        need("PARALLAX_AGENT_KEY_FILE", "the path of the signing key's file")
    )
    url = need("PARALLAX_INGEST_URL", "the URL of the ingest function")
    if url and not _is_safe(url):
        problems.append(f"PARALLAX_INGEST_URL: {_unsafe(url)}")
    interval = _interval(environment.get("PARALLAX_AGENT_INTERVAL", ""), problems)
    source = environment.get("PARALLAX_AGENT_SOURCE_ADDRESS") or None
    if source and not _is_address(source):
        problems.append(
            f"PARALLAX_AGENT_SOURCE_ADDRESS: expected an IP address, got {source!r}"
        )
    log_format = environment.get("PARALLAX_AGENT_INGRESS_LOG_FORMAT", "").strip()
    problems += _log_format_problems(log_format)
    listen = _listen(environment.get("PARALLAX_AGENT_LISTEN", "").strip(), problems)
    if problems:
        raise SettingsError("\n".join(problems))
    kubeconfig = environment.get("KUBECONFIG") or None
    return Settings(
        node=node,
        cluster=cluster,
        key_file=key_file,
        observations_url=_observations(url),
        interval=interval,
        source_address=source,
        kubeconfig=Path(kubeconfig) if kubeconfig else None,
        ingress_log_format=log_format or None,
        listen=listen,
    )


def _listen(text: str, problems: list[str]) -> tuple[str, int] | None:
    if not text:
        return None
    address, _, port = text.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    if not _is_address(address) or not port.isdecimal() or int(port) not in PORTS:
        problems.append(f"PARALLAX_AGENT_LISTEN: expected ADDRESS:PORT, got {text!r}")
        return None
    return address, int(port)


def _log_format_problems(setting: str) -> list[str]:
    try:
        if setting:
            check_setting(setting)
    except ValueError as error:
        return [f"PARALLAX_AGENT_INGRESS_LOG_FORMAT: {error}, got {setting!r}"]
    return []


def _interval(text: str, problems: list[str]) -> float:
    if not text:
        return DEFAULT_INTERVAL
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:  # noqa: PLR2004 - a second to an hour
        problems.append(
            f"PARALLAX_AGENT_INTERVAL: expected 1 to 3600 seconds, got {text!r}"
        )
    return seconds


def _is_safe(url: str) -> bool:
    """Tell whether a push may go to this URL; its content is confidential.

    Over http only an address is safe, because a name may resolve to another host later.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if web_url.has_user(url):
        return False
    host = parts.hostname or ""
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme != "http":
        return False
    return host == "localhost" or (_is_address(host) and ip_address(host).is_private)


def _unsafe(url: str) -> str:
    """Return why a URL is not safe, without parts of the URL that may be secret."""
    if web_url.has_user(url):
        return web_url.NO_USER
    shown = quoted(url.partition("?")[0].partition("#")[0])
    safe = "expected an https URL (http only to a loopback or private address)"
    return f"{safe}, got {shown}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _observations(url: str) -> str:
    base = url.rstrip("/")
    return base if base.endswith(OBSERVATIONS) else base + OBSERVATIONS
