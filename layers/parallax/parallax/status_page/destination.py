"""Destination: where the files are: a directory, or `s3://bucket/prefix`.

In: a name and bytes. Out: stored files; those of an earlier run.
It does not: create a bucket, make an object public, or delete anything.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from parallax.aws import client, failed_with

TYPES = {
    "index.html": "text/html; charset=utf-8",
    "feed.xml": "application/rss+xml; charset=utf-8",
    "status.json": "application/json",
}
SECONDS = 60
"""How long a browser may use a file from the bucket."""
_S3 = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?")
_READABLE = 0o644


class DestinationError(Exception):
    """The destination cannot be used; the text is the reason."""


class Destination(Protocol):
    """Where files are read and written."""

    def read(self, name: str) -> bytes | None:
        """Return a file; None: there is none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Store a file in place of an earlier one."""
        ...


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory, which is created with its parents; raises `OSError`."""

    path: Path

    def read(self, name: str) -> bytes | None:
        """Return a file; None: there is none."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Store a file; a reader gets the old or the new one, never a part."""
        self.path.mkdir(parents=True, exist_ok=True)
        number, made = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            Path(made).chmod(_READABLE)
            Path(made).replace(self.path / name)
        except BaseException:
            Path(made).unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and the beginning of each key; raises botocore's errors."""

    name: str
    prefix: str = ""

    def read(self, name: str) -> bytes | None:
        """Return an object; None: there is none. It needs `s3:ListBucket` to know."""
        s3 = client("s3")
        try:
            found = s3.get_object(Bucket=self.name, Key=f"{self.prefix}{name}")
        except s3.exceptions.ClientError as error:
            if failed_with(error, "NoSuchKey"):
                return None
            raise
        body: bytes = found["Body"].read()
        return body

    def write(self, name: str, content: bytes) -> None:
        """Store an object."""
        client("s3").put_object(
            Bucket=self.name,
            Key=f"{self.prefix}{name}",
            Body=content,
            ContentType=TYPES[name],
            CacheControl=f"max-age={SECONDS}",
        )


def destination(address: str) -> Destination:
    """Return a directory or a bucket; raises `DestinationError` for another address."""
    if not address.startswith("s3:"):
        return Directory(Path(address))
    found = _S3.fullmatch(address)
    if found is None:
        raise DestinationError("expected s3://bucket or s3://bucket/prefix")
    prefix = (found["key"] or "").strip("/")
    return Bucket(found["bucket"], f"{prefix}/" if prefix else "")
