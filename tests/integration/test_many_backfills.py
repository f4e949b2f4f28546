"""Many backfills at once: each gets its own result, in the fewest requests, and one that fails spoils no other."""

import itertools
import random
import time

import pytest

from support.configuration import dump
from support.data.random_documents import Documents, mapping
from support.emails import bill, emails
from support.forward import Forward
from support.stand_in import Silence, StandIn
from support.store_calls import backfill, call, measure

UNPARSABLE = {"no_such_query": {"x": 1}}
REFUSED_BY_A_SHARD = {"range": {"number": {"gte": "no number"}}}
MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"}, "number": {"type": "long"},
                          "expires_at": {"type": "keyword"}}}


@pytest.fixture
def counted(stand_in, engine) -> StandIn:
    """The engine, behind something that remembers what it was asked."""
    return stand_in(Forward(engine.url))


def paths(server: StandIn) -> list[str]:
    return [request.path for request in server.requests]


@pytest.fixture
def load(engine, indices):
    def go(missing: int) -> str:
        return engine.load(indices.unused_name("emails"), emails(missing), MAPPING)

    return go


@pytest.fixture
def closed(engine, load) -> str:
    index = load(1)
    engine.do("POST", f"{index}/_close")
    return index


def missing_of(results: list[dict]) -> list[int | str]:
    return [result["missing"] if "missing" in result else result["error"] for result in results]


def test_a_single_backfill_is_a_plain_search(counted, load):
    index = load(3)
    assert missing_of(measure(counted.url, [backfill("bills", index)])) == [3]
    (request,) = counted.requests
    assert request.path == f"/{index}/_search"


@pytest.mark.parametrize("count", [3, 50])
def test_on_one_index_they_share_a_search(counted, load, count):
    index = load(3)
    fields = ["dates", "expires_at", "nothing"]
    asked = [backfill(f"b{i}", index, field=fields[i % 3], derived=("category",) * (i % 2)) for i in range(count)]
    alone = [measure(counted.url, [one])[0] for one in asked[:6]]
    counted.requests.clear()
    found = measure(counted.url, asked)
    assert found[:6] == alone[: min(count, 6)]
    assert found == [alone[i % 6] if count > 3 else alone[i] for i in range(count)]
    assert paths(counted) == [f"/{index}/_search"]


@pytest.mark.parametrize("count", [3, 50])
def test_on_several_indices_they_share_a_request(counted, load, count):
    indices = [load(missing) for missing in (1, 2, 3)]
    found = measure(counted.url, [backfill(f"b{i}", indices[i % 3]) for i in range(count)])
    assert missing_of(found) == [i % 3 + 1 for i in range(count)]
    assert paths(counted) == ["/_msearch"]


def test_a_folder_and_an_engine_count_the_same(engine, indices, files):
    make = Documents(random.Random(5), nested=False)
    documents = [make.document() for _ in range(300)]
    index = engine.load(indices.unused_name("emails"), documents, mapping(nested=False))
    files.add(index, documents)
    fields = ["category", "dates", "expires_at", "meta.dates", "meta.inner.expires_at", "code"]
    populations = [{}, {"category": ["bills"]}, {"category": ["bills", "offers"], "dates": ["bills", ""]}]
    asked = [backfill(f"b{i}", index, field, derived=derived, population=population)
             for i, (field, derived, population) in enumerate(itertools.product(
                 fields, [(), ("expires_at",), ("dates", "meta.dates")], populations))]
    found = measure(engine.url, asked)
    assert found == measure(files.url, asked)
    assert found == [measure(engine.url, [one])[0] for one in asked]
    assert len({result["missing"] for result in found}) > 10


