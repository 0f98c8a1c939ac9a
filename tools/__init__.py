"""Tools: programs for the work tree; not deployed."""
