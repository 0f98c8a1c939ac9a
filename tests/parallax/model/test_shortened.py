"""Specification of `parallax.model.shortened`."""

from parallax.model.shortened import shortened


def test_both_ends_stay() -> None:
    """Go's errors name the object first and the root of it last."""
    long = "begin " + "x" * 100 + " end"
    short = shortened(long, 20)
    assert len(short) == 20
    assert short.startswith("begin ")
    assert short.endswith(" end")
    assert "…" in short


def test_a_short_line_is_unchanged() -> None:
    """At its limit too."""
    assert shortened("abc", 3) == "abc"
