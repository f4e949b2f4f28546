"""Whom the client trusts before it sends anything: certificates, fingerprints, protocols, redirects."""

import functools
import hashlib
import pathlib
import re
import socket
import ssl
import subprocess
import warnings
from collections.abc import Callable

import pytest

from support.canaries import COMMANDS, USER, prefix_of
from support.certificates import Authority, Certificate, self_signed
from support.fake_elasticsearch import healthy
from support.stand_in import Reply, StandIn
from support.terminals.screen import ScreenProgram


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def issue(authority) -> Callable[..., Certificate]:
    """Each certificate once: an authority does not sign the same name twice."""
    return functools.cache(authority.issue)


@pytest.fixture(scope="module")
def impostor(tmp_path_factory) -> Authority:
    """Another authority, of the same name."""
    return Authority(tmp_path_factory.mktemp("impostor"))


def with_chain(certificate: Certificate, authority: Authority) -> ssl.SSLContext:
    """A server that shows its authority's certificate as well, as Elasticsearch does."""
    chain = certificate.certificate.with_suffix(".chain.pem")
    chain.write_text(certificate.certificate.read_text() + authority.file.read_text())
    return Certificate(chain, certificate.key).server_context()


def fingerprint(pem: pathlib.Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read_text())).hexdigest()


class TestFingerprint:
    @pytest.fixture(scope="class")
    def leaf(self, issue) -> Certificate:
        return issue("pinned")

    @pytest.fixture
    def validate(self, run, stand_in, tmp_path):
        (tmp_path / "key").write_text("canary-key")

        def go(context: ssl.SSLContext, fingerprint: str, *more: str):
            self.server = stand_in(healthy(), tls=context)
            return run("validate", "--es-url", self.server.url, "--ca-fingerprint", fingerprint, "--api-key-file", "key",
                       "--retries", "0", *more)

        return go

    @pytest.mark.parametrize("spelled", [str, str.upper, lambda text: ":".join(re.findall("..", text)),
                                         lambda text: ":".join(re.findall("..", text.upper()))],
                             ids=["small", "capital", "small with colons", "capital with colons"])
    def test_the_authority_s(self, validate, authority, leaf, spelled):
        validate(with_chain(leaf, authority), spelled(fingerprint(authority.file))).succeeded()

    def test_the_server_s_own(self, validate, authority, leaf, tmp_path):
        validate(leaf.server_context(), fingerprint(leaf.certificate)).succeeded()
        validate(with_chain(leaf, authority), fingerprint(leaf.certificate)).succeeded()
        alone = self_signed(tmp_path)
        validate(alone.server_context(), fingerprint(alone.certificate)).succeeded()

    @pytest.mark.parametrize("variable", ["ES_CA_FINGERPRINT", "KIBANA_CA_FINGERPRINT"])
    def test_in_the_environment(self, run, stand_in, authority, leaf, variable):
        server = stand_in(healthy(), tls=with_chain(leaf, authority))
        command, url = ("validate", "ES_URL") if variable.startswith("ES_") else ("import-dashboard", "KIBANA_URL")
        wrong = "0" * 64
        run(command, env={url: server.url, variable: wrong}).failed(3, "certificate")
        assert server.requests == []
        run(command, env={url: server.url, variable: fingerprint(authority.file)})
        assert len(server.requests) == 1

    def refused(self, result) -> None:
        result.failed(3, self.server.url, "certificate")
        assert self.server.requests == []

    def test_wrong(self, validate, authority, impostor, leaf):
        self.refused(validate(with_chain(leaf, authority), fingerprint(impostor.file)))

    def test_an_authority_that_the_server_does_not_show(self, validate, authority, leaf):
        self.refused(validate(leaf.server_context(), fingerprint(authority.file)))

    def test_shown_by_a_server_that_it_did_not_sign_for(self, validate, authority, impostor):
        forged = impostor.issue("forged")
        self.refused(validate(with_chain(forged, authority), fingerprint(authority.file)))

    def test_for_another_host(self, validate, authority, issue):
        other = issue("pinned-elsewhere", ("DNS:elsewhere.example", "IP:127.0.0.2"))
        self.refused(validate(with_chain(other, authority), fingerprint(authority.file)))
        self.refused(validate(other.server_context(), fingerprint(other.certificate)))

    def test_expired(self, validate, authority, issue):
        old = issue("pinned-expired", expired=True)
        self.refused(validate(with_chain(old, authority), fingerprint(authority.file)))
        self.refused(validate(old.server_context(), fingerprint(old.certificate)))

    @pytest.mark.parametrize("text", ["garbage", "0" * 63, "0" * 65, "0" * 40, "g" * 64, ":" * 64, "0x" + "0" * 62,
                                      " " + "0" * 63, "sha256:" + "0" * 64])
    def test_garbage_is_wrong_usage(self, validate, leaf, text):
        validate(leaf.server_context(), text).failed(2, "fingerprint")
        assert self.server.connections == 0


