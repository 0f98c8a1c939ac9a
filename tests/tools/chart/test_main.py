"""The generated parts of the chart."""

import base64
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from tools.chart import __main__ as module

CHART = module.CHART


def test_nothing_is_outdated(capsys: pytest.CaptureFixture[str]) -> None:
    """`--drift` prints nothing, and the exit status is 0."""
    assert module.main(["--drift"]) == 0
    assert capsys.readouterr().out == ""


def test_an_outdated_file_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1; nothing is written."""
    path = module.ROOT / "agent/chart/never.json"
    monkeypatch.setattr(module, "files", lambda: {path: "new"})
    assert module.main(["--drift"]) == 1
    assert "agent/chart/never.json is outdated" in capsys.readouterr().out
    assert not path.exists()


def test_the_icon_is_an_image_without_a_web_server() -> None:
    """Artifact Hub shows data URLs; the file is SVG without scripts or links."""
    icon = yaml.safe_load((CHART / "Chart.yaml").read_text())["icon"]
    kind, _, content = icon.partition(",")
    assert kind == "data:image/svg+xml;base64"
    root = ET.fromstring(base64.b64decode(content))  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {item.tag.rpartition("}")[2] for item in root.iter()} <= {
        *("svg", "rect", "path", "circle"),
    }


def test_the_metadata_is_what_artifact_hub_reads() -> None:
    """Its annotations are YAML in strings, with these fields and values."""
    about = yaml.safe_load((CHART / "Chart.yaml").read_text())
    marks = {
        name.removeprefix("artifacthub.io/"): text
        for name, text in about["annotations"].items()
    }
    assert all(isinstance(text, str) for text in marks.values())
    assert marks["category"] == "monitoring-logging"
    assert marks["license"] == "Apache-2.0"
    assert marks["prerelease"] in {"true", "false"}
    changes = yaml.safe_load(marks["changes"])
    kinds = {"added", "changed", "deprecated", "removed", "fixed", "security"}
    assert {change["kind"] for change in changes} <= kinds
    assert all(link["url"] and link["name"] for link in yaml.safe_load(marks["links"]))
    (image,) = yaml.safe_load(marks["images"])
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert image["image"] == f"{values['image']['repository']}:{about['appVersion']}"
    assert about["home"] in about["sources"]
    assert all(m["email"] for m in about["maintainers"])
    assert Path(CHART / "icon.svg").stat().st_size < 2000
