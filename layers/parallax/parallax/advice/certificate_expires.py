"""The certificate that users get expires soon.

In: a snapshot. Out: an `Advice` from 14 days before, or None.
It does not: check names or chains; the probe's own TLS does.
"""

from datetime import timedelta
from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerCertificate
from parallax.model.judgement import Advice, Hop, NextStep
from parallax.model.probe import AS_A_USER, Certificate

ID = "certificate-expires"
SOON = timedelta(days=14)
"""A 90-day certificate is renewed 30 days before its end; after that it is overdue."""
VERY_SOON = timedelta(days=3)


def advise(scene: Scene) -> Advice | None:
    """Return when the certificate expires, if it expires soon."""
    found = _certificate(scene)
    if found is None or found.not_after - scene.taken_at > SOON:
        return None
    left = found.not_after - scene.taken_at
    urgent = left <= VERY_SOON
    title = f"The certificate {_when(left)}{': renew it now' if urgent else ''}"
    host = scene.target.host
    at = f"{found.not_after:%Y-%m-%d %H:%M UTC}"
    address = quote(f"{host}:{users.listen_port(scene)}")
    its = _at_balancer(scene, found)
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=title,
        evidence=(
            f"{host} has a certificate of {found.issuer} until {at}",
            *_named(its),
        ),
        next_steps=(
            NextStep(
                text="Check which certificate users get.",
                command=f"openssl s_client -connect {address} -servername {quote(host)}"
                " </dev/null | openssl x509 -noout -subject -issuer -enddate",
            ),
            NextStep(
                text="Check whether and why its renewal failed."
                if its
                else "Check whether it is a managed certificate of the load balancer.",
                command=f"hcloud certificate describe {quote(its.name)}"
                if its
                else "hcloud certificate list",
            ),
        ),
        due=found.not_after,
    )


def _when(left: timedelta) -> str:
    if left <= timedelta(0):
        return "has expired"
    if left < timedelta(days=1):
        return f"expires in {left.seconds // 3600} hours"
    return f"expires in {'1 day' if left.days == 1 else f'{left.days} days'}"


def _certificate(scene: Scene) -> Certificate | None:
    """Return the certificate that users get, by the first probe that has one."""
    requests = users.outside(scene, *AS_A_USER)
    return next((p.certificate for p in requests if p.certificate), None)


def _at_balancer(scene: Scene, found: Certificate) -> BalancerCertificate | None:
    """Return the load balancer's certificate with the same end date."""
    balancer = scene.load_balancer
    its = (balancer.certificates if balancer else None) or ()
    return next((c for c in its if c.not_valid_after == found.not_after), None)


def _named(its: BalancerCertificate | None) -> tuple[str, ...]:
    if its is None:
        return ()
    how = "managed by Hetzner" if its.type == "managed" else "renewed by hand"
    return (f"it is the load balancer's certificate {its.name} ({how})",)


def decidable(scene: Scene) -> bool:
    """Return whether a probe got a certificate."""
    return _certificate(scene) is not None


ADVISER = Adviser(id=ID, advise=advise, decidable=decidable)
