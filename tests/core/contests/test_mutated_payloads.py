"""Mutated payloads are applied, or refused with codes; none raises, none half-applies (Show 8)."""

import pytest
from tests.core.contests.mutations import check_mutations

pytestmark = pytest.mark.slow

PAYLOADS = 500


@pytest.mark.parametrize("seed", range(4))
def test_each_mutated_payload_is_applied_or_refused_with_codes(seed: int) -> None:
    seen, problems = check_mutations(seed, PAYLOADS)

    assert problems == []
    assert seen["VALID"] > PAYLOADS // 20
    assert seen["INVALID"] > PAYLOADS // 4
    assert {"MALFORMED_JSON", "MISSING_FIELD", "WRONG_TYPE", "STATUS_CONTRADICTION"} <= set(seen)
