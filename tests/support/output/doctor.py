"""What `doctor` found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from support.program import Program

LEVELS = ("ok", "warning", "problem")


@dataclass(frozen=True)
class Checkup:
    code: int
    checks: list[dict]

    def of(self, check: str) -> list[tuple[str, str]]:
        """Level and text of each finding of this check."""
        return [(one["level"], f'{one["message"]}; {one["hint"]}') for one in self.checks if one["check"] == check]

    def has(self, check: str, level: str, *words: str) -> None:
        found = self.of(check)
        assert any(is_level == level and all(word in text for word in words) for is_level, text in found), self

    def bad(self) -> set[str]:
        """The checks that found a problem."""
        return {one["check"] for one in self.checks if one["level"] == "problem"}


def doctor(run: Program, *arguments: object, env: Mapping[str, str] | None = None) -> Checkup:
    result = run("doctor", "--json", *arguments, env=env)
    assert result.stderr == "", result
    assert result.stdout.count(b"\n") == 1, result
    report = json.loads(result.stdout)
    counts = [sum(one["level"] == level for one in report["checks"]) for level in LEVELS]
    assert counts == [report["ok"], report["warnings"], report["problems"]], report
    assert result.code == 3 or result.code == (1 if report["problems"] else 0), result
    return Checkup(result.code, report["checks"])
