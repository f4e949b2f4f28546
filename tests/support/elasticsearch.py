"""A real Elasticsearch or OpenSearch: starting it, and talking to it without the program under test."""

import base64
import itertools
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

from support.certificates import PASSWORD, Authority
from support.ports import free_ports
from support.session import Session, Unavailable

ENGINE = pathlib.Path(__file__).with_name("engine")
START_SECONDS = 90
BUILD_SECONDS = 900
NO_JAVA = 3  # how build.sh and run.sh end where Java is missing or too old

# By the names that tests/support/engine knows them by.
ENGINES = {
    "es710": "Elasticsearch 7.10",
    "es7": "Elasticsearch 7.17",
    "es8": "Elasticsearch 8.19",
    "es9": "Elasticsearch 9.5",
    "os2": "OpenSearch 2.19",
    "os3": "OpenSearch 3.8",
}
# Those that need a Java that Debian 12 lacks.
OPTIONAL = {"es9", "os3"}

EMAIL_MAPPING = {
    "properties": {
        "category": {"type": "keyword"},
        "dates": {"type": "keyword"},
        "expires_at": {"type": "keyword"},
    }
}


@dataclass
class Elasticsearch:
    """A client for tests: every failure is an exception that shows the answer."""

    url: str
    name: str = "es8"
    authorization: str = ""
    ca_file: str = ""
    password: str = ""
    _numbers: itertools.count = field(default_factory=itertools.count)

    def request(self, method: str, path: str, body: object = None, timeout: float = 30) -> tuple[int, object]:
        data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/x-ndjson" if isinstance(body, str) else "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=context) as response:
                return response.status, json.loads(response.read() or "null")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or "null")

    def do(self, method: str, path: str, body: object = None) -> dict:
        status, answer = self.request(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def unique_name(self, stem: str) -> str:
        """A name of an index that no other test, worker or session has."""
        return f"{stem}-{os.getpid()}-{next(self._numbers)}"

    def create(self, index: str, mappings: dict | None = None, settings: dict | None = None) -> str:
        self.do("PUT", f"{quote(index)}?wait_for_active_shards=0",
                {"mappings": mappings or EMAIL_MAPPING, "settings": {"number_of_replicas": 0} | (settings or {})})
        return index

    def load(self, index: str, documents: list[dict], mappings: dict | None = None) -> str:
        """Creates the index with these documents, visible to a search."""
        self.create(index, mappings)
        if documents:
            self.add(index, documents)
        return index

    def add(self, index: str, documents: list[dict]) -> None:
        self.bulk(index, "".join(f'{{"index":{{}}}}\n{json.dumps(document)}\n' for document in documents))

    def bulk(self, index: str, lines: str) -> None:
        answer = self.do("POST", f"{quote(index)}/_bulk?refresh=true", lines)
        refused = [item for item in answer["items"] for action in item.values() if action["status"] >= 300]
        assert not refused, f"{len(refused)} documents were refused, such as {refused[0]}"

    def documents(self, index: str) -> list[dict]:
        self.do("POST", f"{quote(index)}/_refresh")
        hits = self.do("POST", f"{quote(index)}/_search", {"size": 10000, "sort": ["_doc"]})["hits"]["hits"]
        return [hit["_source"] for hit in hits]

    def exists(self, index: str) -> bool:
        return self.request("GET", quote(index))[0] == 200

    def mapping(self, index: str) -> dict:
        return self.do("GET", f"{quote(index)}/_mapping")[index]["mappings"]

    def delete(self, index: str) -> None:
        status, answer = self.request("DELETE", f"{quote(index)}?ignore_unavailable=true")
        assert status in (200, 404), answer

    def api_key(self, name: str, *privileges: dict) -> str:
        """A new API key, encoded as Kibana shows it. Each privilege: {"names": [...], "privileges": [...]}."""
        roles = {"only": {"cluster": [], "indices": list(privileges)}} if privileges else {}
        return self.do("POST", "_security/api_key?refresh=true", {"name": name, "role_descriptors": roles})["encoded"]


def quote(name: str) -> str:
    return urllib.parse.quote(name, safe=",*")


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def start_plain(session: Session, name: str = "es8") -> Elasticsearch:
    return Elasticsearch(**session.once(name, lambda: {"url": "http://" + _start(session, name, engine=name), "name": name}))


def start_secured(session: Session) -> Elasticsearch:
    """With TLS by an authority of its own, and passwords."""
    return Elasticsearch(**session.once("secured-engine", lambda: _start_secured(session)))


def _start_secured(session: Session) -> dict:
    authority = Authority(session.folder / "authority")
    keystore = session.folder / "http.p12"
    authority.issue("localhost").write_pkcs12(keystore)
    password = "correct horse: battery/staple"
    settings = {
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.keystore.path": keystore.name,
        "xpack.security.http.ssl.keystore.password": PASSWORD,
    }
    address = _start(session, "secured-engine", settings, {"ELASTIC_PASSWORD": password}, [keystore])
    return {
        "url": "https://" + address,
        "authorization": basic("elastic", password),
        "ca_file": str(authority.file),
        "password": password,
    }


def _start(session: Session, name: str, settings: dict[str, str] | None = None, env: dict[str, str] | None = None,
           config_files: list[pathlib.Path] | None = None, engine: str = "es8") -> str:
    """Its address, once it answers."""
    build(engine)
    for attempt in range(5):
        port, transport_port = free_ports(2)
        folder = session.folder / f"{name}-{attempt}"
        (folder / "config").mkdir(parents=True)
        for file in config_files or []:
            shutil.copy(file, folder / "config")
        log = folder / "log"
        arguments = [f"{key}={value}" for key, value in ({"transport.port": transport_port} | (settings or {})).items()]
        keeper = session.keep(f"{name}-{attempt}", [str(ENGINE / "run.sh"), str(port), str(folder), *arguments], log,
                              os.environ | {"ENGINE": engine} | (env or {}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and keeper.poll() is None:
            if "\nREADY " in "\n" + log.read_text(errors="replace"):
                return f"127.0.0.1:{port}"
            time.sleep(0.05)
        keeper.terminate()
        keeper.wait(timeout=30)
        output = log.read_text(errors="replace")
        if keeper.returncode == NO_JAVA:
            raise Unavailable(f"{ENGINES[engine]}: {output.strip()}", engine in OPTIONAL)
        if "Address already in use" not in output:
            raise Unavailable(f"the engine did not start: {' '.join(output.splitlines()[-3:])}")
    raise Unavailable("the engine found no free port")


def build(engine: str = "es8") -> None:
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise Unavailable(f"there is no {tool} to build and run the engine")
    built = subprocess.run(["setpriv", "--pdeathsig", "TERM", "timeout", str(BUILD_SECONDS), str(ENGINE / "build.sh"), engine],
                           capture_output=True, text=True, timeout=BUILD_SECONDS + 60)
    if built.returncode == NO_JAVA:
        raise Unavailable(f"{ENGINES[engine]}: {built.stderr.strip()}", engine in OPTIONAL)
    if built.returncode != 0:
        errors = [line.partition("[ERROR] ")[2] for line in built.stderr.splitlines() if "[ERROR] " in line]
        raise Unavailable(f"the engine could not be built from Maven Central: {' '.join(errors[:1])}")
