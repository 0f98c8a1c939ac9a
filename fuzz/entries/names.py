"""Names: what a name server answers.

In: answers made by dnspython. Out: the entry of one query's answer, as the probe reads
it. It does not: open a socket.
"""

from functools import cache
from typing import Any

import dns.message
import dns.name
import dns.query
import dns.rrset

from fuzz.entries.responses import runner
from fuzz.entry import Entry
from parallax.probe import name_query
from parallax.probe.name_query import Terms, query_server

NAME = dns.name.from_text("www.a.example")


@cache
def _answers() -> tuple[bytes, ...]:
    query = dns.message.make_query(NAME, "A")
    query.id = 7
    found: list[bytes] = []
    for lines in (
        [("www.a.example.", "A", "203.0.113.1")],
        [("www.a.example.", "CNAME", "b.example."), ("b.example.", "A", "203.0.113.2")],
        [("www.a.example.", "CNAME", "b.example."),
         ("b.example.", "CNAME", "www.a.example.")],
        [("other.example.", "A", "203.0.113.3")],
        [],
    ):  # fmt: skip
        response = dns.message.make_response(query)
        response.answer += [
            dns.rrset.from_text(owner, 60, "IN", kind, text)
            for owner, kind, text in lines
        ]
        found.append(response.to_wire())
    many = dns.message.make_response(query)
    texts = [f"203.0.{i // 256}.{i % 256}" for i in range(300)]
    many.answer.append(dns.rrset.from_text("www.a.example.", 60, "IN", "A", *texts))
    return (*found, many.to_wire(max_size=65535))


def _answer(data: bytes) -> None:
    async def respond(query: dns.message.Message, *_: Any) -> dns.message.Message:
        response = dns.message.from_wire(data)
        response.id = query.id
        if len(data) % 2 and not query.is_response(response):  # as dnspython does
            raise dns.query.BadResponse
        return response

    real, name_query._response = name_query._response, respond
    try:
        answer = runner().run(query_server(NAME, "203.0.113.53", Terms(seconds=5.0)))
    finally:
        name_query._response = real
    answer.resolution("203.0.113.53", bound=60)


ENTRIES = (Entry(name="dns-answer", seeds=_answers, call=_answer, share=4),)
