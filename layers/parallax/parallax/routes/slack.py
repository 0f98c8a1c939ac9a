"""Slack: an alert as the JSON of an incoming webhook.

In: a notice, the field `slack_url`. Out: a POST.
It does not: keep a thread: an incoming webhook cannot answer a message.
Source: Slack, "Sending messages using incoming webhooks", "Formatting message text"
(`&`, `<` and `>` are markup), "Rich text block" (its text is literal, so no name can
mention `<!channel>`), "Header block" (150 characters).
"""

from typing import Any

from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request, cut, json_request, needed

HEADER = 150


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a URL."""
    title = cut(notice.title, HEADER)
    elements: list[dict[str, Any]] = [
        {
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": notice.text}],
        }
    ]
    links = [_link(link.url, link.text) for link in notice.links]
    if links:
        elements.append({"type": "rich_text_section", "elements": _spaced(links)})
    document = {
        # What a phone shows; Slack reads markup in it.
        "text": _escaped(title),
        "blocks": [
            {
                "type": "header",
                "text": {"type": "plain_text", "text": title, "emoji": False},
            },
            {"type": "rich_text", "elements": elements},
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return json_request(needed(place, "slack_url"), document)


def _link(url: str, text: str) -> dict[str, Any]:
    return {"type": "link", "url": url, "text": text}


def _spaced(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    space = {"type": "text", "text": "   "}
    return [part for link in links for part in (space, link)][1:]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
