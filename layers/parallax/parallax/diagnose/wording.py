"""Wording: the words of a judgement where the ingress has no NodePort.

In: a judgement, its scene. Out: the judgement, with "the Service" where its sentences
name an ingress that is not on the path, and with ports of the nodes where they name
NodePorts. It does not: change a fact, a name or a command.
"""

from dataclasses import dataclass, replace

from parallax.evidence import inside, on_the_nodes
from parallax.evidence.scene import Scene
from parallax.model.judgement import (
    Assessment,
    Candidate,
    HopSeen,
    Judgement,
    Lead,
    NextStep,
)

_WORDS = (
    ("behind the ingress", "behind the load balancer"),
    ("the ingress's NodePort", "the Service's NodePort"),
    ("the ingress Service", "the Service"),
    ("the ingress's", "the Service's"),
    ("the ingress", "the Service"),
    ("an ingress pod", "a pod of the Service"),
    ("ingress pod", "pod of the Service"),
)
"""What stands for the ingress; "an ingress" in "not to an ingress" stays."""
_AT_THE_NODES = (
    ("NodePort of the ingress Service", "port of the ingress on the nodes"),
    ("NodePort of the ingress", "port of the ingress on the nodes"),
    ("the ingress's NodePort", "the ingress's port on the nodes"),
    ("an ingress NodePort", "a port of the ingress on the nodes"),
    ("NodePort probes", "probes of the ingress's port"),
    (
        "every node forwards its NodePort",
        "every node accepts connections to the ingress's port",
    ),
    ("nodes forward their NodePort", "nodes accept connections to the ingress's port"),
)
"""What stands for a NodePort where the ingress listens on the nodes themselves."""

type Words = tuple[tuple[str, str], ...]


def without_an_ingress(text: str) -> str:
    """Return a text in words for a path where no ingress is."""
    return _Wording(_WORDS).text(text)


def in_words_of_the_path(judgement: Judgement, scene: Scene) -> Judgement:
    """Return the judgement in words that are right for the way into this cluster."""
    if words := _words(scene):
        return _Wording(words).judgement(judgement)
    return judgement


def _words(scene: Scene) -> Words:
    if inside.no_ingress(scene):
        return _WORDS
    ingress = inside.ingress_service.maybe(scene)
    return _AT_THE_NODES if ingress and on_the_nodes.has_some(ingress) else ()


@dataclass(frozen=True, slots=True)
class _Wording:
    """Replaces words in each text of a judgement."""

    words: Words

    def judgement(self, one: Judgement) -> Judgement:
        return replace(
            one,
            title=self.text(one.title),
            assessments=tuple(map(self.assessment, one.assessments)),
            path=tuple(map(self.hop, one.path)),
            next_steps=tuple(map(self.step, one.next_steps)),
            lead=self.lead(one.lead) if one.lead else None,
        )

    def text(self, text: str) -> str:
        for old, new in self.words:
            text = text.replace(old, new)
        return text

    def texts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.text, texts))

    def assessment(self, one: Assessment) -> Assessment:
        return replace(
            one,
            evidence=self.texts(one.evidence),
            missing=self.texts(one.missing),
            hidden_by=self.text(one.hidden_by) if one.hidden_by else None,
        )

    def lead(self, one: Lead) -> Lead:
        return replace(
            one,
            observation=self.text(one.observation),
            excludes=self.text(one.excludes),
            candidates=tuple(map(self.candidate, one.candidates)),
        )

    def candidate(self, one: Candidate) -> Candidate:
        return replace(
            one,
            title=self.text(one.title),
            evidence=self.texts(one.evidence),
            missing=self.texts(one.missing),
        )

    def hop(self, one: HopSeen) -> HopSeen:
        return replace(one, seen=self.text(one.seen))

    def step(self, one: NextStep) -> NextStep:
        return replace(one, text=self.text(one.text))
