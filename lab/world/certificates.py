"""Certificates: the lab's own CA, and the certificates it signs.

In: host names and a folder. Out: PEM files in the run folder.
It does not: add the CA to a trust store; programs get the path of the CA file.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID = timedelta(days=60)
BACKDATED = timedelta(minutes=5)


class Authority:
    """A certificate authority for one run of the lab."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Parallax lab CA")
        builder = _builder(self._name, self._name, self._key.public_key())
        basic = x509.BasicConstraints(ca=True, path_length=0)
        usage = _usage(signs=True)
        ski = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = builder.add_extension(basic, critical=True)
        builder = builder.add_extension(usage, critical=True)
        builder = builder.add_extension(ski, critical=False)
        self._certificate = builder.sign(self._key, hashes.SHA256())
        self.ca_file.write_bytes(_pem(self._certificate))

    def issue(self, name: str, hosts: list[str]) -> Path:
        """Write `<name>.pem`: certificate, CA and key for some host names."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self._key.public_key()
        )
        builder = _builder(_name(hosts[0]), self._name, key.public_key())
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(_usage(signs=False), critical=True)
        builder = builder.add_extension(issuer, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self.folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_bytes(_pem(certificate) + _pem(self._certificate) + private)
        return path


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALID)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
