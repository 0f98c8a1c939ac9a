"""The Parallax agent: probes targets from inside their cluster and pushes reports."""
