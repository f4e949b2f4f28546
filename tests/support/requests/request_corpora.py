"""The requests with which other HTTP servers are tested, from where the package managers have them.

Most of them leave Host out, which `serve` refuses whatever else is wrong: it is added, so that each case is about what
it is about.
"""

import enum
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from support.requests.sources import go_source, python_source

GUNICORN = ("gunicorn", "27.0.1", "b1514965361c8b7e8107a80aa2a92636878df1ccfac6dd204a676426e04d9e3e")
AIOHTTP = ("aiohttp", "3.14.5", "5558a7f5a05af9ecf744af91e5baefc436f93c9333e656c27ec253f9a6bbe178")
GO_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
GO_TOKEN = re.compile(rf"(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|{GO_LITERAL.pattern}|[\w.]+|'[^']*'|.", re.S)
REQUEST_HEAD = re.compile(rb"(?:^|(?<=\n))([!-~]+ [^\r\n]+ HTTP/1\.1\r\n)(\r\n|.*?(?:\r\n\r\n|\Z))", re.S)


class Rest(enum.Enum):
    NOTHING = enum.auto()
    CUT = enum.auto()  # a request that may become a good one
    INVALID = enum.auto()


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    answers: int  # requests that are whole and well
    rest: Rest  # what follows them

    def with_host(self) -> "Case":
        return replace(self, data=REQUEST_HEAD.sub(_add_host, self.data))


def _add_host(head: re.Match) -> bytes:
    has_host = re.search(rb"(?:^|\n)[ \t]*host", head[2], re.I)
    return head[0] if has_host else head[1] + b"Host: x\r\n" + head[2]


def gunicorn() -> list[Case]:
    files = python_source(*GUNICORN)
    folder = "tests/requests"
    cases = []
    for path, content in sorted(files.items()):
        found = re.fullmatch(rf"{folder}/(valid|invalid)/(\w+)\.http", path)
        if found:
            expected = files[path.removesuffix(".http") + ".py"].decode()
            answers = len(re.findall(r"""['"]method['"]:""", expected))
            rest = Rest.NOTHING if found[1] == "valid" else Rest.INVALID
            cases.append(Case(f"{found[1]}/{found[2]}", _gunicorn_bytes(content), answers, rest).with_host())
    return cases


def _gunicorn_bytes(content: bytes) -> bytes:
    data = content.replace(b"\n", b"").replace(rb"\r\n", b"\r\n")
    data = data.replace(rb"\0", b"\0").replace(rb"\n", b"\n").replace(rb"\t", b"\t")
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda escape: bytes([int(escape[1], 16)]), data)


def llhttp() -> list[Case]:
    """What it takes only with a leniency switched on counts as invalid."""
    files = python_source(*AIOHTTP)
    folder = "vendor/llhttp/test/request/"
    cases = []
    for path, content in sorted(files.items()):
        if path.startswith(folder) and path.endswith(".md"):
            cases += _llhttp_cases(path.removeprefix(folder).removesuffix(".md"), content.decode())
    return cases


def _llhttp_cases(stem: str, text: str) -> Iterator[Case]:
    numbers: dict[str, int] = {}
    blocks = re.finditer(r"^#+ (?P<title>.+?)$|^<!-- meta=(?P<meta>\{.*?\}) -->$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
                         text, re.M | re.S)
    title, meta, data = "", {}, b""
    for block in blocks:
        if block["title"]:
            title = block["title"]
        elif block["meta"]:
            meta = json.loads(block["meta"])
        elif block["kind"] == "http":
            data = _llhttp_bytes(block["text"])
        elif block["kind"] == "log":
            numbers[title] = number = numbers.get(title, 0) + 1
            log = block["text"]
            begun, complete = log.count(" message begin"), log.count(" message complete")
            rest = Rest.CUT if begun > complete else Rest.NOTHING
            if re.search(r"^off=\d+ error code=\d+ reason=\"(?!on_\w+ pause|Pause on )", log, re.M):
                rest = Rest.INVALID
            if meta["type"] not in ("request", "request-finish"):
                complete, rest = 0, Rest.INVALID
            yield Case(f"{stem}: {title}" + (f" ({number})" if number > 1 else ""), data, complete, rest).with_host()


