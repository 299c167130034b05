"""The versions of a concept as the options of a choice."""

from typing import Final

from attrs import frozen

from indelible import concepts
from indelible.app import ReadTx
from indelible.kernel import Change
from indelible_web.console.times import exact_text

MAX_DESCRIBED_CHANGES: Final = 200  # The newest ones; older versions are listed by their numbers.
MAX_OPTIONS: Final = 500
MAX_REASON_CHARACTERS: Final = 60


@frozen(kw_only=True)
class VersionOption:
    """A version that a person may choose, by its number, author, time and reason."""

    number: int
    label: str


def version_options(
    tx: ReadTx, view: concepts.ConceptView, *chosen: int
) -> tuple[VersionOption, ...]:
    """Return the newest versions of a concept and the chosen ones, the newest first."""
    after = max(0, view.seq - MAX_DESCRIBED_CHANGES)
    labels: dict[int, str] = {}
    for change in concepts.list_history(tx, view.concept.id, after=after):
        if change.adds_version:
            labels[change.version] = _label(change)

    last = view.concept.current_version
    oldest = max(1, last - MAX_OPTIONS + 1)
    numbers = {*range(oldest, last + 1), *chosen}

    options: list[VersionOption] = []
    for number in sorted(numbers, reverse=True):
        label = labels.get(number, f"Version {number}")
        options.append(VersionOption(number=number, label=label))

    return tuple(options)


def _label(change: Change) -> str:
    reason = change.reason
    if len(reason) > MAX_REASON_CHARACTERS:
        reason = f"{reason[: MAX_REASON_CHARACTERS - 1]}…"

    return f"Version {change.version}, {change.actor}, {exact_text(change.at)}: {reason}"
