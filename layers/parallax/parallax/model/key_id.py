"""Key id: the id of an agent's key, and the header and the file that name it.

In: a text. Out: whether it is an id. It does not: know any key.

An id is public: it selects a key, and proves nothing.
"""

import re

HEADER = "parallax-key-id"
"""The header of a push, beside its signature."""
SUFFIX = ".id"
"""The file of the id has the name of the key's file and this."""
KEY_ID = "1 to 32 letters, digits, '.', '_' or '-'"
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)


def is_key_id(text: str) -> bool:
    """Say whether a text is the id of a key."""
    return _KEY_ID.fullmatch(text) is not None
