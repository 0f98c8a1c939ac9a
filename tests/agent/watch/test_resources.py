"""Resources: paths, words, and which fields are kept."""

from parallax_agent.watch.resources import WatchSpec, prune


def test_a_call_is_named_as_its_url_and_in_words() -> None:
    """Of all objects, of one namespace, of one object."""
    nodes, one = WatchSpec("nodes"), WatchSpec("configmaps", "ingress-nginx", "config")
    assert (nodes.path, nodes.query) == ("/api/v1/nodes", {})
    assert nodes.describe_call("watch") == "watch nodes"
    assert WatchSpec("daemonsets", "shop").path == (
        "/apis/apps/v1/namespaces/shop/daemonsets"
    )
    assert one.query == {"fieldSelector": "metadata.name=config"}
    assert (
        one.describe_call("list") == "list configmap config in namespace ingress-nginx"
    )


def test_only_the_shape_is_kept() -> None:
    """Of objects and lists; a value of another form is unchanged."""
    shape = {"name": True, "parts": {"kept": True}, "absent": True}
    item = {"name": {"whole": 1}, "parts": [{"kept": 1, "cut": 2}], "cut": 3}
    assert prune(item, shape) == {"name": {"whole": 1}, "parts": [{"kept": 1}]}
    assert prune({"name": "", "parts": "odd"}, shape) == {"name": "", "parts": "odd"}


def test_null_is_absent() -> None:
    """At any depth, also in values that are kept completely."""
    item = {"name": {"whole": [None, {"a": None}]}, "parts": [None, {"kept": None}]}
    shape = {"name": True, "parts": {"kept": True}}
    assert prune(item, shape) == {"name": {"whole": [{}]}, "parts": [{}]}
