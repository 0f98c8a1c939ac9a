"""Leads: what to do first if no cause is established, by what was observed at the edge.

In: a scene whose users fail. Out: next steps. Each states the observation, what it
excludes, which causes remain, and the command that decides between them.
It does not: name a cause. A failure without a lead has none here.
"""

from collections.abc import Callable
from shlex import quote

from parallax.causes import redirect_loop
from parallax.evidence import balancer, moved, names, redirects, tls, unresolved, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import NextStep
from parallax.model.probe import AS_A_USER, ErrorType, Probe, Role


def leads(scene: Scene) -> tuple[NextStep, ...]:
    """Return the steps of the first lead that fits."""
    if not users.failing(scene, *AS_A_USER):
        return ()
    return next((steps for lead in _LEADS if (steps := lead(scene))), ())


def _unresolved(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to follow a name that does not resolve."""
    lost, count = unresolved.requests(scene), len(users.outside(scene, *AS_A_USER))
    if not lost:
        return ()
    seen = unresolved.in_path(scene)
    answers = f" ({seen})" if seen else ""
    host = scene.target.host
    return (
        NextStep(
            text=f"{of(len(lost), count)} requests got no address of {host}{answers}."
            f"{_works(scene)} Either the name or its zone is at fault, or the resolvers"
            " that Parallax uses. Follow the name from the root, then compare a public"
            " resolver.",
            command=f"dig +trace {quote(host)} A; dig @1.1.1.1 {quote(host)} A",
        ),
    )


def _elsewhere(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find the owner of an address that is not the load balancer's."""
    found = names.sent_elsewhere(scene)
    if not found or scene.target.reached.cdn or not balancer.addresses(scene):
        return ()
    places, name = ", ".join(moved.used(scene)), balancer.name(scene)
    own = ", ".join(sorted(balancer.addresses(scene)))
    host = quote(scene.target.host)
    zone = names.zone_answers(scene)
    server = f" @{quote(zone[0].resolver)}" if zone else ""
    who = quote(moved.used(scene)[0])
    return (
        NextStep(
            text=f"The name leads to {places}, which {_response(found[0])}. It is not"
            f" an address of {name} ({own}).{_works(scene)} Nothing shows that the name"
            " led elsewhere before: the address may be a proxy before the load"
            " balancer, or an old record. Find out whose address it is. If it is a"
            " proxy of this target, read its error log, and set reached.cdn in the"
            " targets file.",
            command=f"dig +short -x {who}; whois {who} | grep -iE 'netname|orgname';"
            f" hcloud server list -o columns=name,ipv4,ipv6 | grep -F {who}",
        ),
        NextStep(
            text="If nobody knows this address, check when and by whom the record was"
            " set.",
            command=f"dig{server} +noall +answer {host} A {host} AAAA",
        ),
    )


def _response(probe: Probe) -> str:
    """Return what a machine responded, and as which server."""
    if probe.status_code is None:
        what = str(probe.error_type or "no response").replace("_", " ")
        return f"does not respond ({what})"
    writer = users.written_by(probe).writer
    by = f" as {writer}" if writer != "unknown" else ""
    return f"responds {probe.status_code}{by}"


def _works(scene: Scene) -> str:
    """Return what a successful direct request excludes; empty if there is none."""
    direct = users.outside(scene, Role.DIRECT)
    if not direct or not all(p.healthy for p in direct):
        return ""
    name = balancer.name(scene)
    return f" Direct requests to {name} succeed, so it and all behind it work."


def _handshake(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the certificate of whoever ends TLS."""
    found = tls.failing(scene)
    if not found:
        return ()
    address = found[0].peer_address or scene.target.host
    service = balancer.service.maybe(scene)
    ends = "the machine at this address ends TLS"
    if service and balancer.owns_address(scene, address):
        name = balancer.name(scene)
        ends = f"{name} passes TLS on, so the ingress or a pod ends it"
        if service.protocol == "https":
            ends = f"{name} ends TLS itself"
    why = tls.refusal(scene) or found[0].error_detail
    reason = f" ({why.rstrip('.')})" if why else ""
    return (
        NextStep(
            text=f"{tls.share_text(scene)} with {address}{reason}; {ends}. No request"
            " was sent, so nothing behind TLS causes it. Either the certificate is"
            " expired, for another name or not trusted, or the port does not use TLS."
            " Check its names, its issuer and until when it is valid.",
            command=tls.show_command(scene, address),
        ),
    )


def _redirect(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see whether a redirect of the ingress leads back to the URL."""
    found = redirects.failing(scene)
    if not found or 2 * len(found) <= len(users.failing(scene, *AS_A_USER)):
        return ()
    where = redirects.location(found[0])
    to = f" to {where}" if where else "; no Location was recorded"
    if where and not redirects.leads_back(found[0]):
        return ()
    who = redirects.written_by_ingress(scene)
    by = f" {who[:1].upper()}{who[1:]}." if who else ""
    status, url = found[0].status_code, quote(scene.target.url)
    share = of(len(found), len(users.failing(scene, *AS_A_USER)))
    look = NextStep(
        text=f"{share} failing responses are redirects ({status}){to}.{by} If the"
        " Location is the URL itself, clients follow it forever: the ingress redirects"
        " to https (ssl-redirect) because TLS ends before it. Check the Location.",
        command=f"curl -sSI --http1.1 {url} | grep -iE '^(HTTP|location)'",
    )
    fix = [redirect_loop.trust(scene), redirect_loop.no_redirect(scene)]
    if scene.target.reached.cdn and all(p.healthy for p in redirects.direct(scene)):
        fix.insert(0, redirect_loop.flexible(scene))
    return (look, *fix)


def _turned_away(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see whether only the monitor cannot connect or is rejected."""
    requests = users.failing(scene, *AS_A_USER)
    cut = [p for p in requests if p.error_phase == "connect"]
    refused = [p for p in requests if p.status_code in {401, 403, 429}]
    found = cut if len(cut) >= len(refused) else refused
    if 2 * len(found) <= len(requests):
        return ()
    what = found[0].status_code or ErrorType(found[0].error_type or "other").value
    inside = scene.live_reports and "the cluster's agents still report"
    also = f", while {inside}" if inside else ""
    where = ", ".join(sorted({str(p.peer_address) for p in found if p.peer_address}))
    return (
        NextStep(
            text=f"{len(found)} requests of the monitor to {where} got"
            f" {str(what).replace('_', ' ')}{also}. A firewall may reject only the"
            " monitor (fail2ban, an address list, a bot rule), and users may be served;"
            " or nobody gets further. Request the URL from another network. If that"
            " succeeds, allow the monitor's address.",
            command="curl -sS -o /dev/null --max-time 10"
            f" -w '%{{http_code}} %{{errormsg}}\\n' {quote(scene.target.url)}",
        ),
    )


_LEADS: tuple[Callable[[Scene], tuple[NextStep, ...]], ...] = (
    _unresolved,
    _elsewhere,
    _handshake,
    _redirect,
    _turned_away,
)
"""From the internet inward."""
