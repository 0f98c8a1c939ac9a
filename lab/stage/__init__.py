"""Stage: what sets the lab up, with or without Parallax.

- `namespace`: network, mount and process namespaces
- `install`: the Debian packages that are missing
- `run`: the lab as a `with` block
- `deployment`: the lab, the AWS emulator, the deployed template and the agents
- `emulator`, `agents`, `inbox`, `pages`, `timing`: its parts
- `lifecycle`, `kubeconfig`: what they share
"""
