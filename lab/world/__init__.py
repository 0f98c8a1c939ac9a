"""World: the running lab, one process inside the lab's namespace.

- `serve`: the process, `python -m lab.world.serve`
- `control`: its socket, which takes `inject` and `clear`
- `injection`, `verbs`: a fault's actions
- `running`: starts, resets and stops edge and inside
- `network`, `certificates`, `public_url`: addresses, a CA, requests from outside
"""