class TestClientCertificate:
    """A server that wants one."""

    @pytest.fixture(scope="class")
    def client(self, issue) -> Certificate:
        return issue("client", ("DNS:client",))

    @pytest.fixture
    def server(self, stand_in, authority, issue) -> StandIn:
        context = issue("strict").server_context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.file)
        return stand_in(healthy(), tls=context)

    @pytest.fixture
    def validate(self, run, server, authority):
        def go(*arguments: object, **env: object):
            return run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0", *arguments, env=env)

        return go

    def test_shown(self, validate, client):
        validate("--client-cert", client.certificate, "--client-key", client.key).succeeded()
        validate(ES_CLIENT_CERT=client.certificate, ES_CLIENT_KEY=client.key).succeeded()

    def test_for_kibana(self, run, server, client, authority):
        env = {"KIBANA_URL": server.url, "KIBANA_CA_CERT": authority.file, "KIBANA_CLIENT_CERT": client.certificate,
               "KIBANA_CLIENT_KEY": client.key}
        run("import-dashboard", env=env)
        assert len(server.requests) == 1

    def test_with_a_fingerprint(self, run, server, client, issue):
        pinned = fingerprint(issue("strict").certificate)
        run("validate", "--es-url", server.url, "--ca-fingerprint", pinned, "--client-cert", client.certificate,
            "--client-key", client.key).succeeded()

    def test_none(self, validate, server):
        validate().failed(3, server.url)
        assert server.requests == []

    def test_of_another_authority(self, validate, server, impostor):
        other = impostor.issue("client", ("DNS:client",))
        validate("--client-cert", other.certificate, "--client-key", other.key).failed(3, server.url)
        assert server.requests == []

    def test_only_one_of_the_two(self, validate, server, client):
        validate("--client-cert", client.certificate).failed(2, "--client-key")
        validate("--client-key", client.key).failed(2, "--client-cert")
        assert server.connections == 0

    def test_files_that_are_no_such_thing(self, validate, server, client, issue, tmp_path):
        (tmp_path / "empty").touch()
        other = issue("other-client", ("DNS:client",))
        validate("--client-cert", "absent", "--client-key", client.key).failed(2, "absent")
        validate("--client-cert", "empty", "--client-key", client.key).failed(2, "empty")
        validate("--client-cert", client.certificate, "--client-key", "absent").failed(2, "absent")
        validate("--client-cert", client.certificate, "--client-key", client.certificate).failed(2, client.certificate.name)
        validate("--client-cert", client.certificate, "--client-key", other.key).failed(2, other.key.name)
        assert server.connections == 0

    def test_a_passphrase_is_not_asked_for(self, run, server, client, tmp_path):
        subprocess.run(["openssl", "pkey", "-in", client.key, "-aes256", "-passout", "pass:secret", "-out",
                        tmp_path / "locked.key"], check=True)
        with ScreenProgram(run, "validate", "--es-url", server.url, "--client-cert", client.certificate,
                           "--client-key", tmp_path / "locked.key", columns=300) as screen:
            assert screen.end() == 2
            assert "locked.key" in screen.text and "without a passphrase" in screen.text