def test_each_failure_is_its_own(counted, indices, load, closed):
    """In one request, and so again."""
    good, other = load(1), load(2)
    asked = [
        backfill("good", good),
        backfill("gone", indices.unused_name("gone")),
        backfill("pattern", indices.unused_name("nothing") + "*"),
        backfill("closed", closed),
        backfill("other", other),
        backfill("closed too", closed, field="x"),
        backfill("good too", good, field="expires_at"),
        backfill("half gone", f"{good},{indices.unused_name('gone')}"),
    ]
    expected = [1, "index_missing", "index_missing", "rejected", 2, "rejected", 3, "index_missing"]
    for found in call(counted.url, asked, "measure", "measure"):
        assert missing_of(found) == expected
    assert paths(counted) == ["/_msearch", "/_msearch"]


def test_each_gets_the_message_that_it_would_get_alone(engine, indices, load, closed):
    asked = [backfill("gone", indices.unused_name("gone")), backfill("pattern", indices.unused_name("nothing") + "*"),
             backfill("closed", closed), backfill("unparsable", load(1), query=UNPARSABLE),
             backfill("refused", load(1), query=REFUSED_BY_A_SHARD)]
    assert measure(engine.url, asked) == [measure(engine.url, [one])[0] for one in asked]


@pytest.mark.parametrize("where", ["one index", "three indices"])
def test_what_cannot_be_parsed_is_found_and_then_asked_alone(counted, load, where):
    indices = [load(1)] * 3 if where == "one index" else [load(1), load(2), load(3)]
    asked = [backfill(f"b{i}", indices[i % 3]) for i in range(20)]
    asked[7] = backfill("unparsable", indices[1], query=UNPARSABLE)
    expected = [1 if where == "one index" else i % 3 + 1 for i in range(20)]
    expected[7] = "rejected"
    first, second, third, fourth = (missing_of(found) for found in
                                    call(counted.url, asked, "measure", "measure", "reload", "measure", "measure")
                                    if found != ["done"])
    assert first == second == third == fourth == expected
    finding, after = len(counted.requests), 2
    # What finds it is as much again after the settings were read again.
    assert (finding - 2 * after) / 2 == (finding - 2 * after) // 2 <= 1 + 2 * 5
    assert f"/{indices[1]}/_search" in paths(counted)[-after:]


def test_what_a_shard_refuses_stays_in_the_one_request(counted, load):
    index = load(1)
    asked = [backfill(f"b{i}", index) for i in range(20)]
    asked[11] = backfill("refused", index, query=REFUSED_BY_A_SHARD)
    for found in call(counted.url, asked, "measure", "measure"):
        assert missing_of(found) == [1] * 11 + ["rejected"] + [1] * 8
    finding = len(counted.requests) - 1
    assert finding <= 1 + 5
    assert counted.requests[-1].path == "/_msearch"


def test_a_query_that_is_too_expensive_is_refused_alone(counted, cluster_setting, load):
    """Within an aggregation it is refused with 500."""
    index = load(1)
    asked = [backfill("good", index), backfill("regexp", index, query={"regexp": {"category": "b.*"}}),
             backfill("good too", index)]
    with cluster_setting("search.allow_expensive_queries", False):
        found = measure(counted.url, asked)
    assert missing_of(found) == [1, "rejected", 1]
    assert "regexp" in found[1]["message"]


def test_lists_of_indices_too_long_for_a_request_line(counted, engine, indices):
    """The index alone is too long for 4,096 bytes; nothing of it is left out."""
    index, other = indices.load([bill()]), indices.load([bill()])
    aliases = [f"{index}-{number:0220}" for number in range(20)]
    engine.do("POST", "_aliases", {"actions": [{"add": {"index": index, "aliases": aliases}}]})
    together = ",".join([*aliases, other])
    assert len(together) > 4096
    found = call(counted.url, [backfill("long", together)], "refresh", "measure")
    assert found[0] == ["done"] and missing_of(found[1]) == [2]
    assert missing_of(measure(counted.url, [backfill("long", together + ",absent")])) == ["index_missing"]


def test_too_many_buckets_are_asked_for_in_halves(counted, cluster_setting, load):
    index = load(2)
    asked = [backfill(f"b{i}", index) for i in range(40)]
    with cluster_setting("search.max_buckets", 50):
        first, second = call(counted.url, asked, "measure", "measure")
    assert missing_of(first) == missing_of(second) == [2] * 40
    assert len(counted.requests) <= 15


