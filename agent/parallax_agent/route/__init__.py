"""Route: from a host to the Service behind it, by the objects in the cluster.

In: a target and the watched objects. Out: its route, class and ingress, and a sentence
for each ambiguity. It does not: probe a hop, or judge.

- `discovery`: the route, class and ingress of a host
- `ingress`: routes of Ingresses
- `candidates`: all routes that match a URL
- `gateway`, `attachment`, `listeners`: routes of HTTPRoutes
- `kinds`: routes in kinds of the controllers
- `controllers`: the controller of a class or Service
- `entry`: the Service that receives the requests of users
- `own_service`, `host_ports`, `service_lb`: ways in without an ingress Service
- `arguments`: what the controller's arguments say
- `service_state`: a Service with its endpoints and pods
- `conflicts`: sentences for what is ambiguous or contradictory
- `matching`: hosts and paths
- `hosts`: the hosts of all rules
- `annotations`: settings of objects
- `limits`: annotations that may leave the cluster
"""
