"""Settings: what the environment tells a function, read once and by name.

In: environment variables `PARALLAX_…`, which `template.yaml` sets.
Out: frozen values; an empty variable counts as absent.
It does not: hold a secret. It knows where each one is kept, no more.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

HETZNER_ENDPOINT = "https://api.hetzner.cloud/v1"
"""Base URL of the Hetzner Cloud API."""


class SettingsError(ValueError):
    """A variable holds what it must not; the text names the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are, and how patient an incident is (seconds).

    None for a place means that nothing is configured there: the function then
    prints what it would have stored or sent.
    """

    journal_table: str | None = None
    incidents_table: str | None = None
    findings_queue_url: str | None = None
    alerts_topic_arn: str | None = None
    dead_letters_url: str | None = None
    hetzner_endpoint: str = HETZNER_ENDPOINT
    hetzner_token_arn: str | None = None
    agent_key_arn: str | None = None
    settle_seconds: float = 120.0
    quiet_seconds: float = 300.0
    evidence_seconds: float = 45.0
    reminder_seconds: float = 21600.0

    def need(self, place: str) -> str:
        """Return a place that this function cannot do without."""
        value = getattr(self, place)
        if not value:
            raise SettingsError(f"PARALLAX_{place.upper()}: is not set")
        return value


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `SettingsError` naming the variable at fault."""
    found = os.environ if environment is None else environment
    return Settings(
        journal_table=_text(found, "PARALLAX_JOURNAL_TABLE"),
        incidents_table=_text(found, "PARALLAX_INCIDENTS_TABLE"),
        findings_queue_url=_text(found, "PARALLAX_FINDINGS_QUEUE_URL"),
        alerts_topic_arn=_text(found, "PARALLAX_ALERTS_TOPIC_ARN"),
        dead_letters_url=_text(found, "PARALLAX_DEAD_LETTERS_URL"),
        hetzner_endpoint=_url(found, "PARALLAX_HETZNER_ENDPOINT", HETZNER_ENDPOINT),
        hetzner_token_arn=_text(found, "PARALLAX_HETZNER_TOKEN_ARN"),
        agent_key_arn=_text(found, "PARALLAX_AGENT_KEY_ARN"),
        settle_seconds=_seconds(found, "PARALLAX_SETTLE_SECONDS", 120),
        quiet_seconds=_seconds(found, "PARALLAX_QUIET_SECONDS", 300),
        evidence_seconds=_seconds(found, "PARALLAX_EVIDENCE_SECONDS", 45),
        reminder_seconds=_seconds(found, "PARALLAX_REMINDER_SECONDS", 21600),
    )


def _text(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _url(environment: Mapping[str, str], name: str, default: str) -> str:
    url = _text(environment, name) or default
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"{name}: expected an http or https URL, got {url!r}")
    return url.rstrip("/")


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = _text(environment, name)
    if text is None:
        return float(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise SettingsError(f"{name}: expected seconds, 0 or more, got {text!r}")
    return seconds