def test_a_thousand_backfills(counted, load):
    index = load(2)
    assert missing_of(measure(counted.url, [backfill(f"b{i}", index) for i in range(1000)])) == [2] * 1000
    assert paths(counted) == [f"/{index}/_search"]


def test_refreshed_together(counted, engine, indices):
    names = [indices.unused_name() for _ in range(3)]
    for name in names:
        engine.create(name, settings={"refresh_interval": "-1"})
        engine.do("POST", f"{name}/_doc", {"category": "bills"})
    gone = indices.unused_name("gone")
    asked = [backfill(f"b{i}", name) for i, name in enumerate([*names, names[0]])]
    assert call(counted.url, asked, "refresh")[0] == ["done"] * 4
    assert len(counted.requests) == 1
    assert missing_of(measure(engine.url, asked)) == [1] * 4
    found = call(counted.url, [*asked, backfill("gone", gone)], "refresh")[0]
    assert found[:4] == ["done"] * 4 and found[4]["error"] == "index_missing" and gone in found[4]["message"]


def test_emitted_and_read_in_one_request_each(counted, engine, indices, run, load):
    emails = [load(missing) for missing in range(3)]
    asked = [backfill(f"b{i}", emails[i % 3], derived=("expires_at", "category")) for i in range(20)]
    health = indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health, "--name", "b0", "--derived", "expires_at",
        "--derived", "category").succeeded()
    now = time.time()
    assert call(counted.url, asked, "emit", health_index=health)[0] == ["done"] * 20
    assert paths(counted) == ["/_msearch", f"/{health}/_mapping", f"/{health}/_bulk"]
    indices.visible(health)
    counted.requests.clear()
    histories, latest = call(counted.url, asked, "history", "latest", health_index=health)
    assert paths(counted) == ["/_msearch", "/_msearch"]
    for i, (history, time_of_last) in enumerate(zip(histories, latest, strict=True)):
        ((ts, snapshots, missing),) = history
        assert (snapshots, missing, time_of_last) == (1, i % 3, ts)
        assert abs(time.mktime(time.strptime(ts, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone - now) < 60


def test_an_engine_that_is_silent_is_asked_once(stand_in):
    server = stand_in(Silence())
    found = measure(server.url, [backfill("a", "x"), backfill("b", "y"), backfill("c", "x")], timeout=1)
    assert missing_of(found) == ["timeout"] * 3
    assert len(server.requests) == 1


def test_an_index_that_vanishes_and_comes_back_with_text_spoils_no_other(exporter, engine, indices, run, load):
    stays, goes = load(1), load(2)
    config = dump(run.home / "config.yaml", {"backfills": [
        {"name": name, "index": index, "field": "dates", "population": {"category": "bills"}}
        for name, index in (("stays", stays), ("goes", goes))]})
    serving = exporter("--config", config, "--es-url", engine.url, "--refresh-interval", "1h", "--retries", "0")

    def measured(name: str, index: str) -> tuple[float, float | None]:
        samples = serving.metrics()
        of = f'backfill="{name}",index="{index}",field="dates",state="missing"'
        return samples[f'backfill_up{{backfill="{name}"}}'], samples.get(f"backfill_documents{{{of}}}")

    assert serving.refresh().status == 200
    assert (measured("stays", stays), measured("goes", goes)) == ((1, 1), (1, 2))
    engine.delete(goes)
    assert serving.refresh().status == 503
    assert (measured("stays", stays), measured("goes", goes)) == ((1, 1), (0, 2))
    engine.create(goes, {"properties": {"category": {"type": "keyword"}, "dates": {"type": "text"}}})
    engine.add(goes, [{"category": "bills", "dates": "on some Tuesday"}, *[{"category": "bills"}] * 5])
    assert serving.refresh().status == 200
    assert (measured("stays", stays), measured("goes", goes)) == ((1, 1), (1, 5))
