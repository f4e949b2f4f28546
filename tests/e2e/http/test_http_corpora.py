"""The requests by which gunicorn, llhttp and Go's net/http are tested, replayed against `serve`.

Where it differs from a corpus it does so on purpose: two tables name every such case, and why.
"""

import functools
from collections.abc import Callable

import pytest

from support.requests.raw_http import parse_answers, replay
from support.requests.request_corpora import Case, Rest, go, gunicorn, llhttp

pytestmark = pytest.mark.timeout(600)  # the corpora come from package managers, once for a machine

CORPORA: dict[str, Callable[[], list[Case]]] = {
    "gunicorn": functools.cache(gunicorn),
    "llhttp": functools.cache(llhttp),
    "go": functools.cache(go),
}

REFUSALS = {400, 413, 414, 431}
# Answered with 200, as no request of a corpus is: what follows a refused request must not be.
FOLLOWER = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LONGEST_TORN = 16384  # where the largest are cut: the limits are below it
MOST_CUTS = 400

# Refused here, and not there.
STRICTER = {
    "gunicorn": {
        "a target has no fragment": ["valid/005"],
        "the head is over 8 KB": ["valid/024", "valid/026"],
        "the body is over 1 KB": ["valid/099"],
        "no transfer coding but chunked": [
            "valid/025", "valid/025_line", "valid/029", "valid/030", "valid/rfc9112_smuggle_gzip_chunked_01",
            "valid/rfc9112_smuggle_te_identity_chunked_01"],
        "no blank before a colon, which is only for those who ask for it there, too": ["valid/028"],
        "no folded header, which is only for those who ask for it there, too": [
            "valid/compat_obs_fold", "valid/compat_obs_fold_huge"],
        "we are not behind the PROXY protocol": ["valid/pp_01", "valid/pp_02", "valid/pp_04", "valid/pp_05"],
        "we are no proxy: no CONNECT": [
            "valid/rfc9112_target_authority_connect_01", "valid/rfc9112_target_authority_ipv6_01"],
    },
    "llhttp": {
        "a target has no fragment": [
            "uri: Fragment in URI", "transfer-encoding: POST with `chunked` as last transfer-encoding",
            "transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)"],
        "a target has a path": [
            "uri: Host terminated by a query string", "uri: `host:port` terminated by a query string"],
        "we are no proxy: no CONNECT": [
            "method: CONNECT request", "method: CONNECT request with CAPS", "method: CONNECT with body",
            "uri: Underscore in hostname"],
        "* is for OPTIONS alone": ["method: M-SEARCH request"],
        "HTTP/1.0 and 1.1 are all we speak": [
            "method: SOURCE request with ICE", "method: OPTIONS request with RTSP",
            "method: ANNOUNCE request with RTSP", "sample: No HTTP version"],
        "its user there skips the bodies": ["content-length: Content-Length reset when no body is received"],
    },
    "go": {
        "what follows the request is no request; only one is read there": [
            "reqTests GET http://www.techcrunch.com/ HTTP/1.1|Host: www.techcrunch.com|User-Agent: Fake|Accept: "],
        "both lengths are one too many": [
            "reqTests POST / HTTP/1.1|Host: foo.com|Transfer-Encoding: chunked|Content-Length: 9999||3|foo|3|bar"],
        "the same length twice is one too many": [
            "readRequestErrorTests PUT / HTTP/1.1|Content-Length: 6 |Content-Length: 6|Content-Length:6||Gopher|",
            "readRequestErrorTests HEAD / HTTP/1.1|Content-Length:0|Content-Length: 0||"],
        "we are no proxy: no CONNECT": [
            "reqTests CONNECT www.google.com:443 HTTP/1.1||", "reqTests CONNECT 127.0.0.1:6060 HTTP/1.1||",
            "TestServerValidatesHostHeader CONNECT golang.org:443 HTTP/1.1 "],
        "* is for OPTIONS alone": ["reqTests NOTIFY * HTTP/1.1|Server: foo||"],
        "HTTP/1.0 and 1.1 are all we speak": [
            "reqTests PRI * HTTP/2.0||SM||", "TestServerValidatesHostHeader PRI * HTTP/2.0 "],
    },
}

