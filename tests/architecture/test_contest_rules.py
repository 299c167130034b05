"""The engine of contests contains no fact of a tournament, and knows nothing outside its rules."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.architecture.sources import SOURCES

CONTESTS = SOURCES["indelible"] / "contests"
ENGINE = ("scoring", "ranking", "payout", "settlement", "standings")
# Numbers that only a tournament's rules contain: pars, fields after a cut, holes, strokes.
NUMBERS = {36, 44, 50, 54, 65, 70, 71, 72, 90, 140, 144, 147, 210, 216, 280, 288, 401811935}
NAMES = re.compile(
    r"masters|augusta|\bpga\b|\blpga\b|\bliv golf|\bu\.?s\.? ?open\b|open championship|ryder"
    r"|presidents cup|players championship|fedex|pinehurst|pebble|st\.? andrews|bethpage"
    r"|[0-9] and ties\b|ten.shot|10.shot",
    re.IGNORECASE,
)
# Subjects of other parts. An entry's payment reference is data that the engine only hands on.
OUTSIDE = re.compile(
    r"stripe|e?mail|lifecycle|handler|transaction|\btiers?\b|webhook|refund_|\bnow\(|\brandom\b"
    r"|\bfloat\b",
    re.IGNORECASE,
)


def facts_of_tournaments(source: str) -> Iterator[str]:
    """Yield the numbers and names of tournaments in a source, with their lines."""
    tree = ast.parse(source)
    page_sizes = set(page_size_lines(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node.lineno in page_sizes:
            continue
        if type(node.value) is int and node.value in NUMBERS:
            yield f"{node.lineno}: {node.value}"
    for number, line in enumerate(source.splitlines(), start=1):
        for match in NAMES.finditer(line.replace("_", " ")):
            yield f"{number}: {match[0]}"


def page_size_lines(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that define a page size, which is a number of rows."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and "PAGE_SIZE" in ast.unparse(node):
            yield node.lineno


def outside_subjects(source: str) -> Iterator[str]:
    """Yield the words of a source that name a subject outside the engine, with their lines."""
    for number, line in enumerate(source.splitlines(), start=1):
        for match in OUTSIDE.finditer(line):
            yield f"{number}: {match[0]}"


def sources(names: Iterable[str] = ()) -> list[Path]:
    """Return the modules of the engine by name, or all modules of contests."""
    if names:
        return [CONTESTS / "rules" / f"{name}.py" for name in names]

    return sorted(CONTESTS.rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(CONTESTS)))
def test_the_code_contains_no_fact_of_a_tournament(path: Path) -> None:
    assert list(facts_of_tournaments(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("planted", "reported"),
    [
        ("par = 72\n", ["1: 72"]),
        ("CUT = 50  # low 50 and ties\n", ["1: 50", "1: 0 and ties"]),
        ('"""Settle the Masters."""\n', ["1: Masters"]),
        ("def us_open() -> None: ...\n", ["1: us open"]),
        ("\nAUGUSTA_PAR = 4\n", ["2: AUGUSTA"]),
        ("scores = [60, 80, 18, 720]\n", []),
        ("PAGE_SIZE: Final = 50\n", []),
    ],
)
def test_a_planted_fact_is_reported(planted: str, reported: list[str]) -> None:
    assert list(facts_of_tournaments(planted)) == reported


@pytest.mark.parametrize("path", sources(ENGINE), ids=lambda path: path.stem)
def test_the_engine_names_no_subject_outside_its_rules(path: Path) -> None:
    assert list(outside_subjects(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("planted", "reported"),
    [
        ("from indelible.contests import lifecycle\n", ["1: lifecycle"]),
        ("import stripe\n", ["1: stripe"]),
        ("def send_mail() -> None: ...\n", ["1: mail"]),
        ("started = clock.now()\n", ["1: now("]),
        ("payment_ref: str\n", []),
    ],
)
def test_a_planted_subject_is_reported(planted: str, reported: list[str]) -> None:
    assert list(outside_subjects(planted)) == reported
