"""What `validate` prints."""

import re

from support.program import TIMESTAMP


def report_text(index: str, missing: int, with_dates: int, with_expires_at: int, verdict: str) -> str:
    """The report as a pattern, its time being any."""
    lines = (
        f"Index: {index}\n"
        f"Missing dates[] (bills): {missing}\n"
        f"Bills with dates[]:      {with_dates}\n"
        f"Bills with expires_at:   {with_expires_at}\n"
        f"Verdict: {verdict}  @ "
    )
    return re.escape(lines) + TIMESTAMP + "\n"
