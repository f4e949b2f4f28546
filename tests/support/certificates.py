"""Certificates made by openssl, for servers that tests trust or distrust."""

import datetime
import pathlib
import ssl
import subprocess
from dataclasses import dataclass

PASSWORD = "changeit"
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
LOCAL = ("DNS:localhost", "IP:127.0.0.1")


@dataclass(frozen=True)
class Certificate:
    certificate: pathlib.Path
    key: pathlib.Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def write_pkcs12(self, path: pathlib.Path) -> None:
        _openssl("pkcs12", "-export", "-name", "http", "-inkey", self.key, "-in", self.certificate, "-out", path,
                 "-passout", f"pass:{PASSWORD}")


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / "ca.pem"
        self.key = folder / "ca.key"
        _openssl("req", "-x509", *EC_KEY, "-keyout", self.key, "-out", self.file, "-days", "30",
                 "-subj", "/CN=Authority of the tests")

    def issue(self, name: str, alternatives: tuple[str, ...] = LOCAL, expired: bool = False) -> Certificate:
        request, certificate, key = (self.folder / f"{name}.{ending}" for ending in ("csr", "pem", "key"))
        _openssl("req", *EC_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        now = datetime.datetime.now(datetime.timezone.utc)
        end = now + datetime.timedelta(days=-1 if expired else 30)
        start = end - datetime.timedelta(days=60)
        settings = self.folder / f"{name}.cnf"
        settings.write_text(
            f"[ca]\ndefault_ca=a\n[a]\nnew_certs_dir={self.folder}\ndatabase={self.folder}/{name}.index\n"
            f"rand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n"
            f"[x]\nsubjectAltName={','.join(alternatives)}\n"
        )
        (self.folder / f"{name}.index").touch()
        _openssl("ca", "-batch", "-notext", "-config", settings, "-cert", self.file, "-keyfile", self.key,
                 "-in", request, "-out", certificate, "-startdate", _asn1(start), "-enddate", _asn1(end))
        return Certificate(certificate, key)


def self_signed(folder: pathlib.Path) -> Certificate:
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "self-signed.pem", folder / "self-signed.key")
    _openssl("req", "-x509", *EC_KEY, "-keyout", made.key, "-out", made.certificate, "-days", "30",
             "-subj", "/CN=localhost", "-addext", f"subjectAltName={','.join(LOCAL)}")
    return made


def _asn1(time: datetime.datetime) -> str:
    return time.strftime("%Y%m%d%H%M%SZ")


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
