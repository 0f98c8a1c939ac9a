"""The packaged chart, with the addresses of those who publish it."""

import shutil
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.agent.chart.test_chart import CHART, EXAMPLES, ROOT, of_kind, rendered
from tools.chart.package import HOME, main, stamp

PUBLISHED = "https://code.example/owner/parallax"


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Package the chart as a release workflow does."""
    monkeypatch.setenv("PATH", f"{ROOT}/.tools/bin", prepend=":")
    words = ["--home", f"{PUBLISHED}/", "--image", "registry.example/agent"]
    assert main([str(tmp_path), *words, "--version", "1.2.3-rc.1"]) == 0
    return tmp_path / "parallax-agent-1.2.3-rc.1.tgz"


def test_a_release_has_its_own_addresses_and_version(packaged: Path) -> None:
    """In Chart.yaml, README.md and the default image; the rest is unchanged."""
    with tarfile.open(packaged) as file:
        names = file.getnames()
        texts = {
            name: content.read().decode()
            for name in names
            if (content := file.extractfile(name))
        }
    assert not [name for name, text in texts.items() if HOME in text]
    about = yaml.safe_load(texts["parallax-agent/Chart.yaml"])
    assert (about["version"], about["appVersion"]) == ("1.2.3-rc.1", "1.2.3-rc.1")
    assert about["home"] == PUBLISHED
    assert about["annotations"]["artifacthub.io/prerelease"] == "true"
    images = yaml.safe_load(about["annotations"]["artifacthub.io/images"])
    assert images == [{"name": "agent", "image": "registry.example/agent:1.2.3-rc.1"}]
    readme = texts["parallax-agent/README.md"]
    assert f"]({PUBLISHED}/blob/main/docs/metrics.md)" in readme
    assert "](../" not in readme
    assert "version: ~1.2.3-rc.1" in readme
    assert not [name for name in names if "/examples/" in name]


def test_the_packaged_chart_runs_the_published_image(packaged: Path) -> None:
    """Without a value for the image."""
    words = ("template", "p", packaged, "-f", EXAMPLES[0], "--set", "image.digest=")
    (daemon_set,) = of_kind(rendered("helm", *words), "DaemonSet")
    (agent,) = daemon_set["spec"]["template"]["spec"]["containers"]
    assert agent["image"] == "registry.example/agent:1.2.3-rc.1"


def test_a_changed_chart_cannot_be_stamped_by_half(tmp_path: Path) -> None:
    """The error names the file and the text that is missing."""
    copy = shutil.copytree(CHART, tmp_path / "chart")
    values = copy / "values.yaml"
    values.write_text(values.read_text().replace("repository: ", "place: "))
    with pytest.raises(ValueError, match=r"values\.yaml: expected 'repository"):
        stamp(copy, image="registry.example/agent")
