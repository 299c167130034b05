"""The tokens' part of the console's home page."""

from datetime import datetime, timedelta
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.tokens import TokenStatus, chain_notices
from indelible.tokens.rules.notices import CONTRACT_CHANGED, LOGS_QUARANTINED
from indelible.tokens.rules.tasks import CHECKPOINT
from indelible_web.console.home_parts import (
    AttentionItem,
    HomePart,
    Level,
    Section,
    Total,
    count_text,
    plural,
)
from indelible_web.console.times import duration

MAX_INSPECTED: Final = 200  # Of the tokens in a status, the earliest mints first.
STALE_AFTER: Final = timedelta(hours=1)  # A token in work without a change since then.
CHAIN_LAG_AFTER: Final = timedelta(minutes=15)  # A checkpoint that has not moved since then.
IN_WORK: Final = (TokenStatus.GENERATING, TokenStatus.UPLOADING)
NOTICES: Final = "notices"  # The anchor of the notices on the page of tasks.
TEXTS: Final = {
    CONTRACT_CHANGED: "The contract has other code than before.",
    LOGS_QUARANTINED: "Logs of the contract are quarantined.",
}


def tokens_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return the tokens by status, those that failed or are stuck, and a chain that lags."""
    counts = tx.tokens.tokens.count_by_status()
    totals: list[Total] = []
    for status in TokenStatus:
        url = url_for("console.list_tokens", status=status)
        text = f"{counts.get(status, 0):,}"
        totals.append(Total(label=f"Tokens: {status}", text=text, url=url))

    items = _chain_items(tx, now)
    failed = counts.get(TokenStatus.FAILED, 0)
    if failed:
        text = f"{failed:,} {plural(failed, 'token has', 'tokens have')} failed."
        url = url_for("console.list_tokens", status=TokenStatus.FAILED)
        items.append(AttentionItem(text=text, url=url, level=Level.BAD))
    for status in IN_WORK:
        items += _stale_items(tx, status, now - STALE_AFTER)

    return HomePart(items=tuple(items), totals=tuple(totals))


def notices_part(tx: ReadTx, _: datetime) -> HomePart:
    """Return the notices of the chain: a fault that pauses detection, changed code, odd logs."""
    url = url_for("console.show_stages", _anchor=NOTICES)
    items: list[AttentionItem] = []
    for notice in chain_notices(tx):
        level = Level.WARN
        text = TEXTS.get(notice.code, notice.code)
        detail = notice.message
        if notice.pauses_detection:
            level = Level.BAD
            text = "The detection of mints is paused."
            detail = f"{notice.code}: {notice.message}"
        items.append(
            AttentionItem(
                text=text,
                detail=detail,
                url=url,
                level=level,
                alert="ChainFault",
                section=Section.OTHERS,
            )
        )

    return HomePart(items=tuple(items))


def _chain_items(tx: ReadTx, now: datetime) -> list[AttentionItem]:
    """Return an item about the chain, if its checkpoint has not moved for too long."""
    states = tx.tokens.states.find({"id": CHECKPOINT}, limit=1)
    if not states or now - states[0].entity.updated_at <= CHAIN_LAG_AFTER:
        return []

    age = duration(now - states[0].entity.updated_at)
    text = f"No new block of the chain has been read for {age}."
    return [
        AttentionItem(
            text=text,
            url=url_for("console.list_tokens"),
            alert="ChainScanStopped",
            section=Section.OTHERS,
        )
    ]


def _stale_items(tx: ReadTx, status: TokenStatus, until: datetime) -> list[AttentionItem]:
    """Return an item about the tokens whose last change is older than that time, if any."""
    heads = tx.tokens.tokens.find(
        {"status": status.value}, order=("mint_timestamp", "token_id"), limit=MAX_INSPECTED
    )
    number = sum(head.entity.updated_at < until for head in heads)
    if not number:
        return []

    verb = plural(number, "token has", "tokens have")
    hours = STALE_AFTER // timedelta(hours=1)
    text = f"{count_text(number, MAX_INSPECTED)} {verb} not changed for {hours} h."
    url = url_for("console.list_tokens", status=status)
    return [AttentionItem(text=text, detail=f"Status: {status}.", url=url)]
