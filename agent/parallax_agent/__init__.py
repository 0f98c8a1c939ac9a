"""The Parallax agent: sees a target from inside its cluster, and pushes it."""
