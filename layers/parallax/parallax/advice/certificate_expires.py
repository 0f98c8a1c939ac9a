"""The certificate that users are shown is about to expire.

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
from parallax.model.probe import Certificate

ID = "certificate-expires"
SOON = timedelta(days=14)
"""A certificate of 90 days is renewed 30 before; what is left then is overdue."""
VERY_SOON = timedelta(days=3)


def advise(scene: Scene) -> Advice | None:
    """Tell how long the certificate is still good for, if that is not long."""
    found = _certificate(scene)
    if found is None or found.not_after - scene.taken_at > SOON:
        return None
    left = found.not_after - scene.taken_at
    urgent = left <= VERY_SOON
    when = _when(left)
    title = (
        f"The certificate expires {when}: renew it now"
        if urgent
        else f"The certificate expires {when}"
    )
    host = scene.target.host
    at = f"{found.not_after:%Y-%m-%d %H:%M UTC}"
    address = quote(f"{host}:{users.listen_port(scene)}")
    its = _at_balancer(scene, found)
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=title,
        evidence=(f"{host} shows one of {found.issuer} that ends {at}", *_named(its)),
        next_steps=(
            NextStep(
                text="See which certificate is shown.",
                command=f"openssl s_client -connect {address} -servername {quote(host)}"
                " </dev/null | openssl x509 -noout -subject -issuer -enddate",
            ),
            NextStep(
                text="See why it was not renewed, and when."
                if its
                else "See whether it is the balancer's, and managed.",
                command=f"hcloud certificate describe {quote(its.name)}"
                if its
                else "hcloud certificate list",
            ),
        ),
        due=found.not_after,
    )


def _when(left: timedelta) -> str:
    if left <= timedelta(0):
        return "now"
    if left < timedelta(days=1):
        return f"in {left.seconds // 3600} hours"
    return "in 1 day" if left.days == 1 else f"in {left.days} days"


def _certificate(scene: Scene) -> Certificate | None:
    """Return the certificate that users are shown; the newest probe's first."""
    requests = users.outside(scene, *users.AS_A_USER)
    return next((p.certificate for p in requests if p.certificate), None)


def _at_balancer(scene: Scene, found: Certificate) -> BalancerCertificate | None:
    """Return the balancer's certificate that ends when the shown one does."""
    balancer = scene.load_balancer
    its = (balancer.certificates if balancer else None) or ()
    return next((c for c in its if c.not_valid_after == found.not_after), None)


def _named(its: BalancerCertificate | None) -> tuple[str, ...]:
    if its is None:
        return ()
    whose = "Hetzner renews it itself" if its.type == "managed" else "renewed by hand"
    return (f"it is the balancer's certificate {its.name} ({whose})",)


def known(scene: Scene) -> bool:
    """Say whether a certificate was seen."""
    return _certificate(scene) is not None


ADVISER = Adviser(id=ID, advise=advise, known=known)
