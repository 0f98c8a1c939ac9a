"""Defaults: the keys of `defaults` in each target that does not have them.

In: an entry of the targets file, and the file's defaults. Out: the entry with them; and
where a problem of the whole was written.
It does not: check a value. A mapping, such as `reached`, is completed key by key; a
list replaces the default's.
"""

from parallax.targets.yaml_lines import Location, is_mapping, keys_of


def with_defaults(entry: object, defaults: dict[str, object]) -> object:
    """Return an entry with the defaults that it lacks; anything else unchanged."""
    if not is_mapping(entry) or not defaults:
        return entry
    own = keys_of(entry)
    merged = {**defaults, **own}
    for key, value in defaults.items():
        if is_mapping(value) and key in own:
            merged[key] = with_defaults(own[key], keys_of(value))
    return merged


def origin(path: Location, entry: object, at: Location) -> Location:
    """Return where a value below the entry at `at` was written.

    That is in the entry, or in `defaults` if the entry lacks its keys.
    """
    inner = path[len(at) :]
    value: object = entry
    for number, key in enumerate(inner):
        mapping = keys_of(value)
        if not is_mapping(value):
            return path
        if f"{key}" not in mapping:
            # Of a missing required key the entry is the place.
            is_required = (number, key) in _REQUIRED
            return path if is_required else ("defaults", *inner)
        value = mapping[f"{key}"]
    return path


_REQUIRED = frozenset({(0, "name"), (0, "url"), (1, "title")})
"""Keys without a default, with their depth in an entry."""
