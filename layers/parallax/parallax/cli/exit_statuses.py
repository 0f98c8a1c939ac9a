"""Exit statuses: what the status of each command means, in one table.

In: nothing. Out: the table, and the epilog of `parallax --help` made of it.
It does not: end a command. Tests run every command for each status that it lists.
"""

OK, FAILS, UNUSABLE, NOT_WRITTEN, INTERRUPTED = 0, 1, 2, 3, 130

STATUSES = {
    OK: "success",
    FAILS: "the command worked, and what it looked at is not well",
    UNUSABLE: "wrong use, input that cannot be read, or an error of AWS",
    NOT_WRITTEN: "standard output could not be written, e.g. a full disk",
    INTERRUPTED: "interrupted with Ctrl-C",
}
"""The same for every command. A reader that ends (`| head`) changes no status."""

MEANINGS: dict[str, dict[int, str]] = {
    "probe": {
        OK: "the URL is healthy",
        FAILS: "it is not healthy",
        UNUSABLE: "the URL or an option is wrong",
    },
    "investigate": {
        OK: "every request was healthy",
        FAILS: "at least one of them was not",
        UNUSABLE: "wrong use, or nothing was sent",
    },
    "attribute": {
        OK: "the response was read, whoever wrote it",
        UNUSABLE: "the input is not a response",
    },
    "judge": {
        OK: "the snapshot was judged, whatever the cause",
        UNUSABLE: "there is no snapshot, or it has another SHA-256",
    },
    "mail": {
        OK: "the mail was printed",
        UNUSABLE: "the input has no mail, or cannot be read",
    },
    "causes": {OK: "the causes were printed", UNUSABLE: "there is no such cause"},
    "targets": {OK: "the targets file is right", UNUSABLE: "it has a problem"},
    "incidents": {
        OK: "the incidents were printed, also if some are open",
        UNUSABLE: "there is no such stack, or AWS fails a request",
    },
    "show": {
        OK: "the incident was printed",
        UNUSABLE: "there is no such incident or no mail of it, or AWS fails a request",
    },
    "ack": {
        OK: "the incident is acknowledged, or no longer with --withdraw",
        UNUSABLE: "there is no such incident, or AWS fails a request",
    },
    "mute": {
        OK: "the incident or target is muted",
        UNUSABLE: "nothing has this name, the time is wrong, or AWS fails a request",
    },
    "unmute": {
        OK: "it is not muted any more, or was not",
        UNUSABLE: "nothing has this name, or AWS fails a request",
    },
    "overview": {
        OK: "the link was printed",
        UNUSABLE: "there is no such stack or page, or AWS fails a request",
    },
    "status-page": {
        OK: "the files were written, or nothing changed",
        UNUSABLE: "no target is public, a file is not replaced, or AWS fails a request",
    },
    "redrive": {
        OK: "no dead letter remains",
        FAILS: "some remain",
        UNUSABLE: "there is no such stack or step, or AWS fails a request",
    },
    "keys": {
        OK: "the keys were listed, or the file was changed",
        UNUSABLE: "a file or a name cannot be used",
    },
    "cost": {OK: "the bill was printed", UNUSABLE: "a number or a region is wrong"},
    "mcp": {
        OK: "the client closed the connection",
        UNUSABLE: "a person started it, or its package is not installed",
    },
    "completion": {OK: "the script was printed", UNUSABLE: "the shell is not known"},
}
"""By command: what its own statuses mean. `NOT_WRITTEN`, `INTERRUPTED`: as above."""


def epilog() -> str:
    """Return the statuses as the last paragraph of `parallax --help`."""
    every = ". ".join(f"{status}: {text}" for status, text in STATUSES.items())
    return (
        f"Exit status. {every}. `judge` returns 0 for any cause. docs/cli.md has the"
        " statuses of each command."
    )
