"""A dose of generated requests reports what it lacks, and enough of its requests succeed."""

from collections import Counter
from collections.abc import Callable

import pytest
from tests.doses.fuzz.dose import Tally, Wanted, generate, shortcomings, table

pytestmark = pytest.mark.slow

SEED = 7
WANTED = Wanted(requests=4, of_each=2, share=0.5)
READ = ("GET", "/v1/concepts")
WRITE = ("POST", "/v1/concepts")


def tally(*, read: dict[int, int], write: dict[int, int], wrong: tuple[str, ...] = ()) -> Tally:
    return Tally({READ: Counter(read), WRITE: Counter(write)}, list(wrong))


@pytest.mark.parametrize(
    ("dose", "shortages"),
    [
        (tally(read={200: 2}, write={201: 1, 422: 1}), []),
        (tally(read={200: 1, 304: 1}, write={422: 2}), []),
        (tally(read={200: 3}, write={201: 1}), ["POST /v1/concepts: 1 requests of 2"]),
        (
            tally(read={200: 1}, write={201: 1}),
            [
                "GET /v1/concepts: 1 requests of 2",
                "POST /v1/concepts: 1 requests of 2",
                "2 requests of 4",
            ],
        ),
        (tally(read={200: 1, 404: 1}, write={422: 2}), ["25.0% successful of 50%"]),
        (tally(read={200: 2, 500: 1}, write={201: 2}), ["GET /v1/concepts: a status 500"]),
        (tally(read={200: 2, 0: 1}, write={201: 2}), ["GET /v1/concepts: a status 0"]),
        (tally(read={200: 2}, write={201: 2}, wrong=("no schema", "no schema")), ["no schema"]),
    ],
)
def test_a_missing_share_of_a_dose_is_reported(dose: Tally, shortages: list[str]) -> None:
    assert shortcomings(dose, WANTED) == shortages


def test_health_requests_do_not_count_as_documented_successes() -> None:
    dose = tally(read={404: 2}, write={422: 2})
    dose.statuses["GET", "/health"] = Counter({200: 100})

    assert dose.share() == 0


def test_the_halves_of_a_dose_add_up() -> None:
    assert Wanted(requests=3, of_each=201).half() == Wanted(requests=2, of_each=101)


def test_every_generated_request_of_a_dose_gets_a_documented_answer(
    sqlite_url: str, add_summary_line: Callable[[str], None]
) -> None:
    # So few requests vary in their share of successes; the dose of `nox -s fuzz` must reach 30 %.
    wanted = Wanted(requests=8, of_each=5, is_covering=False, share=0.25)
    dose = generate("SQLite", sqlite_url, SEED, wanted)
    add_summary_line(f"generated requests: {table(dose)[-1]}")

    assert shortcomings(dose, wanted) == []
    assert {path for _, path in dose.statuses} >= {
        "/v1/concepts/{concept_id}/status",
        "/health",
        "/metrics",
    }
