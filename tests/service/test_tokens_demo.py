"""The demonstration of tokens: detection reads a simulated chain through a reorg."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.service.commands import error_code

from indelible_service.cli import main
from indelible_service.demos.tokens import (
    LAST_BLOCKS,
    REPLACED_TOKEN,
    ChainNotRead,
    demo_settings,
    tokens_demo,
)
from indelible_service.instance.record import claimed_directory
from indelible_service.settings.service import load


def demo() -> Result:
    return CliRunner().invoke(main, ("demo", "tokens", "--json"), catch_exceptions=False)


def steps_of(result: Result) -> dict[str, list[list[Any]]]:
    """Return the rows of each step of a demonstration that has succeeded, by its text."""
    assert result.exit_code == 0, result.output
    return {step["text"]: step["rows"] for step in json.loads(result.stdout)}


@pytest.mark.slow
def test_tokens_are_detected_through_a_reorg_and_a_second_run_changes_nothing() -> None:
    first = steps_of(demo())
    second = steps_of(demo())
    found = first["The tokens:"]
    history = f"The history of token {REPLACED_TOKEN}:"

    assert [(row[0], row[1]) for row in found] == [(number, "detected") for number in range(1, 7)]
    assert found[REPLACED_TOKEN - 1][2] == LAST_BLOCKS[0][0][1]  # the wallet after the reorg
    assert [row[1] for row in first[history]] == ["detect", "fail", "retry"]
    assert any("MINT_ORPHANED" in text for text in first)
    assert any("not part of it yet" in text for text in first)
    assert (second["The tokens:"], second[history]) == (found, first[history])
    assert not Path("indelible-data/indelible.db").exists()  # of an instance


@pytest.mark.slow
def test_a_demonstration_that_was_interrupted_is_continued() -> None:
    steps = tokens_demo(demo_settings(load()))
    interrupted = [next(steps).text for _ in range(4)]
    steps.close()
    continued = steps_of(demo())

    assert "MINT_ORPHANED" in interrupted[-1]
    assert len(continued["The tokens:"]) == 6


def test_a_demonstration_beside_another_one_is_refused() -> None:
    with claimed_directory(demo_settings(load())):
        assert error_code("demo", "tokens", exit_code=3) == "ALREADY_RUNNING"


def test_without_the_reader_of_chains_the_command_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in [name for name in sys.modules if name.startswith("indelible_evm.simulator")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "indelible_evm", None)

    assert error_code("demo", "tokens", exit_code=3) == "DISTRIBUTION_MISSING"


@pytest.mark.slow
def test_a_chain_that_is_not_read_ends_the_demonstration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("indelible_service.demos.tokens.MAX_WAIT_SECONDS", 0)

    with pytest.raises(ChainNotRead, match="did not reach block 6"):
        list(tokens_demo(demo_settings(load())))
