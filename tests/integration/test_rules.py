"""Rules on a real engine: what it can judge, and why not where it cannot. A refusal is never 0 broken."""

import json

import pytest

from support.configuration import dump

SCRIPTS = pytest.mark.engines("es710", "os2", "os3")  # the others of the tests have no Painless
NO_SCRIPTS = pytest.mark.engines("es7", "es8", "es9")
MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "date"}, "expires_at": {"type": "date"},
                          "amount": {"type": "long"}, "state": {"type": "keyword"}, "paid": {"type": "boolean"},
                          "body": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
                          "sender": {"properties": {"name": {"type": "keyword"}}},
                          "lines": {"type": "nested", "properties": {"price": {"type": "long"}}}}}
BILLS = [
    {"category": "bills", "dates": ["2025-10-10", "2025-10-12"], "expires_at": "2025-10-11", "amount": 5, "state": "open",
     "body": "a bill", "lines": [{"price": 1}]},
    {"category": "bills", "dates": ["2025-10-10"], "expires_at": "2025-10-11", "amount": -1, "state": "paid"},
    {"category": "bills", "dates": ["1970-01-21"]},
]


@pytest.fixture
def index(engine, indices) -> str:
    return engine.load(indices.unused_name("rules"), BILLS, MAPPING)


@pytest.fixture
def validate(run, engine):
    def validate(index: str, *rules: str, derived: tuple[str, ...] = ("expires_at",), more: tuple = ()):
        given = [word for field in derived for word in ("--derived", field)]
        given += [word for rule in rules for word in ("--rule", rule)]
        return run("validate", "--json", "--es-url", engine.url, "--index", index, "--timeout", "30s", *given, *more)
    return validate


def broken(result) -> dict:
    return json.loads(result.succeeded())["rules"]


class TestFieldsThatAreNotMapped:
    def test_a_field_of_the_backfill_breaks_nothing_before_the_first_run(self, validate, index):
        result = validate(index, "paid_at > now", "dates >= 2000-01-01", derived=("paid_at",))
        assert result.code == 0
        report = json.loads(result.stdout)
        assert report["rules"] == {"paid_at > now": 0, "dates >= 2000-01-01": 1} and report["verdict"] == "CHECK"
        assert result.stderr.count("\n") == 1 and "has paid_at, so no rule about it can be broken yet" in result.stderr

    def test_a_comparison_of_two_fields_of_the_backfill_breaks_nothing_before_the_first_run(self, validate, index):
        """Also where the engine has no scripts: there is nothing to run."""
        result = validate(index, "paid_at > dates", derived=("paid_at",))
        assert (result.code, json.loads(result.stdout)["rules"]) == (0, {"paid_at > dates": 0})

    def test_any_other_field_that_is_mapped_nowhere_is_refused(self, validate, index):
        validate(index, "dates >= 2000-01-01", "dates > creatd").failed(
            3, 'rule "dates > creatd": creatd is not mapped', "doctor")

    def test_also_when_the_field_itself_is_mapped_nowhere(self, validate, index):
        validate(index, "paid_at > creatd", derived=("paid_at",)).failed(3, "creatd is not mapped")


class TestFieldsThatNoRuleCanJudge:
    @pytest.mark.parametrize("field, rule, why", [
        ("body", 'body == "a bill"', "body is text"),
        ("lines.price", "lines.price > 0", "lines.price is in lines, which is nested"),
        ("lines", "lines > 0", "lines is nested"),
        ("sender", 'sender == "a"', "sender is object"),
    ])
    def test_fields_of_unsuitable_types_are_refused(self, validate, index, field, rule, why):
        validate(index, rule, derived=(field,)).failed(3, json.dumps(rule)[1:-1].replace('\\"', '"'), why)

    @pytest.mark.engines("es7", "es8", "es9", "os2", "os3")  # of x-pack in Elasticsearch
    def test_a_rule_on_a_flattened_field(self, validate, engine, indices):
        kind = "flat_object" if engine.name.startswith("os") else "flattened"
        mapping = {"properties": MAPPING["properties"] | {"labels": {"type": kind}}}
        document = BILLS[0] | {"labels": {"team": "a"}}
        index = engine.load(indices.unused_name("rules"), [document], mapping)
        validate(index, 'labels.team == "a"', derived=("labels.team",)).failed(
            3, "rule", f"labels.team is in labels, which is {kind}")
        validate(index, 'labels == "a"', derived=("labels",)).failed(3, "rule", f"labels is {kind}")

    def test_a_keyword_beside_a_text_can_be_judged(self, validate, index):
        rule = 'body.keyword == "an offer"'
        assert broken(validate(index, rule, derived=("body.keyword",))) == {rule: 1}

    @pytest.mark.parametrize("rule, why", [
        ("state > 5", "state is of type keyword, but is compared with a number"),
        ("state > now", "state is of type keyword, but is compared with a date"),
        ('amount == "5"', "amount is of type long, but is compared with text"),
        ("expires_at == true", "expires_at is of type date, but is compared with true or false"),
        ("expires_at < state", "expires_at is date, and state is keyword"),
    ])
    def test_a_literal_of_another_kind(self, validate, index, rule, why):
        validate(index, rule, derived=("expires_at", "state", "amount")).failed(3, "rule", why)


