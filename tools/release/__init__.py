"""A release: its version, its notes, and the files that are published with it."""
