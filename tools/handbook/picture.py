"""Picture: a request's path with one hop red, as SVG.

In: a hop. Out: the text of an SVG. Hops before it are green (requests passed them), the
hop is red, hops behind it are gray. It does not: use any cause.
"""

from html import escape

from parallax.model.finding import Hop

STATIONS = (
    ("internet", "internet", ""),
    (Hop.DNS, "DNS", "name, resolvers"),
    (Hop.CDN, "CDN", "cache"),
    (Hop.LOAD_BALANCER, "load balancer", "Hetzner"),
    (Hop.NODE, "node", "NodePort, firewall"),
    (Hop.INGRESS, "ingress", "controller"),
    (Hop.OVERLAY, "overlay", "node to node"),
    (Hop.SERVICE, "Service", "endpoints"),
    (Hop.POD, "pod", "the app"),
)
"""The hops of a request, each with its name and a note."""
COLORS = {
    "before": ("#e6f4ea", "#188038"),
    "at": ("#fce8e6", "#c5221f"),
    "behind": ("#f1f3f4", "#9aa0a6"),
}
"""Fill and line color of a station."""
BOX, GAP, HEIGHT, MARGIN = 116, 20, 56, 12


def picture(hop: Hop) -> str:
    """Return the path with one red hop; for the monitor, all hops are gray."""
    names = [name for name, _, _ in STATIONS]
    red = names.index(hop) if hop in names else -1
    width = 2 * MARGIN + len(STATIONS) * (BOX + GAP) - GAP
    height = HEIGHT + 2 * MARGIN
    drawn = "".join(_station(at, red) for at in range(len(STATIONS)))
    title = escape(f"the path of a request, {hop} red" if red >= 0 else "not known")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img"'
        ' font-family="system-ui, sans-serif" text-anchor="middle">'
        f"<title>{title}</title>"
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>'
        f"{drawn}</svg>\n"
    )


def _station(at: int, red: int) -> str:
    state = "behind" if red < 0 or at > red else "at" if at == red else "before"
    fill, line = COLORS[state]
    _, name, word = STATIONS[at]
    left, middle = MARGIN + at * (BOX + GAP), MARGIN + at * (BOX + GAP) + BOX / 2
    weight, stroke = ("bold", 3) if state == "at" else ("normal", 1.5)
    ink = "#5f6368" if state == "behind" else line
    up = 24 if word else 33
    return (
        f"{_arrow(left, state) if at else ''}"
        f'<rect x="{left}" y="{MARGIN}" width="{BOX}" height="{HEIGHT}" rx="8"'
        f' fill="{fill}" stroke="{line}" stroke-width="{stroke}"/>'
        f'<text x="{middle}" y="{MARGIN + up}" font-size="13.5" fill="{ink}"'
        f' font-weight="{weight}">{escape(name)}</text>'
        f'<text x="{middle}" y="{MARGIN + 42}" font-size="10.5" fill="{ink}">'
        f"{escape(word)}</text>"
    )


def _arrow(left: float, state: str) -> str:
    """Return the arrow to a station; behind the red hop it is gray and dashed."""
    ink = COLORS["behind" if state == "behind" else "before"][1]
    dashes = ' stroke-dasharray="3 3"' if state == "behind" else ""
    y = MARGIN + HEIGHT / 2
    tip = left - 2
    return (
        f'<path d="M{left - GAP + 2} {y}H{tip - 5}" stroke="{ink}" stroke-width="2"'
        f'{dashes}/><path d="M{tip - 7} {y - 4}L{tip} {y}L{tip - 7} {y + 4}z"'
        f' fill="{ink}"/>'
    )
