"""Investigated: from the words of `parallax investigate` to a target, and to its JSON.

In: what the user typed; what was found. Out: the target to investigate and the plan;
the document of `--json`. What cannot be used ends the command with status 2.
It does not: send a request, or print the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from parallax.cli.outside import Outside
from parallax.cli.terminal import fail
from parallax.model import web_url
from parallax.model.plain import json_text
from parallax.model.secret_text import quoted
from parallax.model.target import Target
from parallax.model.wire import encode
from parallax.probe import Plan, configured_plan
from parallax.probe.address import is_address
from parallax.settings import SYSTEM_RESOLVER, Settings

STATUS_CODES = range(100, 600)
"""RFC 9110, section 15: the first digit is the class, 1 to 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user typed; None and empty: nothing."""

    url: str | None
    target: str | None
    load_balancer: str | None
    entrances: tuple[str, ...]
    cdn: bool
    cluster: str | None
    expect: tuple[int, ...]
    timeout: float | None
    resolvers: tuple[str, ...]
    control_url: str
    pause: float
    allow_private: bool


def target_of(wish: Wish) -> Target:
    """Return the target: that of the file, or of the URL, with what was typed."""
    _check(wish)
    target = _of_file(wish.target) if wish.target is not None else None
    if target is None:
        if wish.url is None:
            fail("expected a URL, or --target NAME of a target in the targets file")
        target = Target(name=urlsplit(wish.url).hostname or "url", url=wish.url)
    typed: Mapping[str, Any] = {
        "load_balancer": wish.load_balancer,
        "cluster": wish.cluster,
        "cdn": wish.cdn or None,
    }
    reached = {name: value for name, value in typed.items() if value is not None}
    healthy = target.healthy
    if wish.expect:
        healthy = replace(healthy, status_codes=wish.expect)
    return replace(
        target,
        url=wish.url or target.url,
        reached=replace(target.reached, **reached),
        healthy=healthy,
        timeout_seconds=wish.timeout or target.timeout_seconds,
        allow_private_addresses=wish.allow_private or target.allow_private_addresses,
    )


def plan_of(wish: Wish, settings: Settings) -> Plan:
    """Return the plan of the probe function, with what was typed."""
    plan = replace(configured_plan(settings), interval=wish.pause)
    plan = replace(plan, control_url=plan.control_url or wish.control_url)
    return replace(plan, resolvers=wish.resolvers) if wish.resolvers else plan


def document(found: Outside) -> dict[str, Any]:
    """Return the JSON: the finding, the redirects, and the snapshot to judge again."""
    from parallax.notify.replay import replay  # noqa: PLC0415 - only for JSON

    return {
        "finding": replay(found.snapshot),
        "redirects": encode(found.redirects),
        "snapshot": encode(found.snapshot),
    }


def save_snapshot(found: Outside, file: Path) -> None:
    """Write the snapshot into a file as JSON; exit 2 if that fails."""
    try:
        file.write_text(json_text(encode(found.snapshot)) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        fail(f"{file}: cannot be written: {reason}")


def _of_file(name: str) -> Target:
    from parallax.targets import TargetsError, find, load, select  # noqa: PLC0415

    try:
        path = find()
        every = load(path, disabled=True)
    except TargetsError as error:
        fail(str(error))
    try:
        return select(every, [name])[0]
    except TargetsError:
        known = ", ".join(one.name for one in every)
        fail(f"--target {quoted(name)}: {path} has no such target; it has: {known}")


def _check(wish: Wish) -> None:
    """End the command if something typed cannot be used."""
    for url in filter(None, (wish.url, wish.control_url)):
        if wrong := web_url.problem(url):
            fail(wrong)
    for code in wish.expect:
        if code not in STATUS_CODES:
            fail(f"--expect {code}: expected a status code from 100 to 599")
    _check_addresses(wish)


def _check_addresses(wish: Wish) -> None:
    for resolver in wish.resolvers:
        if resolver != SYSTEM_RESOLVER and not is_address(resolver):
            fail(
                f"--resolver {quoted(resolver)}: expected an IP address, or"
                f" {SYSTEM_RESOLVER}"
            )
    for entrance in wish.entrances:
        if not is_address(entrance):
            fail(f"--balancer-address {quoted(entrance)}: expected an IP address")
