"""Detail: what failing requests got, where a status or an error type says too little.

In: a scene. Out: one phrase: what is wrong with a certificate, what name servers
responded, where a redirect leads, how much of a body came.
It does not: conclude, or repeat a status.
"""

from collections.abc import Sequence

from parallax.evidence import redirects, tls, unresolved, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AS_A_USER, ErrorType, Probe

LENGTH = 300
"""Characters of a phrase; an error's text may be of any length."""


def detail(scene: Scene) -> str | None:
    """Return what most failing requests got; None: the status or type says it all."""
    failed = users.failing(scene, *AS_A_USER)
    if not failed:
        return None
    found = _handshake(scene) or _name(scene) or _redirect(scene) or _cut(failed)
    return found[:LENGTH] if found else None


def _handshake(scene: Scene) -> str | None:
    failed = users.failing(scene, *AS_A_USER)
    lost = [p for p in failed if p.error_phase == "tls"]
    if 2 * len(lost) <= len(failed):
        return None
    why = tls.refusal(scene) or tls.refused_by_api(scene) or _own_words(lost)
    where = f"with {lost[0].peer_address}" if lost[0].peer_address else ""
    text = f"the TLS handshake {where} failed"
    return f"{text}: {why}" if why else text


def _name(scene: Scene) -> str | None:
    failed, lost = users.failing(scene, *AS_A_USER), unresolved.requests(scene)
    if 2 * len(lost) <= len(failed):
        return None
    host = scene.target.host
    why = unresolved.in_path(scene) or _own_words(lost)
    return f"no address of {host}: {why}" if why else f"no address of {host}"


def _redirect(scene: Scene) -> str | None:
    failed, found = users.failing(scene, *AS_A_USER), redirects.failing(scene)
    if 2 * len(found) <= len(failed):
        return None
    share, where = of(len(found), len(failed)), redirects.location(found[0])
    if where is None:
        return f"{share} failing responses are redirects, without a recorded Location"
    if redirects.leads_back(found[0]):
        return f"{share} failing responses redirect to the requested URL itself"
    return f"{share} failing responses redirect to {where}"


def _cut(failed: tuple[Probe, ...]) -> str | None:
    """Return that the body was cut, with the received bytes."""
    lost = [
        p
        for p in failed
        if p.error_type is ErrorType.BODY_INCOMPLETE or p.error_phase == "transfer"
    ]
    if 2 * len(lost) <= len(failed):
        return None
    share, received = of(len(lost), len(failed)), max(p.body_bytes for p in lost)
    return f"{share} failing responses were cut after {received} bytes of the body"


def _own_words(probes: Sequence[Probe]) -> str | None:
    """Return the probe's own text of the error."""
    texts = (p.error_detail for p in probes if p.error_detail)
    return next((t.rstrip(".") for t in texts), None)
