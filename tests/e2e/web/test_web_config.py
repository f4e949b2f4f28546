"""`serve --web.config.file`: what may stand in the file."""

import contextlib
import pathlib
import ssl
import subprocess

import pytest

from support.requests.raw_http import wait_for
from support.requirements import tool
from support.serving.bcrypt import hash_of
from support.serving.web import HEADERS, TLS, USER, basic, users, write

GO_CIPHERS = [f"TLS_ECDHE_{kind}_WITH_{cipher}" for kind in ("ECDSA", "RSA") for cipher in (
    "AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA")]
GO_CIPHERS_13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]


GOOD = {
    "an empty file": "",
    "a comment": "# nothing\n",
    "TLS": {"tls_server_config": TLS},
    "users": users(),
    "TLS and users": {"tls_server_config": TLS, **users()},
    "nothing in its places": "tls_server_config:\nbasic_auth_users:\nhttp_server_config:\n",
    "empty values": {"tls_server_config": TLS | {"client_ca_file": "", "client_auth_type": ""}},
    "ciphers": {"tls_server_config": TLS | {"cipher_suites": GO_CIPHERS + GO_CIPHERS_13}},
    "ciphers of TLS 1.3 only": {"tls_server_config": TLS | {"cipher_suites": GO_CIPHERS_13}},
    "curves": {"tls_server_config": TLS | {"curve_preferences": ["CurveP256", "CurveP384", "CurveP521", "X25519"]}},
    "versions": {"tls_server_config": TLS | {"min_version": "TLS12", "max_version": "TLS13"}},
    "whose order": {"tls_server_config": TLS | {"prefer_server_cipher_suites": False}},
    "clients": {"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                            "client_ca_file": "ca.pem"}},
    "clients without authorities": {"tls_server_config": TLS | {"client_auth_type": "VerifyClientCertIfGiven"}},
    "an older name": {"tls_server_config": TLS | {"client_auth_type": "RequireClientCert"}},
    "headers": {"http_server_config": {"headers": HEADERS}},
    "HTTP/1.1": {"http_server_config": {"http2": False}},
}

# What the line of the failure says: the line in the file, the key, and what to do.
BAD = {
    "no YAML": ("tls_server_config: [", "line 1", "invalid YAML"),
    "no mapping": ("hello", "line 1", "not a mapping", "key: value"),
    "an unknown key": ("tls_servers: {}", "line 1", "unknown key tls_servers", "docs/serve.md"),
    "an unknown key below": ("tls_server_config:\n  cert_file: server.crt\n  keyfile: server.key\n",
                             "line 3", "unknown key tls_server_config.keyfile"),
    "a doubled key": ("basic_auth_users:\nhttp_server_config:\nbasic_auth_users:\n",
                      "line 3", "basic_auth_users is given twice", "remove one"),
    "a doubled user": (f"basic_auth_users:\n  a: {hash_of('x')}\n  a: {hash_of('y')}\n", "line 3",
                       "basic_auth_users.a is given twice"),
    "an unknown header": ("http_server_config:\n  headers:\n    Server: x\n", "line 3",
                          "http_server_config.headers.Server", "X-Frame-Options"),
    "a value of a header": ("http_server_config:\n  headers:\n    X-Frame-Options: all\n", "line 3",
                            "X-Frame-Options", "deny, sameorigin"),
    "no hash": ("basic_auth_users:\n  alice: wonder\n", "line 2", "basic_auth_users.alice is not a bcrypt hash",
                "htpasswd"),
    "a hash that is cut off": (f"basic_auth_users:\n  alice: {hash_of('x')[:-2]}\n", "line 2", "not a bcrypt hash"),
    "no key": ({"tls_server_config": {"cert_file": "server.crt"}}, "tls_server_config has no key_file", "add"),
    "no certificate": ({"tls_server_config": {"key_file": "server.key"}}, "has no cert_file"),
    "an absent certificate": ({"tls_server_config": TLS | {"cert_file": "absent.crt"}}, "absent.crt", "PEM"),
    "a certificate that is none": ({"tls_server_config": TLS | {"cert_file": "server.key"}}, "server.key"),
    "a key that is none": ({"tls_server_config": TLS | {"key_file": "server.crt"}}, "server.crt"),
    "authorities for nothing": ({"tls_server_config": TLS | {"client_ca_file": "ca.pem"}}, "client_ca_file",
                                "client_auth_type: RequireAndVerifyClientCert"),
    "a kind of clients": ("tls_server_config:\n  client_auth_type: Always\n", "line 2",
                          "tls_server_config.client_auth_type", "RequireAndVerifyClientCert"),
    "a version": ("tls_server_config:\n  min_version: SSL3\n", "line 2", "tls_server_config.min_version", "TLS12"),
    "a cipher": ("tls_server_config:\n  cipher_suites:\n  - TLS_RSA_WITH_RC4_128_SHA\n", "line 3",
                 "tls_server_config.cipher_suites", "docs/serve.md"),
    "a curve": ("tls_server_config:\n  curve_preferences: [Curve25519]\n", "line 2",
                "tls_server_config.curve_preferences"),
    "no list": ("tls_server_config:\n  cipher_suites: {}\n", "line 2", "cipher_suites is not a list"),
    "no boolean": ("tls_server_config:\n  prefer_server_cipher_suites: 7\n", "line 2", "neither true nor false"),
    "a list for a file": ("tls_server_config:\n  cert_file: [a]\n", "line 2", "cert_file must be a single value"),
}

# What exporter-toolkit has, and we do not.
UNSUPPORTED = {
    "a certificate inline": ("tls_server_config:\n  cert: x\n", "line 2", "tls_server_config.cert is not supported",
                             "cert_file"),
    "a key inline": ("tls_server_config:\n  key: x\n", "line 2", "tls_server_config.key is not supported", "key_file"),
    "authorities inline": ("tls_server_config:\n  client_ca: x\n", "line 2", "client_ca is not", "client_ca_file"),
    "names of clients": ("tls_server_config:\n  client_allowed_sans: [x]\n", "line 2",
                         "tls_server_config.client_allowed_sans is not supported", "remove it"),
    "a rate": ("rate_limit:\n  interval: 1s\n", "line 1", "rate_limit is not supported", "remove it"),
    "HTTP/2": ("http_server_config:\n  http2: true\n", "line 2", "http_server_config.http2", "remove it"),
    "TLS 1.1": ("tls_server_config:\n  min_version: TLS11\n", "line 2", "min_version", "TLS12, TLS13"),
    "nothing left": ({"tls_server_config": TLS | {"min_version": "TLS13", "max_version": "TLS12"}},
                     "tls_server_config allows no TLS version"),
    "two documents": ("{}\n---\n{}\n", "line 3", "several documents"),
    "a user with a colon": (f"basic_auth_users:\n  'a:b': {hash_of('x')}\n", "line 2", "nobody can log in"),
    "two lines in a header": ('http_server_config:\n  headers:\n    X-XSS-Protection: "1\\r\\nX: y"\n', "line 3",
                              "control character"),
}


class TestConfiguration:
    def promtool(self, path: pathlib.Path) -> subprocess.CompletedProcess:
        return subprocess.run([tool("promtool", "prometheus"), "check", "web-config", path], capture_output=True,
                              text=True, timeout=60)

    @pytest.mark.parametrize("config", GOOD.values(), ids=GOOD)
    def test_good_ones(self, start, folder, config):
        client = start(config)
        with contextlib.suppress(ssl.SSLError):
            assert client.get("/healthz").status == 200
        done = self.promtool(folder / "web.yml")
        assert done.returncode == 0 and "SUCCESS" in done.stderr, done

    @pytest.mark.parametrize(("config", "words"), [(case[0], case[1:]) for case in BAD.values()], ids=BAD)
    def test_bad_ones(self, run, folder, config, words):
        path = write(folder, config)
        run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, *words)
        assert self.promtool(path).returncode != 0

    @pytest.mark.parametrize(("config", "words"), [(case[0], case[1:]) for case in UNSUPPORTED.values()],
                             ids=UNSUPPORTED)
    def test_those_that_only_others_take(self, run, folder, config, words):
        line = run("serve", "--listen", "127.0.0.1:0", "--web.config.file", write(folder, config)).failed(2, *words)
        assert "web.yml" in line

    def test_no_file(self, run, tmp_path):
        for path in (tmp_path / "absent.yml", tmp_path):
            run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, str(path)[-20:])

    def test_the_variable(self, exporter, files, folder):
        serving = exporter("--es-url", files.url, env={"BACKFILL_HEALTH_WEB_CONFIG_FILE": str(write(folder, users()))})
        assert serving.get("/metrics").status == 401

    def test_an_encrypted_key_asks_nobody(self, run, folder):
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", folder / "server.key", "-out", folder / "encrypted.key",
                        "-passout", "pass:canary"], check=True, capture_output=True, timeout=60)
        path = write(folder, {"tls_server_config": TLS | {"key_file": "encrypted.key"}})
        run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, "encrypted.key")


