"""`parallax keys FILE`: the agents' keys of a stack, one file for all clusters.

In: a file with the value of the stack's parameter `AgentKey`; a cluster. Out: the same
file with a key more or less, and for a new key two files for the cluster's Secret; or
the clusters and ids of the keys. Exit status 2 for a file that cannot be used.
It does not: print a key, or reach AWS: `sam deploy` or `put-secret-value` brings the
value to the stack (docs/runbook.md).
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import fail

if TYPE_CHECKING:
    from parallax.ingest.agent_keys import AgentKey

SECRET_BYTES = 32
"""Standard Webhooks allows 24 to 64."""
PARAMETER_BYTES = 4096
"""Most bytes of a parameter of CloudFormation ("CloudFormation quotas")."""
PRIVATE = 0o600
EVERY = "*"
"""How a key is listed that has no id, and signs for every cluster."""


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The stack's keys.")],
    *,
    add: Annotated[
        str | None, typer.Option(metavar="CLUSTER", help="Add a new key of a cluster.")
    ] = None,
    key_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Its id.  [default: the date, UTC]"),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="New file for the key; FILE.id has its id."),
    ] = Path("agent.key"),
    remove: Annotated[
        str | None,
        typer.Option(
            metavar="CLUSTER/ID",
            help="Remove this key. '*': the keys without an id; keys with an id stay.",
        ),
    ] = None,
) -> None:
    """List, add or remove the keys that a stack's agents sign with.

    FILE has the value of the parameter AgentKey. A rotation adds a key, and later
    removes the earlier one.
    """
    if add is not None and remove is not None:
        fail("--add and --remove: expected one of them")
    keys = _read(file, missing=add is not None)
    if add is not None:
        made = _made(add, key_id or datetime.now(UTC).strftime("%Y-%m-%d"), keys)
        value = _value(file, [*keys, made])
        _save_new(out, made)
        _save(file, value)
        typer.echo(f"{file}: added {_named(made)}")
        typer.echo(f"{out}, {out}.id: the key and its id, for the cluster's Secret")
    elif remove is not None:
        kept = [key for key in keys if _named(key) != remove]
        if len(kept) == len(keys):
            fail(f"{file}: no key is named {remove!r}; `parallax keys {file}` lists")
        _save(file, _value(file, kept))
        typer.echo(f"{file}: removed {remove}")
    else:
        for key in keys:
            typer.echo(_named(key))


def _named(key: "AgentKey") -> str:
    """Return how a key is listed and removed; its cluster is as people write it."""
    return EVERY if key.cluster is None else f"{key.cluster}/{key.id}"


def _read(file: Path, *, missing: bool) -> list["AgentKey"]:
    """Return the keys in a file; with `missing` it may be absent."""
    from parallax.ingest.agent_keys import read_entry

    try:
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        if missing:
            return []
        fail(f"{file}: {error.strerror}; `parallax keys {file} --add CLUSTER` makes it")
    except (OSError, ValueError) as error:
        fail(f"{file}: cannot be read: {getattr(error, 'strerror', 'not ASCII')}")
    keys: list[AgentKey] = []
    for number, entry in enumerate(filter(str.strip, text.split(",")), 1):
        key = read_entry(entry)
        if key is None:
            fail(f"{file}: key {number}: expected [CLUSTER/ID=]whsec_<base64>")
        keys.append(key)
    return keys


def _made(cluster: str, key_id: str, keys: list["AgentKey"]) -> "AgentKey":
    """Return a new random key of a cluster."""
    import base64
    import secrets

    from parallax.ingest.agent_keys import PREFIX, AgentKey
    from parallax.model.key_id import KEY_ID, is_key_id
    from parallax.model.name import NAME, is_name

    if not is_name(cluster):
        fail(f"--add: expected {NAME}")
    if not is_key_id(key_id):
        fail(f"--id: expected {KEY_ID}")
    if any((key.cluster, key.id) == (cluster, key_id) for key in keys):
        fail(f"--id {key_id}: cluster {cluster} has a key with this id; use another")
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return AgentKey(secret=secret, cluster=cluster, id=key_id)


def _save_new(out: Path, key: "AgentKey") -> None:
    """Write a key and its id to new files that only their owner can read."""
    from parallax.model.key_id import SUFFIX

    texts = {out: key.secret, out.with_name(out.name + SUFFIX): key.id or ""}
    for path, text in texts.items():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        except OSError as error:
            fail(f"{path}: cannot be created: {error.strerror}; --out names another")
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)


def _value(file: Path, keys: list["AgentKey"]) -> str:
    """Return the value of the parameter with these keys."""
    text = ",".join(key.entry for key in keys)
    if len(text) > PARAMETER_BYTES:
        fail(f"{file}: {len(text)} bytes; a parameter has at most {PARAMETER_BYTES}")
    return text


def _save(file: Path, text: str) -> None:
    """Replace the file of all keys at once."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        fresh.replace(file)
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror}")
