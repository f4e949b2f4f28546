"""Configuration files for tests."""

import json
import pathlib
import re
from collections.abc import Callable

import yaml

from support.program import ROOT, Program, Result

SCHEMA = ROOT / "docs/config.schema.json"


class CoreSchema(yaml.SafeLoader):
    """Reads text as YAML 1.2 does: NO and on are not truth values, and a date is text."""


CoreSchema.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
                                                                    "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
CoreSchema.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"),
                                 list("tTfF"))


def as_json(text: str) -> object:
    return yaml.load(text, CoreSchema)


def dump(path: pathlib.Path, content: object) -> pathlib.Path:
    """JSON is YAML."""
    path.write_text(json.dumps(content))
    return path


Check = Callable[..., Result]


def checker(run: Program) -> Check:
    """check("settings: …") runs `config` on a file with this text."""
    def check(text: str | bytes, *more: object, **others: object) -> Result:
        path = run.home / "f.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return run("config", "--config", "f.yaml", *more, **others)
    return check
