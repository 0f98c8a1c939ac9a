"""Specification of the three files of the status page: `parallax.status_page`."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from parallax import aws
from parallax.model.group import Groups
from parallax.model.target import Public, Target
from parallax.overview.style import policy
from parallax.status_page.destination import (
    Bucket,
    DestinationError,
    Directory,
    destination,
)
from parallax.status_page.feed import ATOM, feed
from parallax.status_page.page import STATUS_CSS
from parallax.status_page.publish import (
    NothingPublicError,
    NotKnownError,
    Site,
    publish,
)
from parallax.status_page.status_file import (
    PublicIncident,
    StatusFileError,
    Update,
    UpdateKind,
    read_status,
)
from parallax.uptime.tally import DAY, Tally
from tests.parallax.hostile import POISON
from tests.parallax.overview.stack import HEALTHY, NOW, TODAY, Stack, group, named
from tests.parallax.report.html_tree import Page

SITE = Site(title="Example Status", url="https://status.example.org/")
HOSTILE = f"</title><script>alert(1)</script>&amp;]]>{POISON}\x00\x0b\ud800"
INTERNAL = ("front", "lb-1", "lb-health-check-wrong-port", "team", "secret", "kubectl")


def shown(name: str, title: str, **changes: object) -> Target:
    """Return a target of the status page, with labels that are internal."""
    public = Public(title=title, **changes)  # pyright: ignore[reportArgumentType] - its fields
    return named(name, public=public, labels=(("team", "x"),))


def stack(*names: str) -> Stack:
    """Return a stack with two public targets, of which these fail."""
    targets = [
        shown("front", "Shop", group="Websites"),
        shown("api-internal", "API", url=True),
        named("secret"),
    ]
    board = Groups(groups=(group(*names),)) if names else Groups()
    return Stack(targets, board)


def write(where: Path, made: Stack, site: Site = SITE) -> bool:
    """Publish into a directory."""
    return publish(site, made.targets, made.facts, Directory(where), made.now)


def entries(content: bytes) -> list[ET.Element]:
    """Return the entries of a feed, after a strict parse."""
    rss = ET.fromstring(content)  # noqa: S314 - our own
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    return rss.findall("channel/item")


def test_three_files_are_written(tmp_path: Path) -> None:
    """With the services that are public, in public words."""
    assert write(tmp_path / "new" / "site", stack("front", "secret"))
    files = tmp_path / "new" / "site"
    assert {one.name for one in files.iterdir()} == {
        "index.html",
        "feed.xml",
        "status.json",
    }
    page = (files / "index.html").read_text()
    assert "Shop is not available" in page
    assert "Shop is not available." in page
    assert "Websites" in page
    assert 'href="https://api-internal.example/"' in page
    for name in files.iterdir():
        for word in INTERNAL:
            assert word not in name.read_text(), (name.name, word)


def test_the_page_is_well_formed_and_has_no_script(tmp_path: Path) -> None:
    """Its policy allows its style and nothing else."""
    write(tmp_path, stack("front"))
    page = (tmp_path / "index.html").read_text()
    tree = Page(page)
    assert not tree.problems
    assert not tree.of("script")
    (meta,) = [m for m in tree.of("meta") if "http-equiv" in m]
    assert meta["content"] == policy(STATUS_CSS).partition("; frame")[0]
    (feed_link,) = tree.of("link")
    assert feed_link["href"] == "feed.xml"


def test_states_are_said_in_words(tmp_path: Path) -> None:
    """Nothing is operational without data."""
    made = stack()
    write(tmp_path, made)
    assert "All services are operational" in (tmp_path / "index.html").read_text()
    made.newest = {}
    made.now += timedelta(minutes=1)
    write(tmp_path, made)
    page = (tmp_path / "index.html").read_text()
    assert "The state of some services is not known" in page
    assert ">operational<" not in page


def test_the_feed_is_rss_2_0(tmp_path: Path) -> None:
    """Each update has an entry of its own; a reader sees each once."""
    made = stack("front")
    write(tmp_path, made)
    made.now += timedelta(minutes=5)
    made.board = Groups()
    made.newest = {
        name: replace(probe, at=made.now) for name, probe in made.newest.items()
    }
    write(tmp_path, made)
    content = (tmp_path / "feed.xml").read_bytes()
    channel = ET.fromstring(content).find("channel")  # noqa: S314 - our own
    assert channel is not None
    for tag in ("title", "link", "description", "language", "lastBuildDate"):
        assert channel.findtext(tag)
    own = channel.find(f"{{{ATOM}}}link")
    assert own is not None
    assert own.attrib == {
        "href": "https://status.example.org/feed.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    resolved, begun = entries(content)
    assert begun.findtext("title") == "Shop: not available"
    assert resolved.findtext("title") == "Shop: resolved"
    assert resolved.findtext("description") == (
        "Shop works again. The incident lasted 17 min. Affected: Shop. The incident"
        " began at 2026-11-30 12:28:00 UTC. State at 2026-11-30 12:45:00 UTC:"
        " resolved."
    )
    guids = [one.find("guid") for one in (resolved, begun)]
    assert {guid.get("isPermaLink") for guid in guids if guid is not None} == {"false"}
    assert len({guid.text for guid in guids if guid is not None}) == 2
    date = parsedate_to_datetime(begun.findtext("pubDate", ""))
    assert date == NOW - timedelta(minutes=12)
    link = begun.findtext("link", "")
    page = (tmp_path / "index.html").read_text()
    assert f'id="{link.partition("#")[2]}"' in page


def test_a_change_in_the_feed_names_what_is_affected_now() -> None:
    """And an update of an earlier release has the services of its incident."""
    old = Update(at=NOW, kind=UpdateKind.BEGUN, text="Requests to A fail.")
    new = Update(
        at=NOW + timedelta(minutes=1),
        kind=UpdateKind.UPDATED,
        text="B is not available either.",
        services=("A", "Web / B"),
        state="not available",
    )
    one = PublicIncident(id="1", begun_at=NOW, services=("A",), updates=(old, new))
    second, first = entries(feed("Status", SITE.url, [one], NOW))
    assert first.findtext("title") == "A: not available"
    assert second.findtext("title") == "A, B: not available (update)"


def test_today_is_not_green_beside_not_available(tmp_path: Path) -> None:
    """Bar, uptime and list of days have the open outage, as the text beside them."""
    write(tmp_path, stack("front"))
    page = (tmp_path / "index.html").read_text()
    assert "90 days: 12 min of outage on 1 day (2026-11-30 12 min)" in page
    assert "90 days: 99.99 % uptime" in page
    assert "2026-11-30: 12 min" in page
    assert "Uptime is counted until 12:05 UTC. An open outage counts until" in page
    assert "since 12:28 UTC, ongoing (12 min)" in page
    assert "Started 12:28 UTC: " in page
    assert "No earlier incident is listed." in page


def test_days_with_an_outage_have_dates(tmp_path: Path) -> None:
    """They open without a script."""
    made = stack()
    made.days["front"] = HEALTHY | {TODAY - 2: Tally(DAY, 9000)}
    write(tmp_path, made)
    page = (tmp_path / "index.html").read_text()
    assert "<summary>1 day with an outage</summary>" in page
    assert "<li>2026-11-28: 2 h 30 min</li>" in page


def test_an_open_incident_is_written_every_few_minutes(tmp_path: Path) -> None:
    """So that the page says how long it lasts."""
    made = stack("front")
    assert write(tmp_path, made)
    made.now += timedelta(minutes=1)
    assert not write(tmp_path, made)
    made.now += timedelta(minutes=4)
    assert write(tmp_path, made)


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    """In HTML, XML and JSON; characters that XML forbids are replaced."""
    target = shown("front", HOSTILE, group=HOSTILE)
    made = Stack([target], Groups(groups=(group("front"),)))
    write(tmp_path, made, Site(title=HOSTILE, url=SITE.url))
    page = (tmp_path / "index.html").read_text()
    assert not Page(page).problems
    assert not Page(page).of("script")
    (entry,) = entries((tmp_path / "feed.xml").read_bytes())
    assert "<script>" in entry.findtext("title", "")
    assert "<script>" not in entry.findtext("description", "")
    assert json.loads((tmp_path / "status.json").read_text())


@given(st.text(max_size=40))
def test_any_text_gives_valid_xml(text: str) -> None:
    """A feed that one title breaks is lost for every reader."""
    update = Update(at=NOW, kind=UpdateKind.BEGUN, text=text)
    one = PublicIncident(id=text, begun_at=NOW, affected=(text,), updates=(update,))
    content = feed(text, SITE.url, [one], NOW)
    assert len(entries(content)) == 1
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", content)


def test_the_data_has_days_and_incidents(tmp_path: Path) -> None:
    """Minutes of outage of each day; a day without data has none."""
    made = stack("front")
    made.days["front"] = {TODAY: Tally(40_000, 61), TODAY - 1: Tally(DAY)}
    write(tmp_path, made)
    file = read_status((tmp_path / "status.json").read_bytes())
    first, second = file.services
    assert first.outage_minutes == (*(None,) * 88, 0, 2)
    assert (first.title, first.status, first.uptime) == (
        "Shop",
        "not available",
        99.95,
    )
    assert (second.uptime, second.group) == (100.0, None)
    assert [one.affected for one in file.incidents] == [("Websites / Shop",)]


def test_nothing_is_written_if_nothing_changed(tmp_path: Path) -> None:
    """But once an hour, so that the page shows that it is kept up to date."""
    made = stack()
    assert write(tmp_path, made)
    made.now += timedelta(minutes=5)
    made.newest = {n: replace(p, at=made.now) for n, p in made.newest.items()}
    assert not write(tmp_path, made)
    made.days["front"] = HEALTHY | {TODAY: Tally(DAY, 60)}
    assert write(tmp_path, made)
    made.now += timedelta(hours=1)
    made.newest = {n: replace(p, at=made.now) for n, p in made.newest.items()}
    assert write(tmp_path, made)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b"[" * 10**5, b'{"title": 7}']
)
def test_a_foreign_status_file_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    """It may be another program's; the memory of incidents would be lost as well."""
    file = tmp_path / "status.json"
    file.write_bytes(content)
    with pytest.raises(StatusFileError):
        write(tmp_path, stack())
    assert file.read_bytes() == content
    assert not (tmp_path / "index.html").exists()


