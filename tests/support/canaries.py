"""Secrets that can be found in whatever shows them, the ways to hand them to the program, and servers that tell them."""

import base64
import contextlib
import functools
import html
import json
import pathlib
import re
import secrets
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from support.fake_elasticsearch import refusal
from support.stand_in import Raw, Reply, Script

USER = "operator"
WINDOW = 8  # of so many characters in a row, none is there by chance
COMMANDS = ["validate", "emit", "create-index", "history", "import-dashboard"]


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def random_text(special: str) -> str:
    """Special characters between random ones, so that no window is without these."""
    return "".join(secrets.token_hex(3) + each for each in special) + secrets.token_hex(6)


def decoded(text: str) -> str:
    with contextlib.suppress(ValueError):
        return base64.b64decode(text, validate=True).decode()
    return text


@dataclass(frozen=True)
class Canary:
    """One way to hand a secret to the program. `{...}` in its settings is a file, or the server's address."""

    name: str
    kind: str  # of the authorization
    secret: str
    env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """What follows the kind in the header."""
        return base64_of(f"{USER}:{self.secret}") if self.kind == "Basic" else self.secret

    @property
    def authorization(self) -> str:
        return f"{self.kind} {self.token}"

    @functools.cached_property
    def pieces(self) -> set[str]:
        """Of the secret and of what is sent for it: as they are, and as others might write them."""
        plain = {self.secret, self.token}
        if self.kind == "ApiKey":
            plain.add(decoded(self.secret).partition(":")[2])  # the id before it is none
        encodings: list[Callable[[str], str]] = [
            str,
            # As our own pages and logs would write them.
            html.escape,
            lambda text: json.dumps(text)[1:-1],
            lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
            # As servers might.
            lambda text: urllib.parse.quote(text, safe=""),
            lambda text: urllib.parse.quote(text, safe="").lower(),
            lambda text: urllib.parse.quote(text, safe="/:@"),
            # At each place in a longer text; what its neighbours shape is cut off.
            *(lambda text, shift=shift: base64_of("x" * shift + text)[4:-4] for shift in range(3)),
        ]
        forms = {encode(text) for text in plain for encode in encodings}
        return {form[at : at + WINDOW] for form in forms for at in range(len(form) - WINDOW + 1)}

    def found_in(self, shown: str) -> list[str]:
        """The lines that show a piece of it: a half of a key is still worth something."""
        return [line for line in shown.splitlines() if any(piece in line for piece in self.pieces)]

    def settings(self, folder: pathlib.Path, url: str, prefix: str) -> tuple[dict[str, str], list[str]]:
        """The environment and the flags, for the server at `url`."""
        (folder / "secrets").mkdir(exist_ok=True)
        file = folder / "secrets" / "file"
        file.write_text(self.secret + "\n")
        names = {
            "P_": prefix,
            "{file}": str(file),
            "{url}": url,
            "{userinfo}": url.replace("://", f"://{USER}:{urllib.parse.quote(self.secret, safe='')}@"),
            "{half_encoded}": url.replace("://", f"://{USER}:{urllib.parse.quote(self.secret, safe=':<&').lower()}@"),
            "--url": "--kibana-url" if prefix == "KIBANA_" else "--es-url",
        }

        def fill(text: str) -> str:
            for name, value in names.items():
                text = text.replace(name, value)
            return text

        env = {f"{prefix}URL": url} | {fill(name): fill(value) for name, value in self.env.items()}
        return env, [fill(argument) for argument in self.arguments]


# An API key is Base64 of an id and a key; a token may be of any visible characters; a password of any at all.
KEY = base64_of(f"{secrets.token_hex(10)}:{secrets.token_hex(11)}")
TOKEN = random_text("~+/=.-_")
PASSWORD = random_text(" \"'<&%+/:@?#\\ü€")

