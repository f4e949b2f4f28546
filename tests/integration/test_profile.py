"""`--profile` on real engines: exact, the same as in a file, and silent about what cannot be known.

A failure of the random documents prints its seed; SAME_PROFILE_SEED=<seed> runs that one alone.
"""

import json
import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from support.emails import bill

ROUNDS = 4
DOCUMENTS = 300

SEEDS = [int(os.environ["SAME_PROFILE_SEED"])] if "SAME_PROFILE_SEED" in os.environ else [
    random.SystemRandom().randrange(10**9) for _ in range(ROUNDS)
]


def mapped(**types: str | dict) -> dict:
    properties = {"category": "keyword", "dates": "keyword"} | types
    return {"properties": {name: kind if isinstance(kind, dict) else {"type": kind} for name, kind in properties.items()}}


@pytest.fixture
def profile(run):
    def go(url: str, index: str, *fields: str) -> dict:
        options = [part for field in fields for part in ("--derived", field)] or ["--derived="]
        shown = run("validate", "--json", "--profile", "--es-url", url, "--index", index, "--name", "letters",
                    "--population", "category=bills", *options)
        assert shown.code == 0, shown
        return json.loads(shown.stdout)["profile"]

    return go


@pytest.fixture
def value(profile, engine, indices):
    """The profile of a field of this type, with these values."""

    def go(kind: str | dict, *values: object) -> dict:
        index = engine.load(indices.unused_name("letters"),
                            [bill(["a"]) | {"value": each} for each in values] + [bill(), {"category": "offers"}],
                            mapped(value=kind))
        return profile(engine.url, index, "value")["value"]

    return go


