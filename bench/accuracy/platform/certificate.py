"""Certificate: one that clients refuse, as a probe records it.

In: what is wrong with it, a host, a time. Out: the certificate and OpenSSL's reason.
It does not: open a connection.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.model.probe import Certificate

YEAR = timedelta(days=365)
REASONS = {
    "expired": "certificate has expired",
    "name": "Hostname mismatch, certificate is not valid for '{host}'.",
    "untrusted": "self-signed certificate",
    "fake": "self-signed certificate",
}
"""OpenSSL's texts, by what is wrong."""
FAKES = {
    "ingress-nginx": "O=Acme Co, CN=Kubernetes Ingress Controller Fake Certificate",
    "traefik": "CN=TRAEFIK DEFAULT CERT",
}
"""Subjects of the controllers' own certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCertificate:
    """A certificate that clients refuse; `wrong` is a key of `REASONS`."""

    wrong: str
    kind: str = "ingress-nginx"
    """The ingress controller, for its own certificate."""
    at_cdn: bool = False
    """Whether the CDN presents it, not the balancer."""
    recorded: bool = True
    """Whether the probe could read the certificate."""

    def detail(self, host: str) -> str:
        """Return the probe's detail of the error."""
        return f"certificate does not verify: {REASONS[self.wrong].format(host=host)}"

    def shown(self, host: str, at: datetime) -> Certificate | None:
        """Return the certificate, if the probe read it."""
        if not self.recorded:
            return None
        own = FAKES.get(self.kind, FAKES["ingress-nginx"])
        subject = own if self.wrong == "fake" else f"CN={host}"
        other = {"name": "other.example.net", "fake": "ingress.local"}
        return Certificate(
            subject=subject if self.wrong != "name" else "CN=other.example.net",
            issuer=subject if self.wrong in {"fake", "untrusted"} else "CN=R11",
            not_after=at - timedelta(hours=3) if self.wrong == "expired" else at + YEAR,
            names=(other.get(self.wrong, host),),
        )
