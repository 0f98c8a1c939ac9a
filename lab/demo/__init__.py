"""Demo: the incident played on the lab and the emulator, as one command.

In: a case and a fault. Out: what a person sees, the finding, the mail, and an
exit status that says whether the named cause is the injected one.
It does not: help Parallax; what is shown comes from its journal, its queue and
its topic, and nothing is handed to it behind the template's back.
"""
