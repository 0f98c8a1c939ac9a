"""Error log steps: one step for each message, and a way back that is true."""

from parallax.causes.error_log_steps import error_log_steps
from parallax.model.judgement import NextStep


def steps(given: dict[str, str] | None) -> tuple[NextStep, ...]:
    """Return the steps for an Ingress with these annotations."""
    return error_log_steps(
        controller="ingress", pod="nginx-1", namespace="shop", name="web", given=given
    )


def step_for(message: str, given: dict[str, str] | None) -> NextStep:
    """Return the step for one message of the error log."""
    (found,) = [x for x in steps(given) if message in x.text]
    return found


def test_the_first_step_reads_the_controller_s_log() -> None:
    """Without the name of its pod, it shows the pods."""
    assert steps({})[0].command == (
        "kubectl -n ingress logs nginx-1 --since=15m | grep -E '\\[(error|crit)\\]'"
    )
    nameless = error_log_steps(
        controller="ingress", pod=None, namespace="shop", name="web", given={}
    )
    assert nameless[0].command == "kubectl -n ingress get pods -o wide"
    assert nameless[1:] == steps({})[1:]


def test_each_message_of_a_wrong_protocol_has_its_own_value() -> None:
    """A pod with TLS behind plain HTTP, and the reverse, need opposite values."""
    plain = step_for("no valid HTTP/1.0 header", None)
    secure = step_for("SSL_do_handshake() failed", None)
    assert (plain.command or "").endswith("backend-protocol=HTTPS")
    assert (secure.command or "").endswith("backend-protocol=HTTP")


def test_a_message_that_the_present_protocol_cannot_cause_has_no_step() -> None:
    """Without TLS to the pods no handshake with them can fail, and the reverse."""
    key = "nginx.ingress.kubernetes.io/backend-protocol"
    plain = [x.text for x in steps({})]
    secure = [x.text for x in steps({key: "grpcs"})]
    assert any("no valid HTTP/1.0" in text for text in plain)
    assert not any("SSL_do_handshake" in text for text in plain)
    assert any("SSL_do_handshake" in text for text in secure)
    assert not any("no valid HTTP/1.0" in text for text in secure)


def test_the_way_back_restores_the_value_that_was_read() -> None:
    """Without the annotation before, it is removed again."""
    key = "nginx.ingress.kubernetes.io/backend-protocol"
    undo = step_for("wrong version number", {key: "HTTPS"}).undo or ""
    assert undo.endswith(
        "--overwrite nginx.ingress.kubernetes.io/backend-protocol=HTTPS"
    )
    assert (step_for("no valid HTTP", {}).undo or "").endswith("protocol-")


def test_a_value_that_nothing_read_is_saved_before_the_change() -> None:
    """The way back restores the whole Ingress, as it was saved."""
    step = step_for("too big header", None)
    saved, _, change = (step.command or "").partition(" > before.yaml && ")
    assert " get ingress web -o yaml | " in saved
    assert " annotate ingress web --overwrite " in change
    assert step.undo == "kubectl replace -f before.yaml"
