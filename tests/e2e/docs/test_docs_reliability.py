"""What docs/reliability.md names as proof is there."""

import re

import pytest

from support.output.documents import prose
from support.program import REASONS, ROOT

DOCUMENT = prose(ROOT / "docs/reliability.md")
SPANS = re.findall(r"`([^`\n]+)`", DOCUMENT)
TESTS = [span for span in SPANS if re.match(r"tests/.*\.py", span)]
QUOTATIONS = [span for span in SPANS if re.match(r"(tests|libhealth)/\S+: ", span)]


@pytest.mark.parametrize("named", sorted(set(TESTS)))
def test_the_tests_exist(named):
    path, *names = named.split("::")
    text = (ROOT / path).read_text()
    for name in names:
        assert re.search(rf"^ *(class|def) {name}\b", text, re.M), name


@pytest.mark.parametrize("quotation", sorted(set(QUOTATIONS)))
def test_what_is_quoted_is_there(quotation):
    path, words = quotation.split(": ", 1)
    assert words in (ROOT / path).read_text()


@pytest.mark.parametrize("heading", ["No false number", "It ends in time", "Nothing is lost", "Secrets stay secret", "A robust server"])
def test_each_promise_has_a_test(heading):
    section = re.split(r"^##+ ", DOCUMENT.partition(f"## {heading}\n")[2], flags=re.M)[0]
    rows = [row.strip("| ").split(" | ") for row in section.splitlines() if row.startswith("| ")][1:]
    assert len(rows) >= 4
    for promise, proof in rows:
        assert any(span in proof for span in TESTS + QUOTATIONS), promise


def test_every_reason_is_explained():
    assert re.findall(r"\| `([a-z_]+)` \| 3 \|$", DOCUMENT, re.M) == REASONS
