"""Hetzner: a read-only Hetzner Cloud API of one project.

- `api`: the application, its resources and its errors
- `collection`: lists with filters and pages
- `shapes`: servers, services and types as JSON
- `rate_limit`: the requests left this hour
"""
