"""Feed: the incidents as RSS 2.0, `feed.xml`.

In: incidents, a title, the page's URL, an instant. Out: XML; one entry for each update,
the newest first. Each entry can be understood alone.
It does not: contain a character that XML 1.0 forbids, or markup in a description.
Source: RSS 2.0 specification, https://www.rssboard.org/rss-specification; RSS Advisory
Board, "Really Simple Syndication Best Practices Profile" (atom:link); RFC 5322 (dates).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from parallax.model.plain import plain_line
from parallax.notify.paragraph import clock
from parallax.status_page.status_file import PublicIncident, Update, UpdateKind

ATOM = "http://www.w3.org/2005/Atom"
MOST = 50
"""Entries of the feed."""
MINUTES = 5
"""How long a reader may use the feed before it reads it again."""
STATES = {
    UpdateKind.BEGUN: "not available",
    UpdateKind.UPDATED: "not available",
    UpdateKind.RESOLVED: "incident closed",
}
"""The state in an update of an earlier release."""
NOTES = {UpdateKind.UPDATED: " (update)"}


def feed(
    title: str, url: str, incidents: Sequence[PublicIncident], now: datetime
) -> bytes:
    """Return the feed of a page whose address ends with `/`."""
    rss = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ET.SubElement(rss, "channel")
    _text(channel, "title", title)
    _text(channel, "link", url)
    _text(channel, "description", f"Incidents of {title}")
    _text(channel, "language", "en")
    _text(channel, "lastBuildDate", _date(now))
    _text(channel, "ttl", f"{MINUTES}")
    ET.SubElement(
        channel,
        "atom:link",
        {
            "href": plain_line(f"{url}feed.xml"),
            "rel": "self",
            "type": "application/rss+xml",
        },
    )
    entries = [
        (update.at, number, incident, update)
        for incident in incidents
        for number, update in enumerate(incident.updates)
    ]
    entries.sort(key=lambda entry: (entry[0], entry[2].id, entry[1]), reverse=True)
    for _, _, incident, update in entries[:MOST]:
        _item(channel, url, incident, update)
    ET.indent(rss)
    return ET.tostring(rss, encoding="utf-8", xml_declaration=True) + b"\n"


def _item(
    channel: ET.Element, url: str, incident: PublicIncident, update: Update
) -> None:
    services = ", ".join(
        key.rpartition(" / ")[2] for key in update.services or incident.services
    )
    state = update.state or STATES[update.kind]
    note = NOTES.get(update.kind, "")
    item = ET.SubElement(channel, "item")
    _text(item, "title", f"{services}: {state}{note}")
    _text(item, "link", f"{url}#{incident.id}")
    at = int(update.at.timestamp())
    guid = _text(item, "guid", f"{incident.id}-{update.kind.value}-{at}")
    guid.set("isPermaLink", "false")
    _text(item, "pubDate", _date(update.at))
    # Readers show a description as HTML: `<b>` in a title must stay text.
    text = (
        f"{update.text} Affected: {services}. The incident began at"
        f" {clock(incident.begun_at)}. State at {clock(update.at)}: {state}."
    )
    _text(item, "description", _escaped(text))


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = plain_line(text)
    return child


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)
