"""Causes: every named way to fail.

In: a snapshot. Out: one assessment per cause.
It does not: name the cause of a failure (`parallax.diagnose.naming` does).

The order is that of the handbook and of findings, from the internet inward. It decides
between two causes only if both are shown at the same hop. A specific cause declares in
`explains` which general causes are true because of it.
"""

from parallax.causes import (
    cache_replays_error,
    cdn_cannot_reach_origin,
    cdn_certificate_refused,
    dns_name_gone,
    dns_resolvers_disagree,
    dns_stale_address,
    dns_zone_broken,
    edge_refuses_monitor,
    ingress_cannot_use_response,
    ingress_certificate_refused,
    ingress_does_not_know_host,
    ingress_has_no_rule_for_path,
    ingress_rejects_request,
    ingress_replica_out_of_step,
    ingress_without_endpoints,
    lb_certificate_refused,
    lb_health_check_rejected,
    lb_health_check_wrong_port,
    lb_no_healthy_target,
    lb_no_service_for_port,
    lb_no_target,
    lb_not_in_private_network,
    lb_some_targets_unhealthy,
    lb_targets_not_the_ingress_nodes,
    lb_timeout_too_short,
    lb_wrong_destination_port,
    node_firewall_blocks_load_balancer,
    nodeport_dropped_by_local_traffic_policy,
    overlay_between_nodes_broken,
    pod_answers_error,
    pod_refuses_connection,
    pod_too_slow,
    pods_not_ready,
    proxy_protocol_mismatch,
    redirect_loop,
    service_leads_outside_cluster,
    service_port_leads_nowhere,
    service_without_endpoints,
)
from parallax.causes.cause import Cause

__all__ = ["CAUSES", "Cause"]

CAUSES: tuple[Cause, ...] = (
    dns_name_gone.CAUSE,
    dns_zone_broken.CAUSE,
    dns_resolvers_disagree.CAUSE,
    dns_stale_address.CAUSE,
    cache_replays_error.CAUSE,
    cdn_cannot_reach_origin.CAUSE,
    edge_refuses_monitor.CAUSE,
    cdn_certificate_refused.CAUSE,
    lb_certificate_refused.CAUSE,
    lb_no_service_for_port.CAUSE,
    lb_no_target.CAUSE,
    lb_targets_not_the_ingress_nodes.CAUSE,
    lb_not_in_private_network.CAUSE,
    proxy_protocol_mismatch.CAUSE,
    lb_health_check_wrong_port.CAUSE,
    lb_wrong_destination_port.CAUSE,
    lb_health_check_rejected.CAUSE,
    nodeport_dropped_by_local_traffic_policy.CAUSE,
    node_firewall_blocks_load_balancer.CAUSE,
    lb_no_healthy_target.CAUSE,
    lb_some_targets_unhealthy.CAUSE,
    lb_timeout_too_short.CAUSE,
    ingress_certificate_refused.CAUSE,
    redirect_loop.CAUSE,
    ingress_without_endpoints.CAUSE,
    ingress_replica_out_of_step.CAUSE,
    ingress_does_not_know_host.CAUSE,
    ingress_has_no_rule_for_path.CAUSE,
    ingress_rejects_request.CAUSE,
    ingress_cannot_use_response.CAUSE,
    overlay_between_nodes_broken.CAUSE,
    service_without_endpoints.CAUSE,
    service_port_leads_nowhere.CAUSE,
    service_leads_outside_cluster.CAUSE,
    pods_not_ready.CAUSE,
    pod_refuses_connection.CAUSE,
    pod_too_slow.CAUSE,
    pod_answers_error.CAUSE,
)
