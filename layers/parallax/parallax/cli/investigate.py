"""`parallax investigate URL`: find out from this machine why a URL fails.

In: a URL, or a target of the targets file; what is known of its path. `HCLOUD_TOKEN`,
if it is set, reads the load balancer. Out: what was seen, the cause or the most telling
observation, and the next command; with `--json` the finding and its snapshot.
Exit status 0 healthy, 1 not healthy, 2 usage error or nothing was sent.
It does not: change anything, or see inside the cluster; only agents do.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.complete import target_names
from parallax.cli.terminal import fail, show_json
from parallax.model.secret_text import quoted

if TYPE_CHECKING:
    from parallax.cli.outside import Outside, Read
    from parallax.model.target import Target
    from parallax.probe import Plan
    from parallax.settings import Settings

CONTROL_URL = "https://checkip.amazonaws.com/"
"""As the stack's parameter ControlUrl: requested only if nothing responded at all."""


def run(  # noqa: PLR0913 - one parameter per option
    url: Annotated[
        str | None,
        typer.Argument(metavar="URL", help="An http or https URL."),
    ] = None,
    *,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Take URL and settings of this target of the targets file.",
            autocompletion=target_names,
        ),
    ] = None,
    load_balancer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Its Hetzner load balancer; none: there is none."
        ),
    ] = None,
    balancer_address: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IP",
            help="An address of the load balancer, to send requests directly to it;"
            " repeatable.",
        ),
    ] = None,
    cdn: Annotated[
        bool, typer.Option("--cdn", help="A CDN is in front of the load balancer.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its Kubernetes cluster.")
    ] = None,
    expect: Annotated[
        list[int] | None,
        typer.Option(
            metavar="CODE",
            help="Status code that counts as healthy, 100 to 599, no class such as"
            " 2xx; repeatable. [default: 200]",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            max=20,
            help="Timeout of each request. [default: 10]",
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IP",
            help="Name server to query, or system; repeatable."
            " [default: system, 1.1.1.1, 8.8.8.8, 9.9.9.9]",
        ),
    ] = None,
    control_url: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Requested only if nothing responds: is this machine offline?",
        ),
    ] = CONTROL_URL,
    pause: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0.1, max=2, help="From one repeat to the next."
        ),
    ] = 2.0,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow addresses that are not public."),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Save the snapshot, which `parallax judge` reads."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Investigate a URL from this machine; show why it fails.

    It takes about 25 seconds and sends some 20 requests. If HCLOUD_TOKEN is set, it
    also reads the load balancer at Hetzner, and changes nothing there.
    """
    from parallax.cli.investigated import Wish, plan_of, target_of

    wish = Wish(
        url=url,
        target=target,
        load_balancer=load_balancer,
        entrances=tuple(balancer_address or ()),
        cdn=cdn,
        cluster=cluster,
        expect=tuple(expect or ()),
        timeout=timeout,
        resolvers=tuple(resolver or ()),
        control_url=control_url,
        pause=pause,
        allow_private=allow_private,
    )
    wanted = target_of(wish)
    settings = _settings()
    found = _look(wanted, plan_of(wish, settings), wish.entrances, _reader(settings))
    _refuse_private(found)
    if save is not None:
        from parallax.cli.investigated import save_snapshot

        save_snapshot(found, save)
    _print(found, save, as_json=as_json)


def _settings() -> "Settings":
    from parallax.settings import SettingsError, read

    try:
        return read()
    except SettingsError as error:
        fail(str(error))


def _reader(settings: "Settings") -> "Read | None":
    """Return how to read a load balancer; None without a token."""
    import os

    token = os.environ.get("HCLOUD_TOKEN", "").strip()
    if not token:
        return None
    from parallax.cli.hetzner import Hetzner

    return Hetzner(token, settings.hetzner_endpoint).read


def _look(
    target: "Target", plan: "Plan", entrances: tuple[str, ...], read: "Read | None"
) -> "Outside":
    import asyncio
    import logging

    from parallax.cli.outside import look
    from parallax.cli.progress import Progress, is_watched
    from parallax.probe import NotSentError

    logging.getLogger("parallax").addHandler(logging.NullHandler())
    try:
        return asyncio.run(look(target, plan, entrances, read, Progress(is_watched())))
    except NotSentError as error:
        fail(f"this machine could not send a request: {error}")
    except ValueError as error:
        fail(f"{quoted(target.url)}: {error}")


def _refuse_private(found: "Outside") -> None:
    """End with an error if the first address was refused: nothing was sent."""
    from parallax.model.probe import ErrorType

    first = found.run.first
    if first.error_type is ErrorType.ADDRESS_NOT_ALLOWED:
        fail(f"{first.error_detail}; to investigate it anyway, use --allow-private")


def _print(found: "Outside", save: Path | None, *, as_json: bool) -> None:
    """Print what was found; exit with status 1 if users are not served."""
    from parallax.cli.outside import is_served

    if as_json:
        from parallax.cli.investigated import document

        show_json(document(found))
    else:
        from parallax.cli.outside_lines import lines
        from parallax.cli.page import show

        show(lines(found, save))
    raise typer.Exit(0 if is_served(found.run) else 1)
