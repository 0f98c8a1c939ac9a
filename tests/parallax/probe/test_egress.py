"""Whether a packet could leave this machine."""

import errno
import shutil
import subprocess
import sys

import pytest

from parallax.probe.egress import has_route, has_socket


def test_loopback_has_a_route() -> None:
    """An address of this machine is reached."""
    assert has_route("127.0.0.1")


def test_an_address_of_an_unnamed_link_has_none() -> None:
    """IPv6's link-local addresses lead nowhere without an interface."""
    assert not has_route("fe80::1")


def test_a_process_without_a_socket_may_still_have_a_route(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A failure to open one shows nothing about the network."""

    def broken(*_: object, **__: object) -> None:
        """Fail as socket(2) does where no descriptor is left."""
        raise OSError(errno.EMFILE, "none left")

    with monkeypatch.context() as patched:
        patched.setattr("parallax.probe.egress.socket.socket", broken)
        found = (has_route("fe80::1"), has_socket())
    assert found == (True, False)
    assert has_socket()


def test_a_machine_without_network_has_no_route() -> None:
    """In an empty network namespace nothing leaves, over either family."""
    unshare = shutil.which("unshare") or "unshare"
    isolated = [unshare, "--user", "--map-root-user", "--net"]
    if subprocess.run([*isolated, "true"], capture_output=True, check=False).returncode:  # noqa: S603 - our own words
        pytest.skip("this machine allows no network namespace")
    code = (
        "from parallax.probe.egress import has_route;"
        "print(has_route('2a01:4f8::1'), has_route('203.0.113.20'))"
    )
    ended = subprocess.run(  # noqa: S603 - our own interpreter and words
        [*isolated, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "False False\n"
