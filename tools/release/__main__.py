"""Prepare a release: `python -m tools.release files|licenses|version …`.

`files DIR [--tag TAG] [--home URL] [--image NAME]` writes what is published with it;
without a tag it rehearses the next release. `licenses [--drift]` writes
docs/licenses.md. `version` prints the version that all files state.
Out: exit status 1 with the reason if something does not fit.
"""

import argparse
import sys
from pathlib import Path

from tools.release.bom import PARTS, ROOT, bill, licenses
from tools.release.files import write
from tools.release.page import PAGE, outdated, page
from tools.release.versions import version


def main(arguments: list[str]) -> int:
    """Do what the first argument names."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options))
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's output
        return 1


def _files(options: argparse.Namespace) -> int:
    addresses = {"--home": options.home, "--image": options.image}
    given = [word for pair in addresses.items() if pair[1] for word in pair]
    write(options.folder, options.tag, given)
    for file in sorted(options.folder.iterdir()):
        print(f"{file.stat().st_size:8d}  {file}")  # noqa: T201 - a command's output
    return 0


def _licenses(options: argparse.Namespace) -> int:
    if options.drift:
        for name in (changed := outdated(ROOT)):
            print(f"{name} differs from its pin in {PAGE}; run `make lock`")  # noqa: T201
        return 1 if changed else 0
    (ROOT / PAGE).write_text(page({part: licenses(bill(part)) for part in PARTS}))
    return 0


def _version(_: argparse.Namespace) -> int:
    print(version(ROOT))  # noqa: T201 - a command's output
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.release")
    steps = parser.add_subparsers(required=True)
    files = steps.add_parser("files", help="write what is published with a release")
    files.add_argument("folder", type=Path)
    files.add_argument("--tag", help="the release's tag, for example v1.2.3")
    files.add_argument("--home", help="the repository's address")
    files.add_argument("--image", help="registry and name of the agent's image")
    files.set_defaults(do=_files)
    held = steps.add_parser("licenses", help="write docs/licenses.md")
    held.add_argument("--drift", action="store_true", help="only compare it")
    held.set_defaults(do=_licenses)
    steps.add_parser("version", help="print the version").set_defaults(do=_version)
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
