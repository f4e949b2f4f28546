"""Rules count the same documents on an engine and on a folder: random rules on random documents.

A failure prints its seed; RULES_SEED=<seed> runs that one alone.
"""

import datetime
import json
import os
import random

import pytest

DOCUMENTS = 150
RULES = 60
SEEDS = [int(os.environ["RULES_SEED"])] if "RULES_SEED" in os.environ else [
    random.SystemRandom().randrange(10**9) for _ in range(3)
]
MAPPING = {"properties": {
    "dates": {"type": "date"}, "expires_at": {"type": "date"}, "created": {"type": "date"},
    "amount": {"type": "long"}, "price": {"type": "double"}, "paid": {"type": "boolean"}, "sent": {"type": "boolean"},
    "state": {"type": "keyword"}, "tag": {"type": "keyword"}, "category": {"type": "keyword"},
    "count": {"type": "long"}, "share": {"type": "double"}, "flag": {"type": "boolean"}, "code": {"type": "keyword"},
}}
# Their values are of other JSON types as well. What two such values of different fields are, only a mapping knows.
MIXED = {"count": "long", "share": "double", "flag": "boolean", "code": "text"}
KINDS = {"dates": "date", "expires_at": "date", "created": "date", "amount": "long", "price": "double",
         "paid": "boolean", "sent": "boolean", "state": "text", "tag": "text", **MIXED}
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
TEXTS = ["", "a", "A", "ab", "b", "é", "日本", "😀", "\uffee", "zz", "open", "10", "9"]
DAYS = [datetime.datetime(2025, month, 1, tzinfo=datetime.timezone.utc) for month in (1, 2, 3, 10)]


class Source:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def date(self):
        day = self.random.choice(DAYS) + datetime.timedelta(milliseconds=self.random.choice([0, 0, 0, 1, 999, -1]))
        form = self.random.randrange(5)
        if form == 0:
            return day.strftime("%Y-%m-%d")
        if form == 1:
            return round(day.timestamp() * 1000)
        if form == 2:
            shifted = day.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
            return shifted.isoformat(timespec="milliseconds")
        if form == 3:
            return str(round(day.timestamp() * 1000))
        return day.strftime("%Y-%m-%dT%H:%M:%S.") + f"{day.microsecond // 1000:03}Z"

    def value(self, kind: str, mixed: bool):
        if mixed and self.random.random() < 0.4:
            return self.random.choice({"long": ["2", "10"], "double": ["2.5", "-1e3"], "boolean": ["true", "false", ""],
                                       "text": [10, -7, True, False]}[kind])
        if kind == "date":
            return self.date()
        if kind == "long":
            return self.random.choice([-3, 0, 1, 2, 10, 2**53, 2**53 + 1, 2**63 - 1, -2**63])
        if kind == "double":
            return self.random.choice([-2.5, 0.0, 1, 2, 2.5, 10, 1e300, 9007199254740992])
        if kind == "boolean":
            return self.random.choice([True, False])
        return self.random.choice(TEXTS)

    def field(self, kind: str, mixed: bool):
        form = self.random.randrange(10)
        if form == 0:
            return self.random.choice([None, [], [None]])
        if form < 4:
            return [self.value(kind, mixed) for _ in range(self.random.randrange(1, 4))] + [None] * self.random.randrange(2)
        return self.value(kind, mixed)

    def document(self) -> dict:
        out = {"category": self.random.choice(["bills"] * 4 + ["others"])}
        for name, kind in KINDS.items():
            if self.random.random() < 0.8:
                out[name] = self.field(kind, name in MIXED)
        return out

    def literal(self, kind: str) -> str:
        if kind == "date":
            return self.random.choice(["2025-01-01", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00.001Z", "now", "now-30d",
                                       "2025-10-01T05:30:00+05:30", "now-1000M", str(1738368000000)])
        if kind in ("long", "double"):
            return self.random.choice(["0", "1", "2", "2.5", "-3", "10", "9007199254740993", "9007199254740992", "1e19",
                                       "9223372036854775807", "-9223372036854775808", "-1e19", "1e300"])
        if kind == "boolean":
            return self.random.choice(["true", "false"])
        return json.dumps(self.random.choice(TEXTS), ensure_ascii=self.random.random() < 0.5)

    def operand(self, name: str) -> str:
        return self.random.choice([name, name, f"max({name})", f"min({name})"])

    def rule(self, scripts: bool) -> str:
        name = self.random.choice(list(KINDS))
        kind = KINDS[name]
        form = self.random.randrange(4 if scripts and name not in MIXED else 3)
        if form == 3:
            numeric = ("long", "double")
            fits = [other for other, its in KINDS.items() if other not in MIXED
                    if its == kind or (its in numeric and kind in numeric)]
            return f"{self.operand(name)} {self.random.choice(COMPARISONS)} {self.operand(self.random.choice(fits))}"
        if form == 0:
            literals = {self.literal(kind) for _ in range(self.random.randrange(1, 4))}
            return f"{name} in [{', '.join(sorted(literals))}]"
        return f"{self.operand(name)} {self.random.choice(COMPARISONS)} {self.literal(kind)}"


def broken(run, url: str, index: str, rules: list[str]) -> dict:
    options = [option for rule in rules for option in ("--rule", rule)]
    derived = [option for name in KINDS if name != "dates" for option in ("--derived", name)]
    done = run("validate", "--json", "--es-url", url, "--index", index, "--timeout", "60s", *derived, *options)
    assert done.code == 0, done
    return json.loads(done.stdout)["rules"]


@pytest.mark.parametrize("round", range(len(SEEDS)))
def test_the_same_documents_break_a_rule(run, engine, indices, files, round):
    seed = SEEDS[round]
    source = Source(seed)
    lines = [json.dumps(source.document(), ensure_ascii=False) for _ in range(DOCUMENTS)]
    index = indices.unused_name()
    engine.create(index, MAPPING)
    engine.bulk(index, "".join(f'{{"index":{{}}}}\n{line}\n' for line in lines))
    files.path(index).write_text("".join(line + "\n" for line in lines))
    scripts = engine.name in {"es710", "os2", "os3"}  # the others of the tests have no Painless
    rules = sorted({source.rule(scripts) for _ in range(RULES)})
    rules = [rule for number, rule in enumerate(rules) if rule.replace(", ", ",") not in
             {other.replace(", ", ",") for other in rules[:number]}]
    on_engine = broken(run, engine.url, index, rules)
    on_folder = broken(run, files.url, index, rules)
    different = {rule: (on_engine[rule], on_folder[rule]) for rule in on_engine if on_engine[rule] != on_folder[rule]}
    assert different == {}, f"seed {seed}"
    assert any(on_engine.values())
