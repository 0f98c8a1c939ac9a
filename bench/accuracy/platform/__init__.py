"""Platform: a small simulated platform, and what each observer receives from it.

In: a `PlatformSpec`, written as configuration. Out: observations of the model.
It does not: import causes, writers or judgements.
"""
