"""Week: a simulated week of minutes, to check that no false alert is sent.

In: stories of a healthy platform whose observers fail one at a time.
Out: which causes were named and which alerts were sent.
It does not: break the platform.
"""
