"""Documents in which every number of a snapshot is a different one."""


def bill(dates: object = None, expires_at: object = None, category: object = "bills") -> dict:
    given = {"category": category, "dates": dates, "expires_at": expires_at}
    return {key: value for key, value in given.items() if value is not None}


def emails(missing: int = 2, with_dates: int = 20, with_expires_at: int = 18) -> list[dict]:
    dated = [bill(["2025-10-01"]) for _ in range(with_dates - with_expires_at)]
    expiring = [bill(["2025-10-01"], "2025-10-31") for _ in range(with_expires_at)]
    # Neither these nor their dates may be counted.
    others = [bill(["2025-10-01"], "2025-10-31", "offers"), {"dates": ["2025-10-01"]}, bill(category="Bills")]
    return [bill() for _ in range(missing)] + dated + expiring + others


MIDWAY = emails()
DONE = emails(missing=0, with_dates=1243, with_expires_at=1243)
EMPTY_POPULATION = emails(missing=0, with_dates=0, with_expires_at=0)
