"""Mutated payloads of the provider, and stories whose deliveries are repeated, swapped, dropped."""

from collections.abc import Callable
from typing import Final

from tests.core.contests.deliveries import check_variants
from tests.core.contests.generated import check_contest
from tests.core.contests.mutations import check_mutations

PAYLOADS: Final = 1_000
STORIES: Final = 50
CONTESTS: Final = 200
FIRST: Final = 1_000_000  # seeds that one seed of the session stands for


def test_each_mutated_payload_is_applied_or_refused_with_codes(
    seed: int, add_summary_line: Callable[[str], None]
) -> None:
    seen, wrong = check_mutations(seed * FIRST, PAYLOADS)

    add_summary_line(f"mutated payloads: {dict(seen)}")
    assert wrong == []
    assert seen["INVALID"] > 0


def test_disturbed_deliveries_lead_to_the_same_standings(seed: int) -> None:
    assert check_variants(range(seed * FIRST, seed * FIRST + STORIES)) == []


def test_generated_contests_are_settled_the_same_way_in_any_order(seed: int) -> None:
    for number in range(CONTESTS):
        check_contest(seed * FIRST + number)
