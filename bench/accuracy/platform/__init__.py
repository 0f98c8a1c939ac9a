"""Platform: a small simulated platform, and what each observer sees of it.

In: a `PlatformSpec`, said in words of configuration. Out: observations of the model.
It does not: know causes, writers or judgements.
"""