def test_a_newer_schema_is_not_replaced(tmp_path: Path) -> None:
    """After a rollback the older release stops."""
    write(tmp_path, stack())
    file = tmp_path / "status.json"
    file.write_text(file.read_text().replace("status.v1", "status.v2"))
    with pytest.raises(StatusFileError, match=r"status\.v1"):
        write(tmp_path, stack())


def test_a_page_without_facts_is_not_written(tmp_path: Path) -> None:
    """The last page stays, which is older and right."""
    made = stack()
    made.problems = ("The uptime cannot be read now.",)
    with pytest.raises(NotKnownError):
        write(tmp_path, made)
    with pytest.raises(NothingPublicError):
        write(tmp_path, Stack([named("secret")]))
    assert not [*tmp_path.iterdir()]


def test_a_directory_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    """Nothing else is touched, and no temporary file stays."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="file"):
        write(tmp_path / "file", stack())


def test_an_address_is_a_directory_or_a_bucket() -> None:
    """A prefix ends with one slash."""
    assert destination("out") == Directory(Path("out"))
    assert destination("s3://bucket") == Bucket("bucket")
    assert destination("s3://bucket/a/b/") == Bucket("bucket", "a/b/")
    for wrong in ("s3:bucket", "s3://", "s3://UPPER", "s3://a"):
        with pytest.raises(DestinationError):
            destination(wrong)


def test_a_bucket_gets_types_and_a_short_cache(bucket: str) -> None:
    """The second run reads what the first one wrote."""
    made, where = stack("front"), Bucket(bucket, "status/")
    assert publish(SITE, made.targets, made.facts, where, made.now)
    s3 = aws.client("s3")
    for name, kind in (("index.html", "text/html"), ("feed.xml", "application/rss")):
        found = s3.get_object(Bucket=bucket, Key=f"status/{name}")
        assert found["ContentType"].startswith(kind)
        assert found["CacheControl"] == "max-age=60"
    again = made.now + timedelta(minutes=1)
    assert not publish(SITE, made.targets, made.facts, where, again)


def test_a_bucket_that_refuses_is_an_error_not_a_new_beginning(bucket: str) -> None:
    """Without the last status.json, all incidents would be lost."""
    made = stack()
    with Stubber(aws.client("s3")) as stub:
        stub.add_client_error("get_object", "AccessDenied", http_status_code=403)
        with pytest.raises(ClientError):
            publish(SITE, made.targets, made.facts, Bucket(bucket), made.now)
