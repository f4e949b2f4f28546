"""What can be wrong between the program and its engine, and the reasons that the program may then give."""

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from changing_engine import ChangingEngine, doctored
from support.fake_elasticsearch import missing, refusal
from support.stand_in import (Answer, Close, Delay, Drip, Endless, Raw, Reply, Request, Reset, Silence, Truncate)

Player = Callable[[Request], Answer]


@dataclass(frozen=True)
class Trouble:
    name: str
    play: Player | None  # none: nobody listens
    reasons: frozenset[str]
    only_searches: bool = False  # a change of an answer to a search; other requests are answered well
    keeps_documents: bool = True  # what cannot be written waits in the spool
    large: bool = False

    def script(self, engine: ChangingEngine, sometimes: bool, scope: str, dice: random.Random) -> Player | None:
        """The engine with this trouble, always or sometimes, in everything or in its searches or writes alone."""
        if self.play is None:
            return None

        def play(request: Request) -> Answer:
            search = request.path.endswith("/_search")
            spared = (scope == "searches" and not search) or (scope == "writes" and search)
            return engine if spared or (sometimes and dice.random() < 0.5) else self.play(request)

        return play


def troubles(engine: ChangingEngine) -> list[Trouble]:
    def always(name: str, answer: Answer, *reasons: str, **more: bool) -> Trouble:
        return Trouble(name, lambda _: answer, frozenset(reasons), **more)

    def of_reply(name: str, change: Callable[[Reply], Answer], *reasons: str) -> Trouble:
        return Trouble(name, lambda request: change(engine.reply(request)), frozenset(reasons))

    def of_search(name: str, change: Callable[[dict], object], *reasons: str) -> Trouble:
        def play(request: Request) -> Answer:
            searched = request.path.endswith("/_search")
            return doctored(engine.reply(request), change) if searched else engine(request)

        return Trouble(name, play, frozenset(reasons), only_searches=True)

    def counts(value: object) -> Callable[[dict], None]:
        return lambda answer: [each.update(doc_count=value) for each in answer["aggregations"].values()] and None

    def halved(answer: dict) -> None:
        """Numbers that fit each other, and are not true."""
        for name, each in answer["aggregations"].items():
            each["doc_count"] //= 2
        answer["hits"]["total"]["value"] = sum(answer["aggregations"][name]["doc_count"] for name in ("missing", "present"))

    def half(**more: object) -> Callable[[dict], None]:
        def change(answer: dict) -> None:
            halved(answer)
            answer.update(more)

        return change

    def lower_bound(answer: dict) -> None:
        halved(answer)
        answer["hits"]["total"]["relation"] = "gte"

    def doubled(answer: dict) -> str:
        text = json.dumps(answer)
        other = json.dumps({"missing": {"doc_count": 0}})[1:-1]
        return text.replace('"missing":', f'{other}, "missing":', 1)

    page = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>0</body></html>"
    bomb = gzip.compress(bytes(64 << 20))
    shards = {"total": 2, "successful": 1, "skipped": 0, "failed": 1, "failures": []}
    unasked = {"total": 2, "successful": 1, "skipped": 0, "failed": 0}
    clusters = {"total": 2, "successful": 1, "skipped": 1}
    return [
        Trouble("is down", None, frozenset({"unreachable", "bad_response"})),
        always("resets", Reset(), "unreachable"),
        always("closes", Close(), "unreachable"),
        of_reply("loses its answers", lambda _: Close(), "unreachable"),
        always("is silent", Silence(), "timeout"),
        of_reply("is late", lambda reply: Delay(60, reply), "timeout"),
        of_reply("drips", lambda reply: Drip(reply, every=0.2), "timeout"),
        of_reply("is cut off", lambda reply: Truncate(reply, 0.7), "bad_response", "unreachable"),
        always("talks garbage", Raw(b"\x00\xff\x13 garbage \x07\r\n\r\n"), "bad_response"),
        always("never ends", Endless(), "bad_response", "timeout", large=True),
        always("is a web page", Reply(body=page, headers={"Content-Type": "text/html"}), "bad_response"),
        always("is another web page", Reply(404, page, {"Content-Type": "text/html"}), "rejected", keeps_documents=False),
        always("is a gateway", Reply(502, page, {"Content-Type": "text/html"}), "rejected"),
        always("redirects", Reply(302, headers={"Location": "http://127.0.0.1:1/"}), "rejected"),
        always("starts", Reply(503, "starting"), "rejected"),
        always("is busy", Reply(429, json={}, headers={"Retry-After": "1"}), "rejected"),
        always("is busy for long", Reply(429, json={}, headers={"Retry-After": "3600"}), "rejected"),
        always("is broken", refusal(500, "illegal_state_exception", "broken"), "rejected"),
        always("knows nobody", refusal(401, "security_exception", "missing credentials"), "unauthorized"),
        always("lets nobody in", refusal(403, "security_exception", "unauthorized"), "unauthorized"),
        always("has no index", missing("gmail_emails_v2"), "index_missing", keeps_documents=False),
        always("has no shards", refusal(503, "search_phase_execution_exception", "all shards failed"), "partial"),
        always("says nothing", Reply(json={}), "bad_response"),
        always("compresses badly", Reply(body=b"\x1f\x8b\x08garbage", headers={"Content-Encoding": "gzip"}),
               "bad_response"),
        always("is a bomb", Reply(body=bomb, headers={"Content-Encoding": "gzip"}), "bad_response", large=True),
        of_search("timed out", half(timed_out=True), "partial"),
        of_search("lost a shard", half(_shards=shards), "partial"),
        of_search("asked half its shards", half(_shards=unasked), "partial"),
        of_search("skipped a cluster", half(_clusters=clusters), "partial"),
        of_search("counts to a lower bound", lower_bound, "partial"),
        of_search("tells no shards", lambda answer: answer.pop("_shards") and halved(answer), "bad_response"),
        of_search("tells no counts", lambda answer: answer.update(aggregations={}), "bad_response"),
        of_search("tells a count twice", doubled, "bad_response"),
        *(of_search(f"counts {value!r}", counts(value), "bad_response")
          for value in (0, "12", 1.5, -5, 2**63, 1e300, None, True)),
    ]
