"""Illegal writes to circuit breakers and to the records of refused webhook requests."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Insert, Update, delete, insert, select, text, update
from tests.guards.attack_parts import Kind
from tests.guards.attacks_on_rates import NEVER
from tests.guards.breaker_rows import (
    BROKEN,
    NEW_BREAKER,
    NEW_REFUSAL,
    OTHER_BROKEN,
    STORED_REFUSAL,
)
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, copied, raw, replacing
from tests.guards.task_rows import LIVE_UNTIL

from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS


def insert_breaker(**columns: object) -> Insert:
    """Return the insert of a new breaker, with some columns changed."""
    return insert(BREAKERS).values({**NEW_BREAKER, **columns})


def update_breaker(**columns: object) -> Update:
    """Return an update of a stored breaker."""
    return update(BREAKERS).where(BREAKERS.c.stage == BROKEN).values(**columns)


def insert_refusal(**columns: object) -> Insert:
    """Return the insert of a new refused request, with some columns changed."""
    return insert(WEBHOOK_REJECTIONS).values({**NEW_REFUSAL, **columns})


def nested_count() -> Sequence[Statement]:
    """Return a count in which a trigger counts more, which would be lost."""
    body = "UPDATE stage_breakers SET outages = 9 WHERE stage = NEW.stage;"
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.stage_breakers BEGIN {body} END"
    return text(trigger), update_breaker(outages=6)


LEGAL_ON_BREAKERS: Kind = {
    "a breaker is added": lambda _: (insert_breaker(),),
    "an outage is counted": lambda _: (update_breaker(outages=6, probe_at=LIVE_UNTIL),),
    "a breaker is cleared": lambda _: (update_breaker(outages=0, probe_at=None),),
    "a refused webhook request is added": lambda _: (insert_refusal(),),
}
ON_BREAKERS: Mapping[str, Kind] = {
    "a breaker broken": {
        "a breaker of another stage": lambda _: (update_breaker(stage="new"),),
        "a second breaker of a stage": lambda _: (insert_breaker(stage=BROKEN),),
        "fewer outages than none": lambda _: (update_breaker(outages=-1),),
        "outages of a moment": lambda _: (update_breaker(outages=7),),
        "outages without end": lambda _: (update_breaker(outages=2**63 - 1),),
        "an outage forgotten": lambda _: (update_breaker(outages=4),),
        "a new breaker with outages": lambda _: (insert_breaker(outages=1),),
        "a new breaker with a probe": lambda _: (insert_breaker(probe_at=LIVE_UNTIL),),
        "a probe in 2999": lambda _: (update_breaker(probe_at=NEVER),),
        "a new breaker with a probe in 2999": lambda _: (insert_breaker(probe_at=NEVER),),
        "a breaker, deleted": lambda _: (delete(BREAKERS),),
    },
    "a rejection forged": {
        "a stored webhook rejection of another body": lambda _: (
            insert_refusal(id=STORED_REFUSAL.id, body_size=3),
        ),
        "the same webhook rejection twice": lambda _: (insert_refusal(), insert_refusal()),
        "stored webhook rejections again": lambda _: (
            insert(WEBHOOK_REJECTIONS).from_select(
                WEBHOOK_REJECTIONS.columns.keys(), select(WEBHOOK_REJECTIONS)
            ),
        ),
    },
    "a record updated or deleted": {
        "a webhook rejection of another code": lambda _: (
            update(WEBHOOK_REJECTIONS).values(code="OTHER"),
        ),
        "a new webhook rejection, deleted": lambda _: (
            insert_refusal(),
            delete(WEBHOOK_REJECTIONS).where(WEBHOOK_REJECTIONS.c.id == NEW_REFUSAL["id"]),
        ),
    },
}
# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_BREAKERS: Kind = {
    "a breaker, replaced": lambda _: (replacing(insert_breaker(stage=BROKEN)),),
    "a breaker, replaced by another": lambda _: (
        update_breaker(stage=OTHER_BROKEN).prefix_with("OR REPLACE"),
    ),
    "a breaker, replaced by rowid": lambda _: (by_rowid(BREAKERS, NEW_BREAKER, 1),),
    "a probe on February 31": lambda _: (
        update_breaker(probe_at=raw("'2026-02-31T00:00:00.000000+00:00'")),
    ),
    "a webhook rejection, replaced": lambda _: (replacing(insert_refusal(id=STORED_REFUSAL.id)),),
    "a webhook rejection, replaced by rowid": lambda _: (
        by_rowid(WEBHOOK_REJECTIONS, NEW_REFUSAL, 1),
    ),
}
COPIED_REFUSALS: Kind = {
    "a webhook rejection, copied in twice": lambda _: (
        copied(WEBHOOK_REJECTIONS, NEW_REFUSAL),
        copied(WEBHOOK_REJECTIONS, NEW_REFUSAL),
    ),
}
