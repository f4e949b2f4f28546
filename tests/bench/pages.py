"""Pages of metrics: what is on them, so that every server can be given the same."""

import re
from dataclasses import dataclass, field

SAMPLE = re.compile(r"([^\s{]+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


@dataclass
class Family:
    kind: str
    help: str = ""
    samples: list[tuple[str, dict[str, str], float]] = field(default_factory=list)


def unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: ESCAPES.get(found[0], found[0]), text)


def parse(page: str) -> dict[str, Family]:
    families: dict[str, Family] = {}
    helps: dict[str, str] = {}
    for line in page.splitlines():
        if line.startswith("# HELP "):
            name, _, text = line[7:].partition(" ")
            helps[name] = unescaped(text)
        elif line.startswith("# TYPE "):
            name, _, kind = line[7:].partition(" ")
            families[name] = family = Family(kind)
        elif line and not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            named = {key: unescaped(text) for key, text in LABEL.findall(labels or "")}
            family.samples.append((name, named, float(value)))
    for name, family in families.items():
        family.help = helps.get(name, "")
    return families


def shape(page: str) -> dict[str, int]:
    """How many samples each family has, by a name that is the same in both formats."""
    return {re.sub("(_total|_info)$", "", name): len(family.samples) for name, family in parse(page).items()}


def description(page: str) -> list[dict]:
    """The series of a page in the text format, as the peers read them."""
    out = []
    for name, family in parse(page).items():
        described = {"name": name, "type": family.kind, "help": family.help}
        if family.kind == "histogram":
            described |= histogram(name, family)
        else:
            described["series"] = [{"labels": labels, "value": value} for _, labels, value in family.samples]
        out.append(described)
    return out


def histogram(name: str, family: Family) -> dict:
    """Observations that fill the same buckets."""
    buckets: dict[tuple, list[tuple[float, float]]] = {}
    for sample, labels, value in family.samples:
        if sample == f"{name}_bucket":
            others = tuple((key, text) for key, text in labels.items() if key != "le")
            buckets.setdefault(others, []).append((float(labels["le"]), value))
    series, bounds = [], []
    for labels, cumulative in buckets.items():
        bounds = [bound for bound, _ in cumulative[:-1]]
        observations, before = [], 0.0
        for (_, count), observed in zip(cumulative, [*bounds, bounds[-1] + 1], strict=True):
            observations += [observed] * int(count - before)
            before = count
        series.append({"labels": dict(labels), "observations": observations})
    return {"bounds": bounds, "series": series}
