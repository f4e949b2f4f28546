"""The web configuration file and the files that it names change while `serve` runs."""

import contextlib
import shutil
import time

import pytest

from support.requests.raw_http import connect, parse_answers, read_to_end, wait_for
from support.serving.bcrypt import hash_of
from support.serving.web import TLS, USER, basic, place, users, write


class TestChanges:
    """Of the files, without a restart."""

    def test_a_new_certificate_is_served(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        with contextlib.closing(client.connection()) as kept:
            assert client.get(on=kept).status == 200
            place(certificates["renewed"], folder)
            wait_for(lambda: client.certificate() == "renewed")
            assert client.get(on=kept).status == 200

    def test_a_broken_one_is_not(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        (folder / "server.crt").write_text("no certificate")
        wait_for(lambda: client.certificate() == "server" and "level=error" in client.serving.log)
        (folder / "server.key").unlink()
        wait_for(lambda: client.certificate() == "server" and client.serving.log.count("level=error") == 2)
        looked = time.monotonic()
        while time.monotonic() - looked < 2.5:
            assert client.certificate() == "server"
        (one, other) = [line for line in client.serving.log.splitlines() if "level=error" in line]
        assert "server.crt" in one and "keeping the old one" in one and one != other
        place(certificates["renewed"], folder)
        wait_for(lambda: client.certificate() == "renewed")

    def test_a_key_of_another_certificate(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        shutil.copyfile(certificates["renewed"].certificate, folder / "server.crt")
        wait_for(lambda: client.certificate() == "server" and "level=error" in client.serving.log)
        shutil.copyfile(certificates["renewed"].key, folder / "server.key")
        wait_for(lambda: client.certificate() == "renewed")

    def test_users_come_and_go(self, start, folder):
        client = start(users(), headers=basic())
        assert client.get().status == 200
        write(folder, {"basic_auth_users": {"alice": hash_of("wonder")}})
        wait_for(lambda: client.get(headers=basic("alice", "wonder")).status == 200)
        assert client.get().status == 401
        write(folder, {"basic_auth_users": {USER: hash_of("another")}})
        wait_for(lambda: client.get(headers=basic(password="another")).status == 200)
        assert client.get().status == 401

    def test_users_are_added_where_there_were_none(self, start, folder):
        client = start({"tls_server_config": TLS})
        assert client.get().status == 200
        write(folder, {"tls_server_config": TLS, **users()})
        wait_for(lambda: client.get().status == 401)
        assert client.get(headers=basic()).status == 200

    @pytest.mark.parametrize("config", ["", "basic_auth_users:\n", "basic_auth_users: [", None,
                                        {"tls_server_config": TLS | {"min_version": "TLS13"}}])
    def test_protection_is_not_lost(self, start, folder, config):
        """By a file that is being written, that was emptied, or is gone."""
        client = start({"tls_server_config": TLS, **users()}, headers=basic())
        if config is None:
            (folder / "web.yml").unlink()
        else:
            write(folder, config)
        wait_for(lambda: client.get(headers={}).status == 401 and "level=error" in client.serving.log)
        assert client.get().status == 200 and client.get(headers={}).status == 401
        with connect(client.serving.port) as raw:
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert parse_answers(read_to_end(raw))[0].status == 400