class TestSeveralIndices:
    @pytest.fixture
    def pair(self, engine, indices, index):
        """Beside the first index, one with another mapping and these documents."""
        def pair(properties: dict, *documents: dict) -> str:
            mapping = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "date"}} | properties}
            other = engine.load(indices.unused_name("rules"), [{"category": "bills"} | each for each in documents], mapping)
            return f"{index},{other}"
        return pair

    def test_an_index_that_lacks_a_field(self, validate, pair):
        both = pair({}, {"dates": "2025-10-10"}, {"dates": "1970-01-01"})
        assert broken(validate(both, "expires_at < 2025-10-11", "dates > 2000-01-01")) == {
            "expires_at < 2025-10-11": 2, "dates > 2000-01-01": 2}

    @SCRIPTS
    def test_a_script_does_not_ask_an_index_that_lacks_a_field(self, validate, pair):
        both = pair({}, {"dates": "2025-10-10"})
        assert broken(validate(both, "max(dates) < expires_at")) == {"max(dates) < expires_at": 1}

    def test_types_of_one_kind(self, validate, pair):
        both = pair({"amount": {"type": "byte"}}, {"amount": 100}, {"amount": -5})
        assert broken(validate(both, "amount >= 0", "amount <= 1000", "amount in [5,100]", derived=("amount",))) == {
            "amount >= 0": 2, "amount <= 1000": 0, "amount in [5,100]": 2}

    def test_dates_with_nanoseconds(self, validate, pair):
        both = pair({"expires_at": {"type": "date_nanos"}}, {"expires_at": "2025-10-11T00:00:00.000000001Z"})
        assert broken(validate(both, "expires_at > 1970-01-01", "expires_at >= 2025-10-12")) == {
            "expires_at > 1970-01-01": 0, "expires_at >= 2025-10-12": 3}

    def test_a_date_that_only_one_of_the_types_has(self, validate, pair):
        """Those with nanoseconds begin in 1970. The engine refuses the index, whose documents must not be left out."""
        both = pair({"expires_at": {"type": "date_nanos"}}, {"expires_at": "2025-10-11"})
        validate(both, "expires_at > 1900-01-01").failed(3, 'rule "expires_at > 1900-01-01"', "before the epoch")

    def test_types_of_different_kinds(self, validate, pair):
        both = pair({"expires_at": {"type": "keyword"}}, {"expires_at": "2025-10-11"})
        validate(both, "expires_at > 2000-01-01").failed(
            3, 'rule "expires_at > 2000-01-01": expires_at is date and keyword in different indices')


class TestWhatAnIndexDoesNotKeep:
    @staticmethod
    def load(engine, indices, **parameters: bool) -> str:
        mapping = {"properties": MAPPING["properties"] | {"amount": {"type": "long"} | parameters}}
        return engine.load(indices.unused_name("rules"), BILLS, mapping)

    def test_a_field_without_doc_values(self, validate, engine, indices):
        index = self.load(engine, indices, doc_values=False)
        assert broken(validate(index, "amount >= 0", derived=("amount",))) == {"amount >= 0": 1}

    @SCRIPTS
    def test_a_script_without_doc_values(self, validate, engine, indices):
        index = self.load(engine, indices, doc_values=False)
        validate(index, "amount >= 0", "amount < dates", derived=("amount",)).failed(3, 'rule "amount < dates"')

    def test_a_field_that_is_not_indexed(self, validate, engine, indices):
        """Some versions search the doc values then, and others refuse."""
        index = self.load(engine, indices, index=False)
        result = validate(index, "dates > 1950-01-01", "amount >= 0", derived=("amount",))
        if result.code == 0:
            assert broken(result)["amount >= 0"] == 1
        else:
            result.failed(3, 'rule "amount >= 0"', "amount")

    def test_neither_indexed_nor_with_doc_values(self, validate, engine, indices):
        """`exists` never finds such a field, nor can a rule."""
        index = self.load(engine, indices, index=False, doc_values=False)
        validate(index, "dates > 1950-01-01", "amount >= 0", derived=("amount",)).failed(3, 'rule "amount >= 0"', "amount")


