"""Answers that are kept for a while, and errors that are logged once a minute."""

from __future__ import annotations

import logging

import pytest

from ckanext.smartcity.visits.complaints import SECONDS, Complaints
from ckanext.smartcity.visits.kept import Kept


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def asked() -> list[int]:
    return []


def test_an_answer_is_kept_for_its_seconds(asked):
    clock = Clock()
    kept = Kept(lambda key: asked.append(key) or key * 2, seconds=60, clock=clock)
    assert (kept(1), kept(1), asked) == (2, 2, [1])
    clock.now = 59.9
    assert (kept(1), asked) == (2, [1])
    clock.now = 60
    assert (kept(1), asked) == (2, [1, 1])


def test_the_oldest_leaves_first(asked):
    kept = Kept(lambda key: asked.append(key) or key, entries=2)
    for key in (1, 2, 3, 3, 2, 1):
        kept(key)
    assert asked == [1, 2, 3, 1]


def test_an_answer_that_failed_is_not_kept(asked):
    def look_up(key: int) -> int:
        asked.append(key)
        if len(asked) == 1:
            raise LookupError
        return key

    kept = Kept(look_up)
    with pytest.raises(LookupError):
        kept(1)
    assert kept(1) == 1


def test_one_line_a_minute(caplog):
    clock = Clock()
    complain = Complaints("It broke", clock)
    for clock.now in (0, 1, SECONDS - 1, SECONDS):
        try:
            raise ValueError("why")
        except ValueError:
            complain()
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert lines == ["It broke (0 more errors since the last line)", "It broke (2 more errors since the last line)"]
    assert "ValueError: why" in caplog.text


def test_an_expected_error_is_one_line_without_traceback(caplog):
    complain = Complaints("It broke", expected=(OSError,))
    try:
        raise ConnectionError("nobody there\n(see https://example.org)")
    except ConnectionError:
        complain()
    assert caplog.records[0].getMessage() == "It broke: nobody there (0 more errors since the last line)"
    assert "Traceback" not in caplog.text