class TestServerCertificate:
    CERTIFICATES: dict[str, Callable[[Callable[..., Certificate], pathlib.Path], Certificate]] = {
        "expired": lambda issue, folder: issue("old", expired=True),
        "other host": lambda issue, folder: issue("elsewhere", ("DNS:elsewhere.example",)),
        "old style name": lambda issue, folder: issue("127.0.0.1", ("DNS:elsewhere.example",)),
        "self-signed": lambda issue, folder: self_signed(folder),
    }

    @pytest.mark.parametrize("certificate", CERTIFICATES)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_refused_and_insecure_accepts(self, run, stand_in, authority, issue, tmp_path, command, certificate):
        context = self.CERTIFICATES[certificate](issue, tmp_path).server_context()
        server = stand_in(healthy(), tls=context)
        prefix = prefix_of(command)
        env = {f"{prefix}URL": server.url, f"{prefix}CA_CERT": authority.file, f"{prefix}API_KEY": "canary"}
        run(command, "--retries", "0", env=env).failed(3, server.url, "certificate")
        assert server.requests == []
        run(command, "--retries", "0", "--insecure", env=env)
        assert server.requests[0].headers["authorization"] == "ApiKey canary"

    def test_serve_refuses_too(self, exporter, stand_in, tmp_path):
        server = stand_in(healthy(), tls=self_signed(tmp_path).server_context())
        serving = exporter("--es-url", server.url, "--retries", "0")
        assert "certificate" in serving.refresh().text
        assert serving.metrics()['backfill_health_refresh_errors_total{reason="unreachable"}'] >= 1
        assert server.requests == []

    def test_the_name_and_not_only_the_address_is_checked(self, run, stand_in, authority, issue):
        server = stand_in(healthy(), tls=issue("by-name", ("DNS:localhost",)).server_context())
        by_name = f"https://localhost:{server.port}"
        run("validate", "--es-url", by_name, "--ca-cert", authority.file).succeeded()
        run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0").failed(3, "certificate")


class TestProtocol:
    @staticmethod
    def only(version: ssl.TLSVersion, context: ssl.SSLContext) -> ssl.SSLContext:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what it is about
            context.minimum_version = context.maximum_version = version
        if version < ssl.TLSVersion.TLSv1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_current(self, run, stand_in, authority, issue, version):
        server = stand_in(healthy(), tls=self.only(version, issue("current").server_context()))
        run("validate", "--es-url", server.url, "--ca-cert", authority.file).succeeded()

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    @pytest.mark.parametrize("more", [[], ["--insecure"]])
    def test_outdated(self, run, stand_in, authority, issue, version, more):
        server = stand_in(healthy(), tls=self.only(version, issue("outdated").server_context()))
        run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0", *more).failed(3, server.url)
        assert server.requests == []
        old_client = self.only(version, ssl.create_default_context(cafile=authority.file))
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            with old_client.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
                assert stream.version() in ("TLSv1", "TLSv1.1")


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("command", COMMANDS)
    def test_nobody_is_followed(self, run, stand_in, command, status):
        other = stand_in(healthy())
        prefix = prefix_of(command)
        for location in (f"{other.url}/x", f"//{other.address}/x", "/x", f"http://{USER}:canary@{other.address}/"):
            server = stand_in(Reply(status, headers={"Location": location}))
            run(command, env={f"{prefix}URL": server.url, f"{prefix}API_KEY": "canary"}).failed(3, server.url, str(status))
            assert len(server.requests) == 1 and other.connections == 0

    def test_serve(self, exporter, stand_in):
        other = stand_in(healthy())
        server = stand_in(Reply(307, headers={"Location": other.url}))
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h", env={"ES_API_KEY": "canary"})
        assert serving.refresh().status == 503
        assert serving.metrics()['backfill_health_refresh_errors_total{reason="rejected"}'] >= 1
        assert other.connections == 0
