"""An invocation succeeded only if the function neither raised nor named a record."""

from parallax.redrive.calls import invoke


def test_a_function_that_responds_has_succeeded(function: str) -> None:
    """There is no reason why it failed."""
    assert invoke(function, {"Records": []}) == ""


def test_a_function_that_raises_has_failed(function: str) -> None:
    """The reason holds what it raised; here, the event that it got."""
    failure = invoke(function, {"fails": "é\ud800"})
    assert failure.startswith("the function raised ")
    assert "\\\\u00e9\\\\ud800" in failure


def test_a_function_that_names_a_failed_record_has_failed(function: str) -> None:
    """Its partial batch response is not a success."""
    failure = invoke(function, {"failed": [{"itemIdentifier": "111"}]})
    assert failure == "the function reported failed records"


def test_a_function_that_is_gone_has_failed(function: str) -> None:
    """The reason is AWS's code."""
    failure = invoke(f"{function}-gone", {})
    assert failure == "Lambda refused the invocation: ResourceNotFoundException"
