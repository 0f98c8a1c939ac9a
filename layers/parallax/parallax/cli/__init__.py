"""Cli: the command line `parallax`.

In: arguments, files, standard input. Out: text for people, or JSON with `--json`.
Exit status: 0 success or healthy, 1 not healthy or dead letters remain, 2 usage error
or unreadable input, 3 standard output could not be written (a full disk). A closed
standard output and a pipe without a reader do not change the exit status.
Each command has a module, which imports what it needs when it runs, so that
`parallax --help` stays fast. It does not: implement the steps; the layer does.
"""

from parallax.cli.commands import app

__all__ = ["app"]
