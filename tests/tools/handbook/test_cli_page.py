"""docs/cli.md: made from the commands; `tools/check` reports a page that is not."""

from pathlib import Path
from typing import Any

from typer.main import get_command

from parallax.cli import app
from parallax.cli.exit_statuses import MEANINGS
from tools.handbook.cli_page import RECORDED, RUN, commands

ROOT = Path(__file__).parents[3]
WRITTEN = (ROOT / "docs/cli.md").read_text()


def test_every_command_has_a_chapter_with_each_option_and_an_example() -> None:
    """Also one that is added later."""
    named: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009
    assert set(commands()) == set(named)
    for name, command in named.items():
        chapter = WRITTEN.partition(f"## `parallax {name}`\n")[2].partition("\n## ")[0]
        options = [o for p in command.params for o in p.opts if o.startswith("--")]
        assert [o for o in options if o not in chapter] == [], name
        assert f"\n$ parallax {name}" in chapter
        for meaning in MEANINGS[name].values():
            assert meaning in WRITTEN


def test_a_recorded_example_is_of_its_own_command() -> None:
    """And none is recorded that can be run."""
    for path in RECORDED.iterdir():
        assert path.read_text().startswith(f"$ parallax {path.stem} ") or (
            path.read_text().startswith(f"$ parallax {path.stem}\n")
        )
        assert path.stem not in RUN
