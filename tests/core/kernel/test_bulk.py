"""Bulks of rows: numbered from 1, of one type, within limits, with a digest over each row."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import ClassVar

import pytest
from attrs import evolve, frozen

from indelible.kernel import UsageError
from indelible.kernel import bulk as bulk_module
from indelible.kernel.bulk import Bulk, BulkDigest, BulkMisnumbered, BulkRecord, BulkTooLarge
from indelible.kernel.values import NumberOutOfRange

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class Line(BulkRecord):
    record_name: ClassVar[str] = "lines"

    name: str
    at: datetime = NOW


def lines(*numbers: int) -> list[Line]:
    return [Line(number=number, name=f"é {number}") for number in numbers]


def test_the_digest_covers_the_canonical_text_of_each_row_in_order() -> None:
    bulk = Bulk.of(Line, lines(1, 2))
    expected = (
        '{"at":"2026-01-01T00:00:00.000000+00:00","name":"é 1","number":1}\n'
        '{"at":"2026-01-01T00:00:00.000000+00:00","name":"é 2","number":2}\n'
    )

    assert "".join(f"{text}\n" for text in bulk.texts) == expected
    assert bulk.summary() == {"count": 2, "digest": sha256(expected.encode()).hexdigest()}


def test_the_digest_can_be_computed_a_row_at_a_time() -> None:
    bulk = Bulk.of(Line, lines(1, 2, 3))
    content = BulkDigest()
    for text in bulk.texts:
        content.add(text)

    assert content.summary() == bulk.summary()


def test_a_row_that_differs_changes_the_digest() -> None:
    first, second = lines(1, 2)
    bulk = Bulk.of(Line, [first, second])
    changed = Bulk.of(Line, [first, evolve(second, name="é 3")])
    shorter = Bulk.of(Line, [first])

    assert len({bulk.digest, changed.digest, shorter.digest}) == 3


def test_a_bulk_may_have_no_rows() -> None:
    assert Bulk.of(Line).summary() == {"count": 0, "digest": sha256().hexdigest()}


@pytest.mark.parametrize("numbers", [(2,), (1, 1), (1, 3), (2, 1)])
def test_rows_that_are_not_numbered_from_one_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(BulkMisnumbered, match="lines must be numbered from 1 without gaps"):
        Bulk.of(Line, lines(*numbers))


def test_a_row_without_a_positive_number_is_refused() -> None:
    with pytest.raises(NumberOutOfRange):
        lines(0)


def test_rows_of_another_type_are_refused() -> None:
    @frozen(kw_only=True)
    class Other(Line):
        pass

    with pytest.raises(UsageError, match="a bulk of Line has a row of type Other"):
        Bulk.of(Line, [Other(number=1, name="x")])


@pytest.mark.parametrize("limit", ["MAX_BULK_ROWS", "MAX_BULK_CHARACTERS"])
def test_too_many_rows_and_too_much_text_are_refused(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, limit, 1)

    with pytest.raises(BulkTooLarge, match="The lines of one change are too many"):
        Bulk.of(Line, lines(1, 2))