class TestSecrets:
    def test_no_password_and_no_hash_is_shown(self, run, start, folder):
        """In no log, page or metric, and not when the file is bad."""
        password, hashed = "canary-0f8fad5b", hash_of("canary-0f8fad5b")
        client = start({"tls_server_config": TLS, "basic_auth_users": {USER: hashed}}, "--log-level", "trace")
        shown = [client.get(path, headers).text for path in ("/", "/metrics", "/nothing", "/healthz")
                 for headers in ({}, basic(password=password), basic(password=password + "x"))]
        bad = [f"basic_auth_users:\n  {USER}: {hashed}x\n", f"basic_auth_users:\n  {hashed}: {USER}\n",
               f"{hashed}: {USER}\n", f"basic_auth_users:\n  {USER} {hashed}\n", f"basic_auth_users: {hashed}\n",
               f"{hashed}", f"basic_auth_users:\n- {USER}: {hashed}\n", f'basic_auth_users:\n  {USER}: "{hashed}\n',
               f"basic_auth_users:\n  {USER}: &{hashed}\n", f"basic_auth_users:\n  {USER}: *{hashed}\n",
               f"basic_auth_users:\n  {USER}: !{hashed} x\n"]
        for text in bad:
            failed = run("serve", "--listen", "127.0.0.1:0", "--web.config.file", write(folder, text))
            shown.append(failed.failed(2))
        wait_for(lambda: client.get("/healthz").status == 200 and "level=error" in client.serving.log)
        shown.append(pathlib.Path(f"/proc/{client.serving.process.pid}/cmdline").read_text())
        client.serving.stop()
        shown.append(client.serving.log)
        pieces = {text[at : at + 8] for text in (password, hashed[7:], basic(password=password)["Authorization"][6:])
                  for at in range(len(text) - 7)}
        assert not [piece for piece in pieces for text in shown if piece in text]
