"""Give each dose its seeds: `nox -s doses -- FOLDER --seed N --rounds M`."""

from random import Random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the doses; pytest knows them where a folder of doses is an argument."""
    group = parser.getgroup("doses")
    group.addoption("--seed", type=int, default=1, help="of the first round; default 1")
    group.addoption("--rounds", type=int, default=1, help="of each random program; default 1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test of this folder as a dose."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker("dose")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes a seed once for each round: with N, N + 1 and so on."""
    if "seed" in metafunc.fixturenames:
        first = int(metafunc.config.getoption("--seed") or 1)
        rounds = int(metafunc.config.getoption("--rounds") or 1)
        metafunc.parametrize("seed", range(first, first + rounds))


@pytest.fixture
def chance(seed: int) -> Random:
    """Return a source of random numbers that the seed decides."""
    return Random(seed)  # noqa: S311 - no secret
