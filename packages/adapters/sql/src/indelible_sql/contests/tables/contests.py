"""The head of contests, and its record: the configurations."""

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.schema import Computed

from indelible.contests.entities.contests import FALLIBLE_ACTIONS, Contest
from indelible.contests.entities.records import ContestConfiguration
from indelible.contests.entities.values import MAX_MESSAGE_LENGTH
from indelible_sql.schema.columns import (
    C_COLLATED_TEXT,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head, entity_record, previous_key
from indelible_sql.schema.tables import key


def _state_of_attempt() -> str:
    """Return the state that the action of an error leaves, as SQL.

    It is '' for an unknown action, so that no state equals it.
    """
    states: list[str] = []
    for action, state in FALLIBLE_ACTIONS.items():
        states.append(f"WHEN '{action}' THEN '{state}'")

    return f"CASE attempted_action {' '.join(states)} ELSE '' END"


CONTESTS = entity_head(
    "contests",
    Contest,
    # The targets of the keys of entries, of logs and of settlement runs.
    UniqueConstraint("id", "fee_minor", "currency", name="contests_fee"),
    UniqueConstraint("id", "provider_event_id", name="contests_tournament"),
    UniqueConstraint("id", "settlement_run_id", name="contests_settled_by"),
    key(
        "contests_configuration",
        ["id", "configuration_version", "configuration_digest"],
        "contest_configurations",
        ["contest_id", "version", "configuration_digest"],
        deferred=True,
    ),
    key(
        "contests_settlement",
        ["settlement_run_id", "id", "settlement_run_status"],
        "settlement_runs",
        ["id", "contest_id", "status"],
        deferred=True,
    ),
    *entity_checks("contests", Contest, until="fee_not_negative"),
    # By hand: a name that is not blank is a matter of the kind, and lists are ordered by the name.
    CheckConstraint("trim(contest_name) <> ''", name="contests_name_not_blank"),
    *entity_checks("contests", Contest, since="fee_not_negative", until="settlement_of_status"),
    # By hand: the state depends on the action that was attempted.
    CheckConstraint(
        f"error_from_state = {_state_of_attempt()}"
        f" AND length(error_message) <= {MAX_MESSAGE_LENGTH}",
        name="contests_error_described",
    ),
    # The orders of the list of all contests, and of an organizer's.
    Index("contests_created_at", "created_at", "id"),
    Index("contests_updated_at", "updated_at", "id"),
    Index("contests_name", "contest_name", "id"),
    Index("contests_of_organizer", "organizer_id", "id"),
    Index("contests_of_organizer_created_at", "organizer_id", "created_at", "id"),
    Index("contests_of_organizer_updated_at", "organizer_id", "updated_at", "id"),
    Index("contests_of_organizer_name", "organizer_id", "contest_name", "id"),
    Index("contests_of_tournament", "provider_event_id", "id"),
    Index("contests_status", "status", "id"),
    # The overdue transitions.
    Index("contests_lock_time", "status", "lock_time", "id"),
    Index("contests_start_time", "status", "start_time", "id"),
    # Lists are ordered by the name.
    types={"contest_name": C_COLLATED_TEXT},
    computed_behind={
        # The state that the run of the settlement must have.
        "settlement_run_id": Column(
            "settlement_run_status",
            C_COLLATED_TEXT,
            Computed("CASE WHEN settlement_run_id <> '' THEN 'COMPLETE' END", persisted=True),
        )
    },
)
CONFIGURATIONS = entity_record(
    "contest_configurations",
    ContestConfiguration,
    Contest,
    UniqueConstraint(
        "contest_id", "version", "configuration_digest", name="contest_configurations_digest"
    ),
    key("contest_configurations_contest", ["contest_id"], "contests", ["id"]),
    previous_key("contest_configurations", ContestConfiguration, Contest),
)
