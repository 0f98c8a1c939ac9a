"""Kubectl objects: Kubernetes' objects, made again from what kubectl prints.

In: the texts of `kubectl get` and `kubectl describe`. Out: JSON objects as the API
documents them, with the fields that the agent reads. What kubectl does not print is
absent, so the agent reads it as unknown.
Source: kubectl 1.31, pkg/describe/describe.go.
"""
