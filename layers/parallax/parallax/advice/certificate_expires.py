"""The certificate that users get expires soon.

In: a snapshot. Out: an `Advice` when the renewal is clearly overdue, or None: less than
a quarter of the certificate's lifetime is left, and at most 14 days. Without the date
of its begin, as in snapshots of earlier releases: 14 days.
It does not: check names or chains; the probe's own TLS does.

A fixed number of days warns about a six-day certificate on its first day. Programs
renew by share: cert-manager and Go's autocert when a third is left; Let's Encrypt
recommends a third too, or its ACME Renewal Information (RFC 9773), and for six-day
certificates a half. So a quarter is 32 hours after the renewal of a 160-hour
certificate at its half, and 4 days after that of a 45-day one. For 90 days it is later
than the renewal by 16 days, as before.
Sources: cert-manager, "Certificate resource", reissuance; golang.org/x/crypto
acme/autocert, `RenewBefore`; Let's Encrypt, "Integration Guide" and the announcement of
six-day certificates (2026-01-15).
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
"""Left at most, however long a certificate lasts: people need time to renew by hand."""
OVERDUE = 4
"""The part of the lifetime that is left, as its denominator."""
VERY_SOON = timedelta(days=3)
AUTOMATIC = timedelta(days=100)
"""Certificates up to this lifetime are renewed by a program, such as an ACME client."""
URGENT = 10
"""As `OVERDUE`, for a title that is urgent."""


def advise(scene: Scene) -> Advice | None:
    """Return when the certificate expires, if it expires soon."""
    found = _certificate(scene)
    if found is None:
        return None
    left, lifetime = found.not_after - scene.taken_at, _lifetime(found)
    if left > _at_most(SOON, lifetime, OVERDUE):
        return None
    urgent = left <= _at_most(VERY_SOON, lifetime, URGENT)
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
            *_share(left, lifetime),
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


def _lifetime(certificate: Certificate) -> timedelta | None:
    """Return how long a certificate is valid in all; None: unknown."""
    begin, end = certificate.not_before, certificate.not_after
    return end - begin if begin and begin < end else None


def _at_most(longest: timedelta, lifetime: timedelta | None, part: int) -> timedelta:
    """Return a part of the lifetime, or the longest time if that is shorter."""
    return longest if lifetime is None else min(longest, lifetime / part)


def _share(left: timedelta, lifetime: timedelta | None) -> tuple[str, ...]:
    """Return how much of the lifetime is left, so that a reader sees that it is late.

    A long one is mostly renewed by hand, at no usual time.
    """
    if lifetime is None or lifetime > AUTOMATIC or left <= timedelta(0):
        return ()
    share = f"{left / lifetime:.0%} of its {_length(lifetime)} is left"
    return (f"{share}; automatic renewal is usual when a third is left",)


def _length(lifetime: timedelta) -> str:
    hours = round(lifetime / timedelta(hours=1))
    return f"{round(hours / 24)} days" if hours > 240 else f"{hours} h"  # noqa: PLR2004 - ten days


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


ADVISER = Adviser(
    id=ID,
    summary="A certificate expires soon",
    advise=advise,
    decidable=decidable,
)
