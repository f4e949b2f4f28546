"""A web configuration file, and a client of `serve` that has it."""

import base64
import contextlib
import http.client
import pathlib
import shutil
import socket
import ssl
from dataclasses import dataclass, field

import yaml

from support.certificates import Authority, Certificate
from support.program import Exporter, Response
from support.requests.raw_http import wait_for
from support.serving.bcrypt import hash_of

USER = "prometheus"
PASSWORD = "Hütte: läuft!"
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "deny",
    "X-XSS-Protection": "1",
    "Content-Security-Policy": "default-src 'self' *.example.net",
}


def place(certificate: Certificate, folder: pathlib.Path) -> None:
    """As server.crt and server.key, at once each, as those do who renew certificates."""
    for source, name in ((certificate.certificate, "server.crt"), (certificate.key, "server.key")):
        shutil.copyfile(source, folder / "new")
        (folder / "new").replace(folder / name)


TLS = {"cert_file": "server.crt", "key_file": "server.key"}


def write(folder: pathlib.Path, config: dict | str) -> pathlib.Path:
    path = folder / "web.yml"
    text = config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False)
    (folder / "new").write_text(text)
    (folder / "new").replace(path)
    return path


def basic(user: str = USER, password: str | bytes = PASSWORD) -> dict[str, str]:
    secret = password.encode() if isinstance(password, str) else password
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()}


@dataclass
class Client:
    """Speaks to `serve` over TLS, or in clear text."""

    serving: Exporter
    authority: Authority
    headers: dict[str, str] = field(default_factory=dict)

    def context(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority.file)
        if certificate:
            context.load_cert_chain(certificate.certificate, certificate.key)
        return context

    def connection(self, context: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        if self.serving.url.startswith("http:"):
            return http.client.HTTPConnection("localhost", self.serving.port, timeout=30)
        return http.client.HTTPSConnection("localhost", self.serving.port, timeout=30,
                                           context=context or self.context())

    def get(self, path: str = "/metrics", headers: dict[str, str] | None = None, method: str = "GET",
            context: ssl.SSLContext | None = None, on: http.client.HTTPConnection | None = None) -> Response:
        with contextlib.closing(on or self.connection(context)) if on is None else contextlib.nullcontext(on) as used:
            used.request(method, path, b"" if method == "POST" else None,
                         self.headers if headers is None else headers)
            answer = used.getresponse()
            return Response(answer.status, dict(answer.headers), answer.read())

    def wait_until_measured(self) -> None:
        wait_for(lambda: self.get("/readyz").status == 200)

    def certificate(self) -> str:
        """The common name of the one that is served to a new connection."""
        with socket.create_connection(("127.0.0.1", self.serving.port), 20) as raw:
            with self.context().wrap_socket(raw, server_hostname="localhost") as secured:
                subject = dict(pair for name in secured.getpeercert()["subject"] for pair in name)
                return subject["commonName"]


def users(cost: int = 4, **more: str) -> dict[str, dict[str, str]]:
    return {"basic_auth_users": {USER: hash_of(PASSWORD, cost), **more}}
