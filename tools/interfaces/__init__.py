"""Interfaces: docs/api, the descriptions of every interface for programs.

In: the model's classes, the code's own tables and template.yaml. Out: an OpenAPI
document of `ingest`, an AsyncAPI document of topics and queues, the tools of `parallax
mcp`, and a page for people about each of the first two.
It does not: describe the pages of incidents, which are for people.
"""