# Answered here, and not there.
MORE_LENIENT = {
    "gunicorn": {
        "a method is any token: 404 or 405": ["invalid/003c"],
        "the limit is another one: 8 KB of head": ["invalid/006"],
        "the limit is a setting there": ["invalid/010", "invalid/011", "invalid/012"],
        "no header says over which scheme it came": ["invalid/019"],
        "_ in a header's name is no -": ["invalid/040", "invalid/chunked_07"],
        "nobody reads its Content-Type": ["invalid/041"],
        "nobody reads the trailers": ["invalid/rfc9110_trailer_forbidden_host_01"],
    },
    "llhttp": {
        "a method is any token: 404 or 405": ["invalid: HTTP protocol and ANNOUNCE method", "invalid: Invalid method"],
        "the connection ends with the first request, and nobody reads the next": [
            "connection: Resetting flags when keep-alive is off (1.0, lenient)",
            "connection: CRLF between requests, explicit `close` (lenient)"],
        "there is nothing to upgrade to: what follows is the next request": [
            "connection: Multiple tokens with folding and LWS", "connection: Emitting part of body and pausing",
            "connection: Upgrade GET request", "connection: Upgrade POST request"],
        "the first request is a good one": ["lenient-headers: Second request header value (lenient)"],
    },
    "go": {},
}


def listed(table: dict[str, dict[str, list[str]]], corpus: str) -> set[str]:
    return {name for names in table[corpus].values() for name in names}


@pytest.fixture(params=CORPORA)
def corpus(request: pytest.FixtureRequest) -> str:
    CORPORA[request.param]()  # or the test is skipped
    return request.param


def statuses(received: bytes) -> tuple[int, ...]:
    """A refusal is the last answer, and says that it is."""
    answers = parse_answers(received)
    for number, answer in enumerate(answers, 1):
        if answer.status in REFUSALS:
            assert number == len(answers) and answer.ends_connection, received
    return tuple(answer.status for answer in answers if answer.status != 100)


def is_refused(outcome: tuple[int, ...]) -> bool:
    return bool(REFUSALS.intersection(outcome))


def agrees(case: Case, alone: tuple[int, ...], followed: tuple[int, ...]) -> bool:
    if 200 in followed[case.answers + 1:]:
        return False
    match case.rest:
        case Rest.NOTHING:
            good = len(alone) == case.answers and not is_refused(alone)
            return good and followed[:case.answers] == alone and followed[case.answers:] in ((200,), ())
        case Rest.CUT:
            return len(alone) - is_refused(alone) == case.answers
        case Rest.INVALID:
            return all(len(seen) - is_refused(seen) <= case.answers for seen in (alone, followed)) or case.data == b""


def test_the_corpora_are_there(corpus):
    cases = CORPORA[corpus]()
    names = {case.name for case in cases}
    assert len(names) == len(cases) >= 60
    assert sum(case.rest is Rest.INVALID for case in cases) >= 30
    unknown = (listed(STRICTER, corpus) | listed(MORE_LENIENT, corpus)) - names
    assert not unknown, unknown


def test_whole(serving, corpus):
    cases = CORPORA[corpus]()
    alone = list(map(statuses, replay(serving.port, [[case.data] for case in cases])))
    followed = list(map(statuses, replay(serving.port, [[case.data + FOLLOWER] for case in cases])))
    wrong = []
    for case, *seen in zip(cases, alone, followed):
        if case.name in listed(STRICTER, corpus):
            expected = all(map(is_refused, seen)) and case.rest is not Rest.INVALID
        elif case.name in listed(MORE_LENIENT, corpus):
            expected = not agrees(case, *seen) and len(seen[1]) <= len(seen[0]) + 1
        else:
            expected = agrees(case, *seen)
        if not expected:
            wrong.append(f"{case}: {seen[0]} alone, {seen[1]} with another request behind it")
    assert not wrong, "\n".join(wrong)


def test_in_two_pieces(serving, corpus):
    """Wherever the network cuts a request, the answers are the same."""
    cases = CORPORA[corpus]()
    expected = list(map(statuses, replay(serving.port, [[case.data + FOLLOWER] for case in cases])))
    torn = [(case, outcome, [data[:cut], data[cut:]])
            for case, outcome in zip(cases, expected)
            for data in [case.data + FOLLOWER]
            for cut in range(1, min(len(data), LONGEST_TORN), 1 + len(data) // MOST_CUTS)]
    received = replay(serving.port, (pieces for *_, pieces in torn))
    wrong = [f"{case.name}: {seen} for {pieces}, {outcome} when it is whole"
             for (case, outcome, pieces), seen in zip(torn, map(statuses, received)) if seen != outcome]
    assert not wrong, "\n".join(wrong)


def test_byte_by_byte(serving, corpus):
    cases = [case for case in CORPORA[corpus]() if len(case.data) < MOST_CUTS]
    whole = map(statuses, replay(serving.port, [[case.data + FOLLOWER] for case in cases]))
    dripped = map(statuses, replay(serving.port, [[bytes([byte]) for byte in case.data + FOLLOWER] for case in cases]))
    wrong = [f"{case}: {torn} byte by byte, {outcome} when it is whole"
             for case, outcome, torn in zip(cases, whole, dripped) if torn != outcome]
    assert not wrong, "\n".join(wrong)
