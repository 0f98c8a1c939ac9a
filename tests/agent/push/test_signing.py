"""The signing key, with the errors that operators make."""

from pathlib import Path

import pytest

from parallax_agent.push.signing import KeyUnusableError, read_key


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_*", "ключ"])
def test_the_error_of_an_unusable_key_names_its_file(tmp_path: Path, text: str) -> None:
    """The error does not repeat the key's text."""
    file = tmp_path / "key"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KeyUnusableError, match=str(file)):
        read_key(file)
    with pytest.raises(KeyUnusableError, match="No such file"):
        read_key(tmp_path / "none")
