"""The steps: each command alone, with its way back."""

from parallax.model.judgement import NextStep
from parallax.report.steps import first_step, further_steps

STEPS = (
    NextStep(text="Set the port.", command="set 1", undo="set 2"),
    NextStep(
        text="Or restart.", command="restart", alternative=True, undo_note="None."
    ),
    NextStep(text="Check it.", command="check"),
    NextStep(text="Call the team."),
)


def test_the_first_step_has_its_command_its_undo_and_its_alternative() -> None:
    """In this order."""
    part = first_step(STEPS)
    assert part is not None
    commands = [pre.text for pre in part.iter("pre")]
    assert commands == ["set 1", "set 2", "restart"]
    text = " ".join(part.itertext())
    assert text.index("Undo:") < text.index("or instead:") < text.index("Undo: None.")


def test_the_other_steps_follow_in_order() -> None:
    """Without the alternative; numbered from two."""
    part = further_steps(STEPS)
    assert part is not None
    assert [li.find("div/p").text for li in part.iter("li")] == [  # type: ignore[union-attr]
        "Check it.",
        "Call the team.",
    ]
    assert [ol.get("start") for ol in part.iter("ol")] == ["2"]
    first = first_step(STEPS)
    assert first is not None
    (link,) = first.iter("a")
    assert (link.text, link.get("href")) == ("Steps 2 and 3", f"#{part.get('id')}")


def test_a_command_is_one_line_and_nothing_else_is_in_its_element() -> None:
    """A line break of a name would start a command of its own."""
    part = first_step((NextStep(text="x", command="get a\nrm -rf /"),))
    assert part is not None
    (command,) = [pre.text for pre in part.iter("pre")]
    assert command == "get a\N{REPLACEMENT CHARACTER}rm -rf /"


def test_no_steps_make_no_part() -> None:
    """As for a cause whose steps failed."""
    assert first_step(()) is None
    assert further_steps(STEPS[:1]) is None


def test_a_button_s_name_has_its_step() -> None:
    """For those who hear it: several buttons have the same label."""
    first, rest = first_step(STEPS), further_steps(STEPS)
    assert first is not None
    assert rest is not None
    names = [p.get("data-name") for part in (first, rest) for p in part.iter("pre")]
    assert names == [
        "Copy command of step 1",
        "Copy undo of step 1",
        "Copy command of the alternative to step 1",
        "Copy command of step 2",
    ]
