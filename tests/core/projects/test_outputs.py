"""Outputs of jobs and the other values have limits."""

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.core.projects.builders import LATER, Value, running_job

from indelible.kernel import Invalid
from indelible.projects import JobResult, LogEntry, LogLevel, Repository
from indelible.projects.entities.jobs import LOG_FULL, WARNINGS_FULL
from indelible.projects.entities.values import (
    MAX_JOB_OUTPUTS,
    MAX_JOB_WARNINGS,
    MAX_WARNINGS_PER_OUTPUT,
    TRUNCATED,
    OutputBatch,
    clean_message,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import line


def test_the_last_output_with_lines_says_that_the_log_is_full() -> None:
    batch = OutputBatch(logs=(line("a line"),), warnings=("a warning",) * MAX_WARNINGS_PER_OUTPUT)
    before = evolve(running_job(), output_number=MAX_JOB_OUTPUTS - 2)
    last = evolve(before, output_number=MAX_JOB_OUTPUTS - 1)
    full = evolve(before, output_number=MAX_JOB_OUTPUTS)

    assert before.accepted(batch) == batch
    assert last.accepted(batch).logs == batch.logs
    assert last.accepted(batch).warnings == (*batch.warnings[1:], LOG_FULL)
    assert full.accepted(batch) == OutputBatch(warnings=batch.warnings)
    assert full.accepted(OutputBatch(logs=batch.logs)).is_empty


@pytest.mark.parametrize(
    ("stored", "added", "expected"),
    [
        (MAX_JOB_WARNINGS - 3, 2, ("a", "b")),
        (MAX_JOB_WARNINGS - 2, 2, ("a", WARNINGS_FULL)),
        (MAX_JOB_WARNINGS - 1, 2, (WARNINGS_FULL,)),
        (MAX_JOB_WARNINGS, 2, ()),
        (MAX_JOB_WARNINGS, 0, ()),
    ],
)
def test_the_last_warning_says_that_there_are_more(
    stored: int, added: int, expected: tuple[str, ...]
) -> None:
    job = evolve(running_job(), warning_count=stored)

    assert job.accepted(OutputBatch(warnings=("a", "b")[:added])).warnings == expected


@pytest.mark.parametrize("message", ["", "a line", "\x07", "x" * 4_000, "ü" * 4_000])
def test_a_message_that_can_be_stored_is_stored_as_it_is(message: str) -> None:
    assert clean_message(message) == message


@pytest.mark.parametrize("message", ["\0" * 9_000, "\ud800", "x" * 4_001, "\0" + "ü" * 4_000])
def test_a_cleaned_message_stays_as_it_is(message: str) -> None:
    cleaned = clean_message(message)

    assert cleaned != message
    assert clean_message(cleaned) == cleaned
    assert line(message).message == cleaned
    assert cleaned.endswith(TRUNCATED) == (len(message) > 4_000)


@pytest.mark.parametrize(
    "url", ["https://git.example/a/@b", "https://git.example?q=a@b", "/srv/a@b.git", "local:shop"]
)
def test_an_at_sign_behind_the_host_is_no_user(url: str) -> None:
    assert Repository(host="local", repository_id="17", name="a", url=url).url == url


@pytest.mark.parametrize("url", ["https://x:ghp_1@git.example/a", "HTTPS://ghp_1@git.example/a"])
def test_an_address_with_credentials_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Repository(host="local", repository_id="17", name="a", url=url)

    assert refused.value.code == "ADDRESS_HAS_CREDENTIALS"
    assert refused.value.detail == {"field": "url"}


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (Repository, {"host": "a b"}, "TEXT_HAS_CONTROLS"),
        (Repository, {"repository_id": 17}, "WRONG_TYPE"),
        (Repository, {"url": ""}, "TEXT_BLANK"),
        (Repository, {"url": 7}, "WRONG_TYPE"),
        (Repository, {"branch": " "}, "TEXT_BLANK"),
        (JobResult, {"commit": ""}, "TEXT_BLANK"),
        (JobResult, {"files": ["a"] * 10_001}, "LIST_TOO_LONG"),
        (JobResult, {"files": [1]}, "WRONG_TYPE"),
        (JobResult, {"push_skipped": 1}, "WRONG_TYPE"),
        (LogEntry, {"level": "info"}, "WRONG_TYPE"),
        (LogEntry, {"ts": LATER.replace(tzinfo=None)}, "INSTANT_OUT_OF_RANGE"),
        (LogEntry, {"message": 7}, "WRONG_TYPE"),
        (OutputBatch, {"logs": {}}, "WRONG_TYPE"),
        (OutputBatch, {"warnings": (7,)}, "WRONG_TYPE"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    kind: Callable[..., object], fields: dict[str, Value], expected: str
) -> None:
    right: dict[object, dict[str, Value]] = {
        Repository: {"host": "local", "repository_id": "17", "name": "a", "url": "local:a"},
        LogEntry: {"ts": LATER, "level": LogLevel.INFO, "message": "a line"},
    }
    values = {**right.get(kind, {}), **fields}

    assert code(lambda: kind(**values)) == expected
