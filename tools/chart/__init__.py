"""Chart: the generated parts of the agent's Helm chart, and its package.

In: agent/chart. Out: the table of values, the schema's descriptions, the icon, the
dashboard, and a packaged chart. It does not: publish anything.

- `values`: the comments of values.yaml, as descriptions
- `table`: the tables of values and alerts in README.md
- `dashboard`: the Grafana dashboard
- `package`: the chart as a file, for a registry
"""
