"""The smallest dose of each part of the benchmark runs, does its work, and returns figures."""

from collections.abc import Generator

import pytest
from tests import testbed as beds
from tests.doses.bench.parts import PARTS
from tests.doses.bench.rounds import SMALL


@pytest.fixture(scope="module")
def bed() -> Generator[beds.Testbed]:
    with beds.testbed() as testbed:
        yield testbed


@pytest.mark.parametrize("part", PARTS)
def test_the_smallest_dose_of_a_part_returns_figures(part: str, bed: beds.Testbed) -> None:
    tables = tuple(PARTS[part](bed, SMALL))

    assert tables
    for table in tables:
        assert table.rows
        for row, _ in table.compared():
            assert min(row.values) > 0
