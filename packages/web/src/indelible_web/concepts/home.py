"""The concepts' part of the console's home page."""

from datetime import datetime, timedelta
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.concepts import ConceptFilter, ConceptStatus
from indelible_web.console.home_parts import (
    MAX_COUNTED,
    AttentionItem,
    HomePart,
    Level,
    Total,
    count_text,
    plural,
)

UNFINISHED: Final = (ConceptStatus.REVIEW, ConceptStatus.APPROVED)
STALE_AFTER: Final = timedelta(days=7)  # An unfinished concept without a change since then.


def concepts_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return the number of concepts by status, those that wait, and those that wait too long."""
    items: list[AttentionItem] = []
    totals: list[Total] = []
    for status in ConceptStatus:
        url = url_for("console.list_concepts", status=status)
        number = tx.concepts.search.count(ConceptFilter(status=status), limit=MAX_COUNTED)
        label = f"Concepts: {status.lower()}"
        totals.append(Total(label=label, text=count_text(number, MAX_COUNTED), url=url))

        if number and status is ConceptStatus.REVIEW:
            verb = plural(number, "concept waits", "concepts wait")
            text = f"{count_text(number, MAX_COUNTED)} {verb} for a review."
            queue_url = url_for("console.list_reviews", status=status)
            items.append(AttentionItem(text=text, url=queue_url, level=Level.INFO))
        # With more of them, the statement would read every one to find the old ones.
        if status in UNFINISHED and 0 < number < MAX_COUNTED:
            items += _stale_items(tx, status, now - STALE_AFTER)

    return HomePart(items=tuple(items), totals=tuple(totals))


def _stale_items(tx: ReadTx, status: ConceptStatus, until: datetime) -> list[AttentionItem]:
    """Return an item about the concepts whose last change is older than that time, if any."""
    matching = ConceptFilter(status=status, until=until)
    number = tx.concepts.search.count(matching, limit=MAX_COUNTED)
    if not number:
        return []

    verb = plural(number, "concept has", "concepts have")
    text = f"{count_text(number, MAX_COUNTED)} {verb} not changed for {STALE_AFTER.days} days."
    url = url_for("console.list_concepts", status=status, until=until.isoformat())
    return [AttentionItem(text=text, detail=f"Status: {status.lower()}.", url=url)]
