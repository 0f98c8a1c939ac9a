"""The nouns: frozen values that every step shares, and their wire form.

In and out: nothing but values. It does not: read, call, or judge.
"""
