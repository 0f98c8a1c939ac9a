"""Outside facts: what one investigation saw, each fact with its name.

In: what `outside` found. Out: pairs of a name and a text.
It does not: judge, or print; a text may contain anything that a server sent.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from parallax.cli.outside import Outside
from parallax.cli.progress import words
from parallax.cli.redirects import location, loops
from parallax.diagnose.symptom import outcome, tally
from parallax.evidence.users import author_text
from parallax.evidence.words import error
from parallax.model.probe import AS_A_USER, Certificate, Probe, Resolution, Role
from parallax.model.web_url import without_secret_values
from parallax.writers import attribute_probe

SINGLES = {
    Role.ADDRESS: "address",
    Role.DIRECT: "directly to",
    Role.CACHE_BUSTER: "past caches",
    Role.UNKNOWN_HOST: "unknown host",
    Role.CONTROL: "control URL",
}
"""The requests that are sent once, in the order of their lines."""
ANY_SERVER = "authoritative"
"""The resolver of a resolution if no name server of the zone was found."""
UNKNOWN_WRITER = "not recognized: the response has no mark of a known server"


def facts(found: Outside) -> Iterator[tuple[str, str]]:
    """Yield each fact with its name."""
    run = found.run
    users = run.by_role(*AS_A_USER)
    shown = next((p for p in users if not p.healthy), run.first)
    seconds = (users[-1].started_at - users[0].started_at).total_seconds()
    yield "requests", f"{tally(users)} within {abs(seconds):.0f} s"
    yield from _response(shown)
    for response in found.redirects:
        url = without_secret_values(response.url)
        yield "leads to", f"{url}: {outcome(response)}"
    if loop := loops([run.first, *found.redirects]):
        yield "redirect loop", f"back to {without_secret_values(loop)}"
    if shown.certificate is not None:
        yield "certificate", _certificate(shown.certificate, shown)
    yield from _names(run.resolutions)
    for role, name in SINGLES.items():
        yield from _once(name, run.by_role(role))
    yield "load balancer", _balancer(found)
    yield "cluster", "not looked at: only an agent in the cluster sees inside"
    for text in run.skipped:
        yield "left out", text


def _once(name: str, probes: Sequence[Probe]) -> Iterator[tuple[str, str]]:
    """Yield the result at each address; behind a CDN there are several requests."""
    by_address: dict[str | None, list[Probe]] = {}
    for probe in probes:
        address = None if probe.role is Role.CONTROL else probe.peer_address
        by_address.setdefault(address, []).append(probe)
    for address, found in by_address.items():
        text = tally(found) if len(found) > 1 else outcome(found[0])
        yield name, f"{address}: {text}" if address else text


def _response(probe: Probe) -> Iterator[tuple[str, str]]:
    """Yield what a user got, which server wrote it, and where it leads."""
    got = f"{probe.status_code or ''} {probe.reason or ''}".strip() or "none"
    kind = error(probe.error_type)
    repeats = (probe.error_detail or kind).lower() == kind
    detail = "" if repeats else f" ({probe.error_detail})"
    phase = f" in phase {probe.error_phase}" if probe.error_phase else ""
    why = f", {kind}{phase}{detail}" if probe.error_type else ""
    yield "response", f"{got}{why} in {probe.duration * 1000:.0f} ms"
    author = attribute_probe(probe)
    if author is not None:
        known = author.writer != "unknown"
        clue = f": {author.clues[0]}" if author.clues else ""
        yield "written by", author_text(probe) + clue if known else UNKNOWN_WRITER
    if leads := location(probe):
        yield "redirects to", without_secret_values(leads)


def _names(resolutions: Sequence[Resolution]) -> Iterator[tuple[str, str]]:
    """Yield each distinct answer of the name servers, the most frequent first."""
    answers: Counter[str] = Counter()
    servers: dict[str, list[str]] = {}
    for one in resolutions:
        answer = ", ".join(one.addresses) or words(one.error_type)
        answers[answer] += 1
        server = f"{one.resolver} (of the zone)" if one.authoritative else one.resolver
        if one.resolver == ANY_SERVER:
            server = "the zone's own servers (none was found)"
        servers.setdefault(answer, []).append(server)
    for answer, _ in answers.most_common():
        yield "DNS", f"{answer} by {', '.join(servers[answer])}"


def _certificate(certificate: Certificate, probe: Probe) -> str:
    left = (certificate.not_after - probe.started_at) // timedelta(days=1)
    until = f"until {certificate.not_after:%Y-%m-%d}"
    valid = f"{left} days left" if left >= 0 else f"expired {-left} days ago"
    return f"{certificate.subject} by {certificate.issuer}, {valid} ({until})"


def _balancer(found: Outside) -> str:
    """Return which load balancer was read at Hetzner, or why none was."""
    reading, reached = found.snapshot.balancer, found.snapshot.target.reached
    if reached.no_balancer:
        return "none, as configured"
    if reading is None:
        return "not read: set HCLOUD_TOKEN to a read-only token of the project"
    if reading.load_balancer is None:
        problem = words(reading.problem)
        return f"not read at Hetzner: {problem}: {reading.problem_detail}"
    found_by = f" ({reading.matched_by})" if reading.matched_by else ""
    return f"{reading.load_balancer.name}, read at Hetzner{found_by}"
