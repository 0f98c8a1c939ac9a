"""Running: the writable API with a certificate of its own."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.inside.kubernetes.store import Store
from lab.inside.kubernetes.writes.kinds import BUILT_IN, Kind
from lab.inside.kubernetes.writes.serving import served, write_kubeconfig
from lab.world.certificates import Authority


@contextmanager
def running(
    folder: Path, kinds: Iterable[Kind] = BUILT_IN
) -> Iterator[tuple[Store, Path]]:
    """Serve the API; yield its store and the path of a kubeconfig."""
    authority = Authority(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority.issue("api", ["localhost"]))
    kubeconfig = folder / "kubeconfig"
    with served(tls, kinds) as (store, url):
        write_kubeconfig(kubeconfig, url, authority.ca_file)
        yield store, kubeconfig
