"""Clone: the files of a data set's git repository, at its HEAD.

In: the path of a clone, with or without a work tree. Out: names and texts of its files,
its commit and that commit's date. It does not: fetch, or read uncommitted files.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast


class DataError(Exception):
    """The data set cannot be read; the message says what to do."""


class Clone:
    """A git repository; each file is read when its text is needed."""

    def __init__(self, folder: Path) -> None:
        """Open a clone; raises `DataError` if there is none."""
        if not folder.is_dir():
            raise DataError(f"DATA={folder}: no such folder; expected a git clone")
        self.folder = folder
        self.commit = self._git("rev-parse", "HEAD").strip()
        self.date = self._git("show", "-s", "--format=%cs", "HEAD").strip()
        self._reader: subprocess.Popen[bytes] | None = None

    def names(self, folder: str) -> list[str]:
        """Return the names of all files below a folder, sorted."""
        listed = self._git("ls-tree", "-r", "-z", "--name-only", "HEAD", f"{folder}/")
        return sorted(name for name in listed.split("\0") if name)

    def text(self, name: str) -> str | None:
        """Return a file's text; None if the clone does not have it."""
        read, write = self._pipes()
        write.write(f"HEAD:{name}\n".encode())
        write.flush()
        head = read.readline().split()
        if head[-1:] == [b"missing"] or len(head) < 3:
            return None
        content = read.read(int(head[2]))
        read.read(1)
        return content.decode("utf-8", "replace")

    def close(self) -> None:
        """End the process that reads files."""
        if self._reader is not None:
            self._reader.communicate()
            self._reader = None

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._reader is None:
            self._reader = subprocess.Popen(  # noqa: S603 - our own words
                self._command("cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        read, write = self._reader.stdout, self._reader.stdin
        return cast("IO[bytes]", read), cast("IO[bytes]", write)

    def _command(self, *words: str) -> Sequence[str]:
        return ["git", "-C", str(self.folder), *words]

    def _git(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own words
            self._command(*words), capture_output=True, text=True, check=False
        )
        if done.returncode:
            why = done.stderr.strip().partition("\n")[0]
            raise DataError(
                f"DATA={self.folder}: expected a git clone with a commit; git: {why}"
            )
        return done.stdout
