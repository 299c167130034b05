"""Each comment that silences a check says why, on its own line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT
from tests.architecture.suppressions import unexplained

FOLDERS = ("packages", "tests", "stubs", "docs")


def sources() -> Iterator[Path]:
    """Yield every file of Python, and every stub, of the repository."""
    yield ROOT / "noxfile.py"
    for folder in FOLDERS:
        for pattern in ("*.py", "*.pyi"):
            yield from sorted((ROOT / folder).rglob(pattern))


@pytest.mark.slow
def test_every_silenced_check_has_a_reason() -> None:
    problems: list[str] = []
    for path in sources():
        source = path.read_text(encoding="utf-8")
        problems += [f"{path.relative_to(ROOT)}:{text}" for text in unexplained(source)]

    assert problems == []


@pytest.mark.parametrize(
    "planted",
    [
        "# noqa",
        "# noqa: S101",
        "# noqa: S101, ANN401 -",
        "# type: ignore[misc]",
        "# pyright: ignore",
        "# type: ignore[misc]  # noqa: S101  # pyright: ignore[reportPrivateUsage]",
        "# noqa: S101 - as above",
        "# type: ignore[misc]  # as below",
    ],
)
def test_a_planted_suppression_without_a_reason_is_refused(planted: str) -> None:
    assert list(unexplained(f"a = 1\nb = 2  {planted}\n")) == [
        f"2: {planted} needs a reason of its own"
    ]


@pytest.mark.parametrize(
    "harmless",
    [
        "# noqa: S101 - the caller has checked it",
        "# type: ignore[misc]  # refused at run time",
        "# pyright: ignore[reportPrivateUsage] - no public name",
        "# type: ignore[misc]  # noqa: S101 - a test of the refusal",
        "# as above",
        "'# noqa: S101'",
    ],
)
def test_a_suppression_with_a_reason_and_other_comments_pass(harmless: str) -> None:
    assert list(unexplained(f"a = {harmless}\n" if harmless[0] == "'" else harmless)) == []
