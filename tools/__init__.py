"""Tools: what is run on the work tree; nothing here is shipped."""