CANARIES = [
    Canary("API_KEY", "ApiKey", KEY, {"P_API_KEY": KEY}),
    Canary("API_KEY_FILE", "ApiKey", KEY, {"P_API_KEY_FILE": "{file}"}),
    Canary("--api-key-file", "ApiKey", KEY, {}, ("--api-key-file", "{file}")),
    Canary("BEARER_TOKEN", "Bearer", TOKEN, {"P_BEARER_TOKEN": TOKEN}),
    Canary("BEARER_TOKEN_FILE", "Bearer", TOKEN, {"P_BEARER_TOKEN_FILE": "{file}"}),
    Canary("--bearer-token-file", "Bearer", TOKEN, {}, ("--bearer-token-file", "{file}")),
    Canary("PASSWORD", "Basic", PASSWORD, {"P_USERNAME": USER, "P_PASSWORD": PASSWORD}),
    Canary("PASSWORD_FILE", "Basic", PASSWORD, {"P_USERNAME": USER, "P_PASSWORD_FILE": "{file}"}),
    Canary("--password-file", "Basic", PASSWORD, {}, ("--username", USER, "--password-file", "{file}")),
    Canary("URL", "Basic", PASSWORD, {"P_URL": "{userinfo}"}),
    Canary("--url", "Basic", PASSWORD, {}, ("--url", "{userinfo}")),
    Canary("--url=", "Basic", PASSWORD, {}, ("--url={half_encoded}",)),
]
ONE_OF_EACH_KIND = [CANARIES[0], CANARIES[3], CANARIES[6]]


def by_name(canary: Canary) -> str:
    return canary.name


# How a server may write down what it was sent.
ECHOES: dict[str, Callable[[Canary], str]] = {
    "head": lambda canary: f"authorization: {canary.authorization}",
    "secret": lambda canary: canary.secret,
    "decoded": lambda canary: decoded(canary.token),
    "percent-encoded": lambda canary: urllib.parse.quote(canary.secret, safe=""),
    "percent-encoded token": lambda canary: urllib.parse.quote(canary.token, safe=""),
    "in small percents": lambda canary: re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(canary.secret, safe="")),
    "Base64": lambda canary: base64_of(canary.secret),
}


def failures(text: str) -> dict[str, Script]:
    """Every place in an answer where a server may say this."""
    header = text.encode().decode("latin-1")
    return {
        "401": refusal(401, "security_exception", text),
        "plain error": Reply(400, json={"error": text, "message": text}),
        "403": refusal(403, "security_exception", f"action is unauthorized for {text}"),
        "404": refusal(404, "index_not_found_exception", text),
        "429": refusal(429, text, text),
        "500 root cause": Reply(500, json={"error": {"type": "x", "reason": "y", "root_cause": [{"reason": text}]}}),
        "500 caused by": Reply(500, json={"error": {"type": "x", "reason": "y", "caused_by": {"reason": text}}}),
        "Kibana's object": Reply(json={"success": False, "successCount": 0, "errors": [
            {"id": text, "type": text, "title": text, "error": {"type": text, "message": text}}]}),
        "page": Reply(200, f"<html><body>{text}</body></html>", {"Content-Type": "text/html"}),
        "page of a failure": Reply(502, text),
        "JSON": Reply(json={"authorization": text, "_shards": text, "result": text}),
        "header": Reply(500, json={}, headers={"Warning": header}),
        "redirect": Reply(302, headers={"Location": f"/?{urllib.parse.quote(text)}"}),
        "encoding": Reply(200, "x", {"Content-Encoding": header}),
        "no HTTP": Raw(text.encode()),
        "status line": Raw(f"HTTP/1.1 500 {text}\r\nContent-Length: 0\r\n\r\n".encode()),
    }


def echoes_of(canary: Canary) -> Iterator[tuple[str, Script]]:
    """Each echo in two places, and two echoes in each place."""
    for number, echo in enumerate(ECHOES):
        for place, script in list(failures(ECHOES[echo](canary)).items())[: None if number < 2 else 2]:
            yield f"{echo} in {place}", script


def prefix_of(command: str) -> str:
    return "KIBANA_" if command == "import-dashboard" else "ES_"


def written(folder: pathlib.Path) -> str:
    """The names and the contents of all files, but for the secret's own."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "secrets"]
    return "".join(f"{path}\n{path.read_text(errors='replace')}\n" for path in files)


class Found:
    """In which case which line showed something."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        self._lines: dict[str, str] = {}

    def look_in(self, case: str, shown: str) -> None:
        if lines := self._canary.found_in(shown):
            self._lines[case] = lines[0]

    def nothing(self) -> None:
        if self._lines:
            listed = "".join(f"\n{case}: {line}" for case, line in self._lines.items())
            pytest.fail(f"{self._canary.secret} is shown{listed}", pytrace=False)