class Letters:
    """Random documents, with what a date, a number, a truth or a keyword looks like in JSON."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._days = [datetime(2025, 10, 1, tzinfo=UTC) + timedelta(days=source.randint(-9000, 5500), milliseconds=
                      source.choice([0, 0, source.randint(0, 86_399_999)])) for _ in range(source.randint(1, 40))]
        self._few = source.randint(1, 60)

    def document(self) -> dict:
        members = {
            "category": self._random.choice(["bills", "bills", "bills", "offers", ["offers", "bills"]]),
            "dates": self._any(self._date),
            "at": self._any(self._date),
            "whole": self._any(lambda: self._random.choice([self._random.randint(-self._few, self._few), 2**53 + 1, -2**63])),
            "fraction": self._any(lambda: self._random.choice([0.1, 2.5, -1e-3, 1e20, self._random.randint(0, self._few)])),
            "paid": self._any(lambda: self._random.random() < 0.4),
            "word": self._any(lambda: self._random.choice(["", " ", "a", "B", "ü", "😀", "日本", f"w{self._random.randint(0, self._few)}"])),
        }
        if (day := self._any(self._date)) != "absent":
            members["meta"] = {"day": day}
        return {name: value for name, value in members.items() if value != "absent"}

    def _date(self) -> object:
        day = self._random.choice(self._days)
        if self._random.random() < 0.1:
            day = datetime.fromtimestamp(day.timestamp() // 1000, UTC)
        milliseconds = round(day.timestamp() * 1000)
        if self._random.random() < 0.05:
            return self._random.choice([2025, "2025", 999, 10_000, 1_760_105_551_000_000])
        plain = day.isoformat(timespec="milliseconds")
        return self._random.choice([plain.replace("+00:00", "Z"), plain, milliseconds, str(milliseconds),
                                    day.strftime("%Y-%m-%d"), day.strftime("%Y-%m-%dT%H:%M:%S+02:00")])

    def _any(self, make) -> object:
        kind = self._random.random()
        if kind < 0.2:
            return "absent"
        if kind < 0.3:
            return None
        if kind < 0.5:
            return [self._random.choice([make(), None, [make()]]) for _ in range(self._random.randint(0, 3))]
        return make()


TYPES = {"dates": "date", "at": "date", "whole": "long", "fraction": "double", "paid": "boolean", "word": "keyword",
         "meta": {"properties": {"day": {"type": "date"}}}}


@pytest.mark.parametrize("round", range(len(SEEDS)))
def test_the_same_in_a_file(profile, engine, indices, files, round):
    seed = SEEDS[round]
    letters = Letters(random.Random(seed))
    documents = [letters.document() for _ in range(DOCUMENTS)]
    index = engine.load(indices.unused_name("letters"), documents, mapped(**TYPES))
    files.add(index, documents)
    fields = ["at", "whole", "fraction", "paid", "word", "meta.day"]
    on_engine, in_file = profile(engine.url, index, *fields), profile(files.url, index, *fields)
    assert list(on_engine) == ["dates", *fields]
    for field in on_engine:
        assert on_engine[field] == in_file[field], f"seed {seed}, {field}"
    assert {field["type"] for field in on_engine.values()} == {"date", "number", "boolean", "keyword"}


def test_several_shards_are_merged(profile, engine, indices, files):
    letters = Letters(random.Random(7))
    documents = [letters.document() for _ in range(DOCUMENTS)]
    index = indices.unused_name("letters")
    engine.create(index, mapped(**TYPES), {"number_of_shards": 5})
    engine.add(index, documents)
    files.add(index, documents)
    fields = ["at", "whole", "paid", "word"]
    assert profile(engine.url, index, *fields) == profile(files.url, index, *fields)


def test_with_too_many_values_on_several_shards_the_share_is_a_lower_bound(run, profile, engine, indices):
    index = indices.unused_name("letters")
    engine.create(index, mapped(number="long", often="long", at="date", word="keyword", part="float"),
                  {"number_of_shards": 3})
    often = [number if number % 2 else 7 for number in range(9000)]
    engine.add(index, [bill(["a"]) | {"number": number, "often": each, "at": each * 100_000, "word": f"w{each}", "part": each / 10}
                       for number, each in enumerate(often)])
    found = profile(engine.url, index, "number", "often", "at", "word", "part")
    assert found["number"]["most_common"]["documents"] == 1
    assert found["number"]["most_common"]["at_least"]
    assert (found["number"]["min"], found["number"]["max"]) == (0, 8999)
    assert {field: found[field]["most_common"] for field in ("often", "at", "word", "part")} == {
        field: {"value": value, "documents": 4501}
        for field, value in {"often": 7, "at": "1970-01-01T00:11:40Z", "word": "w7", "part": 0.7}.items()}
    shown = run("validate", "--profile", "--es-url", engine.url, "--index", index, "--derived", "number")
    assert b"> 0 %" in shown.stdout
    assert "profile of number in bills: it has so many values that the share" in shown.stderr


@pytest.mark.parametrize(
    ("kind", "values", "least", "greatest"),
    [
        ("long", [2**53 + 1, 2**53 + 2, 2**63 - 1], 2**53 + 1, 2**63 - 1),
        ("integer", [3, -5, 4], -5, 4),
        ("short", [3], 3, 3),
        ("byte", [3], 3, 3),
        ("double", [0.1, 5, 1e300], 0.1, 1e300),
        ("float", [0.1, 0.25], 0.1, 0.25),
        ("half_float", [0.5, 0.25], 0.25, 0.5),
        ("boolean", [True, "false"], False, True),
        ("keyword", ["b", "a", "ü", "😀", "｡"], "a", "😀"),
        ("date", ["2025-10-10", 1760105551123], "2025-10-10T00:00:00Z", "2025-10-10T14:12:31.123Z"),
        ("date", [1760105551, 1760105551000000, "1969-12-31T23:59:59.999Z"], "1969-12-31T23:59:59.999Z", "+57745-07-11T00:36:40Z"),
        ("date_nanos", ["2025-10-10", "2025-10-10T14:12:31.123456789Z"], "2025-10-10T00:00:00Z", "2025-10-10T14:12:31.123Z"),
        ({"type": "date", "format": "dd.MM.yyyy"}, ["01.12.2024", "10.10.2025"], "2024-12-01T00:00:00Z", "2025-10-10T00:00:00Z"),
    ],
)
def test_exact_extremes(value, kind, values, least, greatest):
    found = value(kind, *values)
    assert (found["documents"], found["min"], found["max"]) == (len(values), least, greatest)
    assert found["most_common"]["documents"] == 1
    assert found["most_common"]["value"] == least


@pytest.mark.engines("os2", "os3")  # a module that the other engines of these tests lack
def test_whole_numbers_of_64_bits_without_a_sign(value):
    found = value("unsigned_long", 5, 2**64 - 1, 2**64 - 1)
    assert (found["min"], found["max"], found["most_common"]) == (5, 2**64 - 1, {"value": 2**64 - 1, "documents": 2})


def test_seconds_in_place_of_milliseconds_and_dates_far_ahead(value):
    found = value("date", 1760105551, [1760105552, 1760105553], "2025-10-10", "2125-10-10")
    assert (found["in_1970"], found["after_ten_years"]) == (2, 1)


def test_a_document_counts_once_for_a_value(value):
    found = value("long", [7, 7, 7], [7, 8], [8])
    assert found["most_common"] == {"value": 7, "documents": 2}


@pytest.mark.parametrize(
    ("kind", "written", "why"),
    [
        ("text", "a", "its type is text"),
        ("ip", "10.0.0.1", "its type is ip"),
        ({"type": "keyword", "doc_values": False}, "a", "it has no doc_values"),
        ({"properties": {"inside": {"type": "long"}}}, {"inside": 5}, "its type is object"),
        ({"type": "nested", "properties": {"inside": {"type": "long"}}}, {"inside": 5}, "it is a nested object"),
    ],
)
def test_what_cannot_be_profiled(value, kind, written, why):
    found = value(kind, written)
    assert found == {"type": None, "documents": None if "nested" in why else 1, "min": None, "max": None,
                     "most_common": None, "unknown": why}


def test_a_field_in_a_nested_object(profile, engine, indices):
    nested = {"type": "nested", "properties": {"inside": {"type": "long"}}}
    index = engine.load(indices.unused_name("letters"), [bill(["a"]) | {"value": {"inside": 5}}], mapped(value=nested))
    assert profile(engine.url, index, "value.inside")["value.inside"]["unknown"] == "it is in the nested object value"


def test_a_field_that_is_not_mapped(profile, engine, indices):
    index = engine.load(indices.unused_name("letters"), [bill(["a"])], mapped())
    found = profile(engine.url, index, "nowhere")["nowhere"]
    assert (found["type"], found["documents"], found["unknown"]) == (None, 0, "it is not mapped")


def test_other_types_in_other_indices_are_not_merged(profile, engine, indices):
    old, new = indices.unused_name("letters"), indices.unused_name("letters")
    engine.load(old, [bill(["a"]) | {"value": 1760105551}], mapped(value="long"))
    engine.load(new, [bill(["a"]) | {"value": "2025-10-10"}], mapped(value="date"))
    found = profile(engine.url, f"{old},{new}", "value")["value"]
    assert (found["type"], found["min"], found["documents"]) == (None, None, 2)
    assert f"long in {old}" in found["unknown"]
    assert f"date in {new}" in found["unknown"]


@pytest.mark.parametrize("kind", ["date", "long", "double", "boolean", "keyword", "date_nanos", "float"])
def test_an_index_without_the_field_does_not_matter(profile, engine, indices, kind):
    without, with_field = indices.unused_name("letters"), indices.unused_name("letters")
    engine.load(without, [bill(["a"])], mapped())
    values = {"date": "2025-10-10", "date_nanos": "2025-10-10", "boolean": True}
    engine.load(with_field, [bill(["a"]) | {"value": values.get(kind, 5)}], mapped(value=kind))
    found = profile(engine.url, f"{without},{with_field}", "value")["value"]
    assert (found["documents"], found["most_common"]["documents"]) == (1, 1)
    assert found["min"] == found["max"] == found["most_common"]["value"]


def test_documents_that_lack_the_backfilled_field_do_not_count(profile, engine, indices):
    index = engine.load(indices.unused_name("letters"),
                        [bill(["a"]) | {"value": 5}, bill() | {"value": 1}, {"category": "offers", "dates": ["a"], "value": 9}],
                        mapped(value="long"))
    found = profile(engine.url, index, "value")["value"]
    assert (found["documents"], found["min"], found["max"]) == (1, 5, 5)
