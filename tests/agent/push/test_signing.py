"""The signing key, with the errors that operators make."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parallax.model.key_id import HEADER
from parallax_agent.push.signing import (
    KeyUnusableError,
    SigningKey,
    read_key,
    signed,
)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_*", "ключ"])
def test_the_error_of_an_unusable_key_names_its_file(tmp_path: Path, text: str) -> None:
    """The error does not repeat the key's text."""
    file = tmp_path / "key"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KeyUnusableError, match=str(file)):
        read_key(file)
    with pytest.raises(KeyUnusableError, match="No such file"):
        read_key(tmp_path / "none")


KEY = "whsec_YWdlbnQta2V5LWFnZW50LWtleQ=="


@pytest.mark.parametrize(
    ("text", "key_id"), [(None, None), ("", None), ("2026-12\n", "2026-12")]
)
def test_the_id_is_in_a_file_beside_the_key(
    tmp_path: Path, text: str | None, key_id: str | None
) -> None:
    """Without one the headers are those of earlier versions."""
    (tmp_path / "key").write_text(KEY)
    if text is not None:
        (tmp_path / "key.id").write_text(text)
    key = read_key(tmp_path / "key")
    assert key == SigningKey(KEY, key_id)
    headers = signed(key, "msg_1", datetime.now(UTC), "{}")
    assert headers.get(HEADER) == key_id
    assert len(headers) == (4 if key_id else 3)
    assert KEY not in repr(key)


@pytest.mark.parametrize("text", ["a b", "x" * 33, "a\nb", "ключ"])
def test_an_id_that_is_none_names_its_file(tmp_path: Path, text: str) -> None:
    """A header cannot have every text."""
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "key.id").write_text(text)
    with pytest.raises(KeyUnusableError, match=r"key\.id: "):
        read_key(tmp_path / "key")
