"""The page of the codes with which data of the provider is rejected, and of its terms."""

from collections.abc import Iterator

from docs.generators.markdown import cell, page, table

from indelible.contests.rules.alerts import ALERT_MEANINGS
from indelible.contests.rules.espn.terms import (
    OUT_TERMS,
    OUT_TYPES,
    PLAYER_TERMS,
    TOURNAMENT_TERMS,
)
from indelible.contests.rules.faults import MAX_FAULTS, MEANINGS

LEAD = """
A fetch that has a fault becomes an INVALID event. The event is stored with the bytes that arrived
and is never applied. Each fault is a record of its own with its code, its path, the value as text
of at most 200 characters, and the required action. All faults of a document are stored, at most
{limit:,}; the last one is then `FAULTS_TRUNCATED`. A path that begins with `$` is one in the
provider's document. Other paths name a player by id and a round by number in the normalized
leaderboard.
"""
TERMS_LEAD = """
The parser knows these terms of the provider. Another term is `UNKNOWN_STATUS`; no term has a
default. The type of a player tells what the player is doing. `STATUS_FINISH` and
`STATUS_PLAY_COMPLETE` end a round, not the tournament: a player is finished after the last round
only. Every player who is out may have the type `STATUS_CUT`; then `displayValue` decides.

The tournament is FINAL only if the event and its competition both have `STATUS_FINAL` with the
state `post` and `completed`.
"""
ALERTS_LEAD = """
Alerts are computed from stored records whenever they are displayed.
"""


def rejections_page() -> str:
    """Return the page with every code, term and alert of the data of a contest."""
    return page(
        "Rejection codes of contests",
        LEAD.lstrip().format(limit=MAX_FAULTS),
        table(("code", "meaning", "required action"), _code_rows()),
        "## Terms of the provider\n",
        TERMS_LEAD.lstrip(),
        table(("term", "of", "means"), _term_rows()),
        "## Alerts\n",
        ALERTS_LEAD.lstrip(),
        table(("alert", "raised"), _alert_rows()),
    )


def _code_rows() -> Iterator[tuple[str, ...]]:
    for code, described in MEANINGS.items():
        yield f"`{code}`", cell(described.meaning), cell(described.required_action)


def _term_rows() -> Iterator[tuple[str, ...]]:
    for term, play in PLAYER_TERMS.items():
        out = OUT_TYPES.get(term)
        meaning = play.meaning if out is None else f"out: {out}"
        yield f"`{term}`", "a player's `status.type.name`", meaning
    for term, out in OUT_TERMS.items():
        yield f"`{term}`", "`displayValue` with `STATUS_CUT`", f"out: {out}"
    for term, status in TOURNAMENT_TERMS.items():
        yield f"`{term}`", "the tournament's `status.type.name`", status.value


def _alert_rows() -> Iterator[tuple[str, ...]]:
    for code, meaning in ALERT_MEANINGS.items():
        yield f"`{code}`", cell(meaning)
