"""`parallax overview` and `parallax status-page`, with a stack in the emulator."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.links.key import LinkKey
from parallax.links.overview import PATH, SCOPE, overview_link
from parallax.links.signature import Signer, expires_at
from parallax.overview.request import overview_request
from parallax.redrive import stack
from tests.conftest import Cloud
from tests.parallax.cli.test_redrive import deploy

TARGETS = """
targets:
  - name: front-internal
    url: https://front.example/
    public: {title: Shop}
"""


@pytest.fixture
def name(cloud: Cloud) -> Iterator[str]:
    """Give a test a stack without an incident."""
    stack.client.cache_clear()
    name = cloud.incidents
    deploy(
        cloud,
        name,
        IncidentsTable=cloud.incidents,
        JournalTable=cloud.journal,
        UptimeTable=cloud.incidents,
        LinksBaseUrl="https://report.example/",
    )
    yield name
    stack.client.cache_clear()


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, [*arguments])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a test a targets file with a public target, and its directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "t.yaml"
    path.write_text(TARGETS)
    return str(path)


def test_overview_prints_a_link_that_the_report_accepts(name: str) -> None:
    """It creates the stack's key if no mail has done so."""
    result = run("overview", "--stack", name)
    assert result.exit_code == 0
    url = result.stdout.strip()
    assert url.startswith(f"https://report.example{PATH}?s=")
    query = url.partition("?")[2]
    request = overview_request({"rawPath": PATH, "rawQueryString": query})
    key = LinkKey(name).read()
    assert request is not None
    assert key is not None
    link = overview_link(request.fields)
    at = expires_at(link)
    assert Signer(stack=name, key=key).verify(link, at, SCOPE) is None


def test_overview_as_json_says_when_it_expires(name: str) -> None:
    """For scripts."""
    found = json.loads(run("overview", "--stack", name, "--json").stdout)
    assert set(found) == {"url", "expires_at"}


def test_a_stack_without_links_has_no_overview(name: str, cloud: Cloud) -> None:
    """The text says which parameter is missing."""
    deploy(cloud, f"{name}-2", IncidentsTable=cloud.incidents)
    result = run("overview", "--stack", f"{name}-2")
    assert result.exit_code == 2
    assert "AlertLinks=true" in result.stderr


def test_status_page_writes_three_files(name: str, file: str, tmp_path: Path) -> None:
    """Again, it says that nothing changed."""
    site = str(tmp_path / "site")
    command = ("status-page", site, "--url", "https://status.example", "--stack", name)
    result = run(*command, "--targets", file, "--title", "Example")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{site}: written\n"
    feed = (tmp_path / "site/feed.xml").read_text()
    assert "https://status.example/feed.xml" in feed
    assert "front" not in (tmp_path / "site/index.html").read_text()
    again = run(*command, "--targets", file, "--title", "Example")
    assert again.stdout == f"{site}: unchanged\n"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("--url", "ftp://x"), "--url: "),
        (("--targets", "missing.yaml"), "missing.yaml: cannot be read"),
        (("--targets", "private.yaml"), "no target of the file has `public:`"),
    ],
)
def test_what_is_wrong_is_said(
    name: str, file: str, change: tuple[str, str], problem: str
) -> None:
    """With exit status 2, and without a file."""
    Path("private.yaml").write_text("targets: [{name: a, url: https://a.example/}]")
    given = {"--url": "https://status.example", "--targets": file, "--stack": name}
    given |= dict([change])
    options = [text for pair in given.items() for text in pair]
    result = run("status-page", "site", *options)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert not Path("site").exists()


@pytest.mark.parametrize("address", ["s3://UPPER", "file", "foreign"])
def test_a_destination_that_cannot_be_used_is_named(
    name: str, file: str, address: str
) -> None:
    """An address of no bucket, a file, a directory of another program."""
    Path("file").write_text("x")
    Path("foreign").mkdir()
    Path("foreign/status.json").write_text("[]")
    options = ("--url", "https://s.example", "--targets", file, "--stack", name)
    result = run("status-page", address, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("parallax: ")
    assert "Traceback" not in result.stderr
