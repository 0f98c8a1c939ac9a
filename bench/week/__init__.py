"""Week: a simulated week of minutes, to see that nobody is woken for nothing.

In: stories of a healthy platform whose observers fail one at a time.
Out: what was blamed and which alarms went out.
It does not: break the platform.
"""
