"""The lab: the whole path of a request on one machine, of real programs.

In: a case file. Out: a running path inside one network namespace, and its facts.
It does not: touch anything outside that namespace and its own run folder.
"""
