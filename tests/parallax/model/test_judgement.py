"""Specification of a judgement's JSON: `parallax.model.judgement`."""

from parallax.model.judgement import Answer, Assessment
from parallax.model.wire import decode, encode


def test_an_assessment_that_was_saved_before_stays_readable() -> None:
    """One without `explained_by` is decoded, and encoded as before."""
    saved = {"cause": "a", "answer": "supported", "evidence": ["b"], "missing": []}
    read = decode(Assessment, saved)
    assert read.explained_by is None
    assert encode(read) == saved


def test_what_explains_a_cause_travels_with_its_answer() -> None:
    """The answer stays `supported`, for consumers that have only three answers."""
    assessment = Assessment(cause="a", answer=Answer.SUPPORTED, explained_by="b")
    sent = encode(assessment)
    assert (sent["answer"], sent["explained_by"]) == ("supported", "b")
    assert decode(Assessment, sent) == assessment