def _llhttp_bytes(text: str) -> bytes:
    """As its own test runner reads them."""
    text = re.sub(r"\\\n", "", text.removesuffix("\n")).replace("\n", "\r\n")
    for escape, meaning in (("r", "\r"), ("n", "\n"), ("t", "\t"), ("f", "\f")):
        text = text.replace("\\" + escape, meaning)
    text = re.sub(r"\\x([0-9a-fA-F]+)", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\([0-7]{1,3})", lambda found: chr(int(found[1], 8)), text)
    text = re.sub(r"\$\{'(.)'\.repeat\((\d+)\)\}", lambda found: found[1] * int(found[2]), text)
    assert "${" not in text, text
    return text.encode()


def go() -> list[Case]:
    """The tables of the tests of net/http, read from its source."""
    folder = go_source() / "net/http"
    read_request = (folder / "readrequest_test.go").read_text()
    request = (folder / "request_test.go").read_text()
    serve = (folder / "serve_test.go").read_text()
    chunked = (folder / "internal/chunked_test.go").read_text()
    cases = []
    for raw, *_, error in _go_table(read_request, "var reqTests ="):
        cases.append(_go_case("reqTests", raw, error == ""))
    for name, data in _go_table(read_request, "var badRequestTests ="):
        cases.append(Case(f"badRequestTests {name}", data.encode("latin-1"), 0, Rest.INVALID).with_host())
    for row in _go_table(request, "var readRequestErrorTests ="):
        fields = row if isinstance(row, dict) else dict(zip(("in", "err"), row))
        cases.append(_go_case("readRequestErrorTests", fields["in"], not fields.get("err")))
    for proto, host, want in _go_table(serve, "func TestServerValidatesHostHeader("):
        line = proto if " " in proto else f"GET / {proto}"
        name = f"TestServerValidatesHostHeader {_shown(line + ' ' + host)}"
        cases.append(_verdict(name, f"{line}\r\n{host}\r\n", want == "200"))
    for header, want in _go_table(serve, "func TestServerValidatesHeaders("):
        data = f"GET / HTTP/1.1\r\nHost: foo\r\n{header}\r\n"
        cases.append(_verdict(f"TestServerValidatesHeaders {_shown(header)}", data, want == "200"))
    head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    if "func TestChunkInvalidInputs(" in chunked:  # since Go 1.23
        for row in _go_table(chunked, "func TestChunkInvalidInputs("):
            cases.append(_verdict(f"TestChunkInvalidInputs {row['name']}", head + row["b"], False))
    return list({case.name: case for case in cases}.values())  # one row is there twice


def _go_case(table: str, data: str, valid: bool) -> Case:
    return _verdict(f"{table} {_shown(data)}", data, valid).with_host()


def _verdict(name: str, data: str, valid: bool) -> Case:
    return Case(name, data.encode("latin-1"), int(valid), Rest.NOTHING if valid else Rest.INVALID)


def _shown(text: str) -> str:
    """A name for a case that has none: its number changes from release to release. | is CR LF."""
    return ascii(text.replace("\r\n", "|"))[1:-1][:90]


def _go_table(source: str, start: str) -> list:
    """The rows of the first composite literal that follows: lists, or dicts where a row names its fields."""
    tokens = list(_go_tokens(source[source.index(start):]))
    depth = 0
    for at, token in enumerate(tokens):
        opens = token == "{"
        # The table's type may be a struct, and a function's body comes before the table that is in it.
        if opens and tokens[at - 1] not in (")", "struct") and depth <= 1:
            table, _ = _go_composite(tokens, at)
            return table
        depth += opens - (token == "}")
    raise AssertionError(f"no table follows {start}")


def _go_tokens(source: str) -> Iterator[str]:
    for token in GO_TOKEN.finditer(source):
        if not token["skip"]:
            yield token[0]


def _go_composite(tokens: list[str], at: int) -> tuple[list | dict, int]:
    """The composite literal whose brace is at `at`, and where it ends."""
    values: list = []
    names: list[str] = []
    at += 1
    while tokens[at] != "}":
        if tokens[at + 1] == ":":
            names.append(tokens[at])
            at += 2
        value, at = _go_value(tokens, at)
        values.append(value)
        at += tokens[at] == ","
    if names and not names[0].isdigit():
        return dict(zip(names, values)), at + 1
    return values, at + 1


def _go_value(tokens: list[str], at: int) -> tuple[object, int]:
    if tokens[at] == "{":
        return _go_composite(tokens, at)
    begin, depth = at, 0
    while depth or tokens[at] not in (",", "}"):
        depth += (tokens[at] in "{([") - (tokens[at] in "})]")
        at += 1
    return _go_expression(tokens[begin:at]), at


def _go_expression(tokens: list[str]) -> str:
    """Text as the tables write it: literals, some repeated, put together, or made a request by reqBytes()."""
    if tokens[:2] == ["reqBytes", "("]:
        return _go_expression(tokens[2:-1]).strip().replace("\n", "\r\n") + "\r\n\r\n"
    source = "".join(tokens)
    parts = re.findall(rf"strings\.Repeat\(({GO_LITERAL.pattern}),(\d+)<<(\d+)\)|({GO_LITERAL.pattern})", source)
    if not parts:
        return "" if source == "noError" else source
    return "".join(_go_literal(literal) if literal else _go_literal(repeated) * (int(number) << int(shift))
                   for repeated, number, shift, literal in parts)


def _go_literal(token: str) -> str:
    return token[1:-1] if token[0] == "`" else token[1:-1].encode("latin-1").decode("unicode_escape")
