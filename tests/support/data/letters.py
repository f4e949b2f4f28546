"""Documents for `--by` and `--samples`: values that are missing, several, of several forms, or another population's."""

LETTERS = [
    {"category": "bills", "sender": "a", "received_at": "2025-09-30"},
    {"category": "bills", "sender": "a", "received_at": "2025-10-01T00:00:00Z", "dates": ["2025-10-31"]},
    {"category": "bills", "sender": ["b", "a", "b"], "received_at": ["2025-10-02", "2025-10-30"]},
    {"category": "bills", "sender": "b", "received_at": 1762352551000, "dates": ["2025-12-01"], "expires_at": "2025-12-01"},
    {"category": "bills", "sender": None},
    {"category": "offers", "sender": "c", "received_at": "2025-10-01"},
]
LETTER_MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "date"}, "expires_at": {"type": "date"},
                                 "sender": {"type": "keyword"}, "received_at": {"type": "date"}}}
