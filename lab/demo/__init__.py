"""Demo: an incident on the lab and the AWS emulator, as one command.

- `play`: one incident for a person; `screen` shows it
- `story`: one fault for tests and recordings; `explain` prints its judgements
- `current`: how every target is judged now
- `selection`: the faults of a test run
- `record`, `rows`: snapshots saved for replay

All that is shown comes from Parallax's journal, queue and topic. Parallax gets its
settings from the template only.
"""
