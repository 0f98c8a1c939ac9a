"""Settings: the configuration of a function, read once from its environment.

In: environment variables `PARALLAX_…`, which `template.yaml` sets, and the function's
own name, which Lambda sets.
Out: frozen values; an empty variable counts as absent.
It does not: contain a secret, only its ARN.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from parallax.model.target_metrics import TargetMetrics

HETZNER_ENDPOINT = "https://api.hetzner.cloud/v1"
"""Base URL of the Hetzner Cloud API."""
HETZNER_CALLS_PER_HOUR = 600
"""A sixth of a project's limit, which the cluster also uses."""
SOURCE = "/parallax/diagnose"
"""`source` of the events of a function that no stack configured."""
SYSTEM_RESOLVER = "system"
"""Means the name servers of this machine's own configuration."""
SHORTEST_REPEAT = 0.1
"""Seconds; requests that start closer distort each other's timing."""


class SettingsError(ValueError):
    """A variable has a wrong value; the text names the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Resources, the plan of an investigation, and the times of an incident.

    None for a resource means that it is not configured: the function then prints what
    it would have stored or sent. Without `snapshot_bucket` a finding contains its
    snapshot. The probe requests `control_url` if a target sent no response at all;
    None: it does not. `resolvers` empty: the probe's default. All times in seconds.
    """

    journal_table: str | None = None
    incidents_table: str | None = None
    uptime_table: str | None = None
    findings_topic_arn: str | None = None
    alerts_topic_arn: str | None = None
    report_url: str | None = None
    dead_letters_url: str | None = None
    routes: tuple[str, ...] = ()
    routes_queue_url: str | None = None
    routes_secret_arn: str | None = None
    routes_allow_private: bool = False
    chat_topic_arn: str | None = None
    source: str = SOURCE
    hetzner_endpoint: str = HETZNER_ENDPOINT
    hetzner_token_arn: str | None = None
    hetzner_calls_per_hour: int = HETZNER_CALLS_PER_HOUR
    agent_key_arn: str | None = None
    logins_secret_arn: str | None = None
    heartbeat_secret_arn: str | None = None
    snapshot_bucket: str | None = None
    status_page_bucket: str | None = None
    status_page_url: str | None = None
    status_page_title: str = "Status"
    metrics_token_arn: str | None = None
    otlp_url: str | None = None
    otlp_headers_arn: str | None = None
    region: str | None = None
    function_name: str | None = None
    half_minute_queue_url: str | None = None
    metrics: TargetMetrics = TargetMetrics.NONE
    control_url: str | None = None
    resolvers: tuple[str, ...] = ()
    repeat_seconds: float = 2.0
    settle_seconds: float = 120.0
    quiet_seconds: float = 300.0
    evidence_seconds: float = 45.0
    reminder_seconds: float = 21600.0

    def need(self, name: str) -> str:
        """Return a setting that this function requires."""
        value = getattr(self, name)
        if not value:
            raise SettingsError(f"PARALLAX_{name.upper()}: required, but not set")
        return value


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `SettingsError` with the name of a wrong variable."""
    variables = os.environ if environment is None else environment
    return Settings(
        journal_table=_text(variables, "PARALLAX_JOURNAL_TABLE"),
        incidents_table=_text(variables, "PARALLAX_INCIDENTS_TABLE"),
        uptime_table=_text(variables, "PARALLAX_UPTIME_TABLE"),
        findings_topic_arn=_text(variables, "PARALLAX_FINDINGS_TOPIC_ARN"),
        alerts_topic_arn=_text(variables, "PARALLAX_ALERTS_TOPIC_ARN"),
        report_url=_url(variables, "PARALLAX_REPORT_URL", "") or None,
        dead_letters_url=_text(variables, "PARALLAX_DEAD_LETTERS_URL"),
        routes=_names(variables, "PARALLAX_ROUTES"),
        routes_queue_url=_text(variables, "PARALLAX_ROUTES_QUEUE_URL"),
        routes_secret_arn=_text(variables, "PARALLAX_ROUTES_SECRET_ARN"),
        routes_allow_private=_text(variables, "PARALLAX_ROUTES_ALLOW_PRIVATE")
        == "true",
        chat_topic_arn=_text(variables, "PARALLAX_CHAT_TOPIC_ARN"),
        source=_text(variables, "PARALLAX_SOURCE") or SOURCE,
        hetzner_endpoint=_url(variables, "PARALLAX_HETZNER_ENDPOINT", HETZNER_ENDPOINT),
        hetzner_token_arn=_text(variables, "PARALLAX_HETZNER_TOKEN_ARN"),
        hetzner_calls_per_hour=_count(
            variables, "PARALLAX_HETZNER_CALLS_PER_HOUR", HETZNER_CALLS_PER_HOUR
        ),
        agent_key_arn=_text(variables, "PARALLAX_AGENT_KEY_ARN"),
        logins_secret_arn=_text(variables, "PARALLAX_LOGINS_SECRET_ARN"),
        heartbeat_secret_arn=_text(variables, "PARALLAX_HEARTBEAT_SECRET_ARN"),
        snapshot_bucket=_text(variables, "PARALLAX_SNAPSHOT_BUCKET"),
        status_page_bucket=_text(variables, "PARALLAX_STATUS_PAGE_BUCKET"),
        status_page_url=_url(variables, "PARALLAX_STATUS_PAGE_URL", "") or None,
        status_page_title=_text(variables, "PARALLAX_STATUS_PAGE_TITLE") or "Status",
        metrics_token_arn=_text(variables, "PARALLAX_METRICS_TOKEN_ARN"),
        otlp_url=_unchanged_url(variables, "PARALLAX_OTLP_URL"),
        otlp_headers_arn=_text(variables, "PARALLAX_OTLP_HEADERS_ARN"),
        region=_text(variables, "AWS_REGION"),
        function_name=_text(variables, "AWS_LAMBDA_FUNCTION_NAME"),
        half_minute_queue_url=_text(variables, "PARALLAX_HALF_MINUTE_QUEUE_URL"),
        metrics=_metrics(variables, "PARALLAX_METRICS"),
        control_url=_unchanged_url(variables, "PARALLAX_CONTROL_URL"),
        resolvers=_resolvers(variables, "PARALLAX_RESOLVERS"),
        repeat_seconds=_repeat(variables, "PARALLAX_REPEAT_SECONDS"),
        settle_seconds=_seconds(variables, "PARALLAX_SETTLE_SECONDS", 120),
        quiet_seconds=_seconds(variables, "PARALLAX_QUIET_SECONDS", 300),
        evidence_seconds=_seconds(variables, "PARALLAX_EVIDENCE_SECONDS", 45),
        reminder_seconds=_seconds(variables, "PARALLAX_REMINDER_SECONDS", 21600),
    )


def _text(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _url(environment: Mapping[str, str], name: str, default: str) -> str:
    url = _text(environment, name)
    if url is None:
        return default
    from parallax.model import web_url  # noqa: PLC0415 - few stacks set a URL

    if wrong := web_url.problem(url):
        raise SettingsError(f"{name}: {wrong}")
    return url.rstrip("/")


def _quoted(text: str) -> str:
    """Return a wrong value for an error, without secrets."""
    from parallax.model.secret_text import quoted  # noqa: PLC0415 - for errors only

    return quoted(text)


def _metrics(environment: Mapping[str, str], name: str) -> TargetMetrics:
    text = _text(environment, name) or TargetMetrics.NONE
    try:
        return TargetMetrics(text)
    except ValueError as error:
        expected = ", ".join(TargetMetrics)
        raise SettingsError(
            f"{name}: expected one of {expected}, got {_quoted(text)}"
        ) from error


def _unchanged_url(environment: Mapping[str, str], name: str) -> str | None:
    """Return the URL unchanged: its path belongs to the request."""
    url = _text(environment, name)
    if url is not None:
        _url(environment, name, url)
    return url


def _names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the entries of a comma-separated list that are not empty, each once."""
    entries = (_text(environment, name) or "").split(",")
    return tuple(dict.fromkeys(text.strip() for text in entries if text.strip()))


def _resolvers(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the addresses of a comma-separated list, each once."""
    resolvers = _names(environment, name)
    for resolver in resolvers:
        try:
            _ = resolver == SYSTEM_RESOLVER or ip_address(resolver)
        except ValueError as error:
            raise SettingsError(
                f"{name}: expected a comma-separated list of IP addresses or "
                f"{SYSTEM_RESOLVER!r}, got {_quoted(resolver)}"
            ) from error
    return resolvers


def _repeat(environment: Mapping[str, str], name: str) -> float:
    seconds = _seconds(environment, name, 2)
    if seconds < SHORTEST_REPEAT:
        raise SettingsError(
            f"{name}: expected {SHORTEST_REPEAT:g} seconds or more, got {seconds:g}"
        )
    return seconds


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = _text(environment, name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise SettingsError(
            f"{name}: expected a whole number of 1 or more, got {_quoted(text)}"
        )
    return int(text)


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = _text(environment, name)
    if text is None:
        return float(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise SettingsError(f"{name}: expected 0 seconds or more, got {_quoted(text)}")
    return seconds
