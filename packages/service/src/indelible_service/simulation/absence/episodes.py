"""The failures that were seen, and how long each of them lasted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

from attrs import define, field, frozen

from indelible_service.simulation.absence.signs import Sign
from indelible_service.simulation.absence.steps import MODES

# How the times to recover are taken: one failure can be in each of them, and is in none twice.
RECOVERY_KINDS: Final[Mapping[str, str]] = {
    "planned": "from a planned fault that led to a sign",
    "seen": "from a sign",
    "timed": "as the API dates it",
}


@frozen(kw_only=True)
class Recovery:
    """A failure that is over: its runbook, and the seconds from its beginning to its end."""

    slug: str
    subject: str
    seconds: int
    is_by_operator: bool = False


@define
class Episodes:
    """Follows the signs from look to look."""

    open: dict[tuple[str, str], Sign] = field(factory=dict[tuple[str, str], Sign])
    recoveries: list[Recovery] = field(factory=list[Recovery])
    helped: set[tuple[str, str]] = field(factory=set[tuple[str, str]])  # by the operator

    def follow(self, signs: Iterable[Sign], at: datetime) -> None:
        """Note the signs of a look; what is seen no more has ended since the look before."""
        seen = {sign.key: sign for sign in signs}
        for key in sorted(self.open.keys() - seen.keys()):
            sign = self.open.pop(key)
            self.recoveries.append(
                Recovery(
                    slug=sign.slug,
                    subject=sign.subject,
                    seconds=int((at - sign.since).total_seconds()),
                    is_by_operator=key in self.helped,
                )
            )
            self.helped.discard(key)
        for key, sign in seen.items():
            self.open.setdefault(key, sign)


def recovery_figures(recoveries: Sequence[Recovery]) -> dict[str, dict[str, Any]]:
    """Return the number of recoveries of each runbook, and their seconds: median and worst."""
    figures: dict[str, dict[str, Any]] = {}
    for slug in sorted({one.slug for one in recoveries}, key=lambda slug: MODES[slug].number):
        own = [one for one in recoveries if one.slug == slug]
        seconds = [one.seconds for one in own]
        figures[MODES[slug].name] = {
            "count": len(own),
            "by_operator": sum(one.is_by_operator for one in own),
            "median_seconds": int(median(seconds)),
            "worst_seconds": max(seconds),
            "seconds": sorted(seconds),
        }
    return figures


def joined_figures(figures: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the figures of several reports as those of one, without the single seconds."""
    seconds: dict[str, list[int]] = {}
    by_operator: Counter[str] = Counter()
    for one in figures:
        for name, figure in one.items():
            seconds.setdefault(name, []).extend(figure["seconds"])
            by_operator[name] += figure["by_operator"]
    return {
        name: {
            "count": len(seconds[name]),
            "by_operator": by_operator[name],
            "median_seconds": int(median(seconds[name])),
            "worst_seconds": max(seconds[name]),
        }
        for name in sorted(seconds)
    }
