"""A redirect leads back to the same URL.

Meaning: the ingress redirects plain HTTP to https, and gets every request as plain
HTTP, because TLS ended before it: at the load balancer's https service, or at a CDN
that connects to its origin without TLS (Cloudflare's mode Flexible). The client follows
the redirect, and the same happens again.

Impact: browsers give up with "too many redirects". API clients get a redirect instead
of an answer. The pods get no request.

Diagnosis: most failing responses are redirects whose Location is the requested URL, and
the ingress wrote them: its log shows no pod, or the pods do not redirect. If a direct
request to the load balancer succeeds, only the CDN's connection lacks TLS.

Neighbors: a redirect to another URL is not a loop; then the ingress or the app has
another rule. If a pod wrote the redirect, it is `pod-answers-error`: the app does not
trust `X-Forwarded-Proto`.

Mitigation: let the ingress trust the header of the proxy before it
(`use-forwarded-headers: "true"`; Traefik: `forwardedHeaders.trustedIPs`), or disable
its redirect (`ssl-redirect: "false"`) and redirect at the load balancer
(`redirect_http`). With Cloudflare use the mode Full (strict).

Source: ingress-nginx, `docs/user-guide/nginx-configuration/annotations.md`
(server-side HTTPS enforcement); Cloudflare, ERR_TOO_MANY_REDIRECTS.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import PREFIX, keeper
from parallax.evidence import balancer, ingress, redirects, users
from parallax.evidence.reading import Hidden, Missing, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "redirect-loop"


def assess(scene: Scene) -> Assessment:
    """Check whether the ingress redirects users to the URL that they requested."""
    requests, found = users.failed(scene), redirects.failing(scene)
    if not found:
        return _no_redirect(scene)
    known = [p for p in found if redirects.location(p)]
    back = [p for p in known if redirects.leads_back(p)]
    if known and not back:
        where = redirects.location(known[0])
        return refuted(ID, f"the redirects lead to another URL ({where})")
    status = found[0].status_code
    if 2 * len(back) <= len(requests):
        what = f"where most redirects ({status}) lead: no Location was recorded"
        raise Missing(what)
    who = redirects.written_by_ingress(scene)
    need(who, "whether the ingress, a pod or the CDN wrote the redirects")
    share = of(len(back), len(requests))
    fact = f"{share} failing responses redirect ({status}) to the requested URL itself"
    return supported(ID, fact, str(who), _why(scene))


def _no_redirect(scene: Scene) -> Assessment:
    if never := users.never_connected(scene):
        raise Hidden("a response to users", evidence=(never,))
    count = len(users.failed(scene))
    return refuted(ID, f"none of {count} failing requests was redirected")


def _why(scene: Scene) -> str:
    """Return where TLS ends before the ingress, if that is known."""
    sent = redirects.direct(scene)
    if sent and all(p.healthy for p in sent):
        return f"direct requests to {balancer.name(scene)} are not redirected"
    service = balancer.service.maybe(scene)
    if service and service.protocol == "https":
        return f"{balancer.name(scene)} ends TLS, so the ingress gets plain HTTP"
    return "it is not known where TLS ends before the ingress"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return what makes the ingress believe that the request used https."""
    sent = redirects.direct(scene)
    at_cdn = scene.target.reached.cdn and sent and all(p.healthy for p in sent)
    return (_flexible(scene),) if at_cdn else (_trust(scene), _no_redirect_here(scene))


def _flexible(scene: Scene) -> NextStep:
    """Return how to let a CDN connect to its origin with TLS."""
    return NextStep(
        text="The CDN connects to its origin without TLS. In Cloudflare, set the mode"
        " of SSL/TLS to Full (strict) instead of Flexible; in another CDN, let the"
        " origin be https, port 443. The command shows what plain HTTP gets.",
        command=f"curl -sSI {quote('http://' + scene.target.host + '/')}",
    )


def _trust(scene: Scene) -> NextStep:
    """Return how to let the ingress trust the proxy that ended TLS."""
    namespace = ingress.service_name(scene).partition("/")[0]
    return NextStep(
        text="TLS ends before the ingress, so it takes each request for plain HTTP and"
        ' redirects it. Unless this prints `use-forwarded-headers: "true"`, the ingress'
        " does not trust X-Forwarded-Proto: set that in its ConfigMap (in Traefik,"
        " `forwardedHeaders.trustedIPs` of the entry point). It applies to all hosts.",
        command=f"kubectl -n {quote(namespace)} get configmap -o yaml"
        " | grep -iE 'forwarded|ssl-redirect'",
    )


def _no_redirect_here(scene: Scene) -> NextStep:
    """Return how to disable the redirect for this Ingress."""
    namespace = quote(scene.target.reached.namespace or "default")
    cluster = scene.cluster
    name = (cluster.ingress_name or "" if cluster else "").rpartition("/")[2]
    which = quote(name) if name else "--all"
    return NextStep(
        text="Disable the redirect of this Ingress. If the Ingress or the ConfigMap has"
        ' `force-ssl-redirect`, set that to "false" as'
        " well. Plain HTTP then reaches the app. The load balancer can redirect it, if"
        f" none of its services listens on port 80: {_redirect_at_balancer(scene)}.",
        command=f"kubectl -n {namespace} annotate ingress {which}"
        ' nginx.ingress.kubernetes.io/ssl-redirect="false"',
        undo=f"kubectl -n {namespace} annotate ingress {which}"
        " nginx.ingress.kubernetes.io/ssl-redirect-",
        alternative=True,
    )


def _redirect_at_balancer(scene: Scene) -> str:
    """Return how the load balancer redirects plain HTTP: its https service does."""
    if keeper(scene):
        return f'the annotation `{PREFIX}http-redirect-http: "true"` of its Service'
    service = balancer.service.maybe(scene)
    if service is None or service.protocol != "https":
        return "in Hetzner, its https service has the option `redirect_http`"
    name = quote(balancer.name(scene))
    return (
        f"`hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --http-redirect-http`"
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="A redirect leads back to the same URL",
    assess=assess,
    next_steps=next_steps,
)
