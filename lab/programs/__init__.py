"""Programs: real servers as child processes.

- `program`: one process with its log, and commands that end
- `launcher`: all that were started, and the run folder
- `wait`: wait until a condition holds
"""
