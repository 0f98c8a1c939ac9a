"""Collection: how the API lists resources, and its error responses.

In: a source of items. Out: routes of an aiohttp application, error bodies.
It does not: depend on what the items are.
Source: Hetzner Cloud API reference, pagination and errors.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from lab.edge.hetzner.shapes import Item
from lab.selectors import matches_labels

PER_PAGE = 25
MOST_PER_PAGE = 50
ERRORS = {
    401: ("unauthorized", "unable to authenticate"),
    403: ("forbidden", "insufficient permissions for this request"),
    404: ("not_found", "resource not found"),
    429: ("rate_limit_exceeded", "limit of 3600 requests per hour reached"),
    500: ("server_error", "an internal server error occurred"),
    503: ("unavailable", "the service is currently unavailable"),
}


def collection(
    app: web.Application, name: str, source: Callable[[], Awaitable[list[Item]]]
) -> None:
    """Add a collection: list with filters and pages, and one by its id."""

    async def listed(request: web.Request) -> web.Response:
        items = [i for i in await source() if _matches(request, i)]
        page = int(request.query.get("page", "1"))
        size = min(int(request.query.get("per_page", PER_PAGE)), MOST_PER_PAGE)
        last = max(1, -(-len(items) // size))
        meta = {
            "page": page,
            "per_page": size,
            "previous_page": page - 1 if page > 1 else None,
            "next_page": page + 1 if page < last else None,
            "last_page": last,
            "total_entries": len(items),
        }
        cut = items[(page - 1) * size : page * size]
        return web.json_response({name: cut, "meta": {"pagination": meta}})

    async def one(request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        for item in await source():
            if str(item["id"]) == wanted:
                return web.json_response({name.removesuffix("s"): item})
        return error(404)

    app.router.add_get(f"/v1/{name}", listed)
    app.router.add_get(f"/v1/{name}/{{id}}", one)


def _matches(request: web.Request, item: Item) -> bool:
    name = request.query.get("name")
    labels = request.query.get("label_selector", "")
    return name in {None, item["name"]} and matches_labels(
        labels, item.get("labels", {})
    )


def error(code: int) -> web.Response:
    """Return the API's error response for a status code."""
    word, message = ERRORS[code]
    body = {"error": {"code": word, "message": message, "details": {}}}
    return web.json_response(body, status=code)
