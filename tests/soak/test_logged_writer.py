"""The bounds between which a true count lies: a check that let everything pass would find nothing."""

import math

from logged_writer import Batch, LoggedWriter, Range


def writer(*batches: Batch) -> LoggedWriter:
    out = LoggedWriter(cluster=None, index="emails", seed=0)
    out._batches = list(batches)
    return out


TEN = Batch(ids=[str(i) for i in range(10)], begun=[100, 200, 300], acknowledged=[110, 210])


def test_what_was_acknowledged_before_the_question_counts():
    truth = writer(TEN).truth(asked=150, answered=151, refresh=1)
    assert truth.holds(10, 0, 0)
    assert not truth.holds(9, 0, 0) and not truth.holds(10, 1, 0) and not truth.holds(0, 10, 0)


def test_what_is_written_meanwhile_may_count():
    truth = writer(TEN).truth(asked=199, answered=201, refresh=1)
    assert (truth.missing, truth.present) == (Range(0, 10), Range(0, 10))
    assert not truth.holds(11, 0, 0)


def test_it_may_be_seen_one_refresh_interval_late():
    assert writer(TEN).truth(asked=210.5, answered=211, refresh=1).holds(10, 0, 0)
    assert not writer(TEN).truth(asked=211.5, answered=212, refresh=1).holds(10, 0, 0)


def test_what_was_never_acknowledged_may_come_at_any_time():
    truth = writer(TEN).truth(asked=math.inf, answered=math.inf, refresh=1)
    assert (truth.missing, truth.present, truth.derived) == (Range(0, 0), Range(10, 10), Range(0, 10))


def test_batches_add_up():
    other = Batch(ids=["a", "b", "c"], begun=[100], acknowledged=[110])
    assert writer(TEN, other).truth(asked=250, answered=251, refresh=1).holds(3, 10, 0)
