"""The packages that are shipped, and their licenses."""

import re
from pathlib import Path

from tools.release.bom import PARTS, licenses
from tools.release.page import PAGE, outdated, page

BILL = {
    "components": [
        {"name": "PyYAML", "version": "6", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "a.b", "version": "1", "licenses": [{"expression": "MIT OR ISC"}]},
        {
            "name": "c_d",
            "version": "2",
            "licenses": [
                {"license": {"name": "License :: OSI Approved :: BSD License"}}
            ],
        },
        {"name": "e", "version": "3"},
    ]
}


def test_licenses_are_read_from_a_bill() -> None:
    """An id or an expression, else the classifier's words; names as pins have them."""
    assert licenses(BILL) == {
        "pyyaml": ("6", "MIT"),
        "a-b": ("1", "MIT OR ISC"),
        "c-d": ("2", "BSD License"),
        "e": ("3", "not stated"),
    }


def test_nothing_is_shipped_without_a_license_or_with_a_strict_one() -> None:
    """Each package states its license; none requires to publish our own source."""
    text = (Path(__file__).parents[3] / PAGE).read_text()
    rows = re.findall(r"^\| \S+ \| \d\S* \| (.+?) \|", text, re.MULTILINE)
    assert len(rows) > 30
    assert [name for name in rows if "GPL" in name or name == "not stated"] == []


def test_a_changed_pin_is_noticed(tmp_path: Path) -> None:
    """A raised version appears twice: as it is pinned, and as the page has it."""
    for folder in PARTS.values():
        (tmp_path / folder).mkdir(parents=True)
        pins = "pyyaml==6 \\\n    --hash=x\na-b==1 ; sys_platform == 'x' \\\n"
        (tmp_path / folder / "requirements.txt").write_text(f"{pins}c-d==2\ne==3\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / PAGE).write_text(page({part: licenses(BILL) for part in PARTS}))
    assert outdated(tmp_path) == []
    pinned = tmp_path / PARTS["parallax-agent"] / "requirements.txt"
    pinned.write_text("pyyaml==7\n")
    assert outdated(tmp_path) == ["pyyaml 7"]
