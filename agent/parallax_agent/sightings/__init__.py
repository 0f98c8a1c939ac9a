"""Sightings: the ingress pods' access logs, searched for Parallax's own requests.

In: the ingress pods of this node. Out: a `Sighting` for each external request of
Parallax, and the time up to which the logs were read. It does not: keep a line of any
other client.

- `log_followers`: one follower per ingress pod
- `follower`: follows one log
- `held`: the lines of the last minute, until a report needs them
- `log_evidence`: what a log shows, and whether it is usable
- `access_line`: the values of one line
- `formats`: parsers of log formats
- `log_lines`: the agent's own log
"""