class TestScripts:
    @SCRIPTS
    def test_a_comparison_of_two_fields(self, validate, index):
        assert broken(validate(index, "max(dates) < expires_at", "min(dates) < expires_at", "amount < dates",
                               derived=("expires_at", "amount"))) == {
            "max(dates) < expires_at": 1, "min(dates) < expires_at": 0, "amount < dates": 0}

    @NO_SCRIPTS
    def test_a_rule_that_needs_painless_where_there_is_none(self, validate, index):
        validate(index, "dates > 1950-01-01", "max(dates) < expires_at").failed(3, 'rule "max(dates) < expires_at"')

    @NO_SCRIPTS
    def test_other_backfills_are_measured_without_painless(self, run, engine, index):
        entry = {"index": index, "field": "dates", "derived": ["expires_at"]}
        dump(run.home / "f.yaml", {"settings": {"es-url": engine.url}, "backfills": [
            entry | {"name": "first", "rules": ["dates < 2000-01-01"]},
            entry | {"name": "scripted", "rules": ["max(dates) < expires_at"]},
            entry | {"name": "last"}]})
        result = run("validate", "--json", "--config", "f.yaml")
        assert result.code == 3
        assert [json.loads(line)["backfill"] for line in result.stdout.splitlines()] == ["first", "last"]
        assert json.loads(result.stdout.splitlines()[0])["rules"] == {"dates < 2000-01-01": 2}
        assert result.stderr.count("\n") == 1 and 'rule "max(dates) < expires_at"' in result.stderr


@pytest.fixture
def cheap_queries_only(cluster_setting):
    with cluster_setting("search.allow_expensive_queries", False):
        yield


class TestExpensiveQueries:
    """What the engine may be told not to answer. Other tests on it that need such queries would fail meanwhile."""

    def test_a_range_of_keywords(self, run, engine, index, cheap_queries_only):
        entry = {"index": index, "field": "dates", "derived": ["state"]}
        dump(run.home / "f.yaml", {"settings": {"es-url": engine.url}, "backfills": [
            entry | {"name": "texts", "rules": ["dates > 1950-01-01", 'state >= "open"']},
            entry | {"name": "dates", "rules": ["dates > 2000-01-01"]}]})
        result = run("validate", "--json", "--config", "f.yaml")
        assert result.code == 3
        assert [json.loads(line)["rules"] for line in result.stdout.splitlines()] == [{"dates > 2000-01-01": 1}]
        assert result.stderr.count("\n") == 1 and 'rule "state >= "open""' in result.stderr

    def test_other_rules_are_judged(self, validate, index, cheap_queries_only):
        assert broken(validate(index, "dates > 2000-01-01", "amount >= 0", derived=("amount",))) == {
            "dates > 2000-01-01": 1, "amount >= 0": 1}


class TestLiterals:
    def test_a_day_is_its_first_instant(self, validate, index):
        assert broken(validate(index, "expires_at <= 2025-10-11", "expires_at < 2025-10-11", "expires_at == 2025-10-11",
                               "expires_at > 2025-10-11")) == {
            "expires_at <= 2025-10-11": 0, "expires_at < 2025-10-11": 2, "expires_at == 2025-10-11": 0,
            "expires_at > 2025-10-11": 2}

    def test_booleans_and_texts(self, validate, index, engine):
        engine.add(index, [{"category": "bills", "paid": True, "state": "é"}, {"category": "bills", "paid": [True, False]}])
        assert broken(validate(index, "paid == true", "paid != false", 'state in ["open","é"]', 'state < "z"',
                               derived=("paid", "state"))) == {
            "paid == true": 1, "paid != false": 1, 'state in ["open","é"]': 1, 'state < "z"': 1}

    def test_milliseconds_and_fractions(self, validate, index):
        assert broken(validate(index, "expires_at >= 1760140800000", "amount > -0.5", "amount <= 1e300",
                               derived=("expires_at", "amount"))) == {
            "expires_at >= 1760140800000": 0, "amount > -0.5": 1, "amount <= 1e300": 0}

    def test_many_rules_are_one_measurement(self, validate, index):
        rules = [f"amount != {number}" for number in range(100)]
        assert broken(validate(index, *rules, derived=("amount",))) == {rule: int(rule == "amount != 5") for rule in rules}


def test_emitted_documents_have_the_rules(run, engine, index, indices):
    health = indices.unused_name()
    given = ("--es-url", engine.url, "--health-index", health, "--rule", "dates > 2000-01-01")
    run("create-index", *given).succeeded()
    run("emit", "--index", index, *given).succeeded()
    document, = engine.documents(health)
    assert document["broken"] == 1 and document["rules"] == {"dates > 2000-01-01": 1}
