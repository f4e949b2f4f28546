"""The requests by which gunicorn, llhttp and Go's net/http are tested, replayed against `serve`: whole, and cut in two at each byte."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support.emails import MIDWAY
from support.program import Exporter
from support.raw_http import Answer, parse_answers, replay
from support.request_corpora import Case, Rest, go, gunicorn, llhttp

CORPORA: dict[str, Callable[[], list[Case]]] = {"gunicorn": gunicorn, "llhttp": llhttp, "go": go}

REFUSALS = {400, 413, 414, 431}
SECOND = b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n"
WHOLE_CUTS = 400  # a longer request is cut in two at so many places


def outcome(received: bytes) -> tuple[int, ...]:
    return tuple(answer.status for answer in parse_answers(received) if answer.status != 100)

class TestX:
    @pytest.mark.parametrize("corpus", CORPORA)
    def test_x(self, exporter, files, corpus):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", "1h")
        cases = CORPORA[corpus]()
        a = list(replay(serving.port, [(c.data,0) for c in cases]))
        b = list(replay(serving.port, [(c.data+SECOND,0) for c in cases]))
        for c,x,y in zip(cases,a,b):
            ox, oy = outcome(x), outcome(y)
            good = {Rest.NOTHING: len(ox)==c.answers and not REFUSALS & set(ox) , Rest.INVALID: REFUSALS & set(ox[-1:]) and REFUSALS&set(oy[-1:]), Rest.CUT: True}[c.rest]
            print("  " if good else "XX", corpus, c.name, c.rest.name, c.answers, ox, oy, '' if good else c.data[:200])
        import time
        t=time.time()
        payloads=[]
        for c in cases:
            d=c.data+SECOND
            payloads += [(d,n) for n in range(1,min(len(c.data),400))]
        n=sum(1 for _ in replay(serving.port,payloads))
        print(n, time.time()-t)
