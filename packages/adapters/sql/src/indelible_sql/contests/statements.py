"""The statements of contests, beside those that every aggregate has."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from indelible.contests.entities.entries import JOINED
from indelible.contests.entities.records import REPLAYED_FIELDS
from indelible.contests.lifecycle import OCCUPYING, TERMINAL, ContestStatus, EntryStatus
from indelible_sql.contests.tables.contests import CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.engine.session import Query
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.schema.columns import BIG_INTEGER, IDENTIFIER, INSTANT
from indelible_sql.schema.json_rules import JsonText
from indelible_sql.schema.tables import page_by, rows_by

_ONE: Final = literal_column("1", BigInteger())


def _in_states(column: ColumnElement[Any], states: frozenset[Any]) -> ColumnElement[bool]:
    """Return the condition that a status is one of the states, in alphabetical order."""
    names = sorted(str(state) for state in states)
    return or_(*(column == name for name in names))


def _number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a column of whole numbers for arithmetic: SQLAlchemy takes a domain for a text."""
    return type_coerce(column, BigInteger())


def _total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the sum of a column over the rows of a query, 0 for none."""
    return func.coalesce(func.sum(_number(column)), literal_column("0"))


# Which contests of a tournament are not over, in order of id?
_ENDED: Final = sorted(str(state) for state in TERMINAL)
OPEN_OF_TOURNAMENT: Final[Query] = (
    select(CONTESTS.c.id)
    .where(CONTESTS.c.provider_event_id == bindparam("provider_event_id", type_=IDENTIFIER))
    .where(*(CONTESTS.c.status != state for state in _ENDED))
    .order_by(CONTESTS.c.id)
)

# Which of them take fetches up? The ones settled lately do, too.
FOLLOWED_OF_TOURNAMENT: Final[Query] = (
    select(CONTESTS.c.id)
    .where(CONTESTS.c.provider_event_id == bindparam("provider_event_id", type_=IDENTIFIER))
    .where(
        or_(
            and_(*(CONTESTS.c.status != state for state in _ENDED)),
            CONTESTS.c.settle_time > bindparam("settled_after", type_=INSTANT),
        )
    )
    .order_by(CONTESTS.c.id)
)

# Which contests wait for a transition? Each branch has an index of its own.
_now = bindparam("now", type_=INSTANT)
_is_after = CONTESTS.c.id > bindparam("after", type_=IDENTIFIER)
_WAITING: Final = union_all(
    select(CONTESTS.c.id).where(
        CONTESTS.c.status == str(ContestStatus.SCHEDULED), CONTESTS.c.lock_time <= _now, _is_after
    ),
    select(CONTESTS.c.id).where(
        CONTESTS.c.status == str(ContestStatus.LOCKED), CONTESTS.c.start_time <= _now, _is_after
    ),
    select(CONTESTS.c.id)
    .join(LOGS, LOGS.c.id == CONTESTS.c.id)
    .where(
        CONTESTS.c.status == str(ContestStatus.LIVE),
        LOGS.c.terminal_number.is_not(None),
        _is_after,
    ),
)
DUE: Final[Query] = (
    select(CONTESTS)
    .where(CONTESTS.c.id.in_(_WAITING))
    .order_by(CONTESTS.c.id)
    .limit(bindparam("limit"))
)

# Which contest has an entry? It is locked.
_contest_of_entry = (
    select(ENTRIES.c.contest_id)
    .where(ENTRIES.c.id == bindparam("entry_id", type_=IDENTIFIER))
    .scalar_subquery()
)
LOCK_OF_ENTRY: Final[Query] = (
    select(CONTESTS).where(CONTESTS.c.id == _contest_of_entry).with_for_update(of=CONTESTS)
)

# Which event is the newest field of a contest?
_field_number = (
    select(LOGS.c.field_number)
    .where(LOGS.c.id == bindparam("contest_id", type_=IDENTIFIER))
    .scalar_subquery()
)
NEWEST_FIELD: Final[Query] = (
    select(EVENTS)
    .where(EVENTS.c.contest_id == bindparam("contest_id", type_=IDENTIFIER))
    .where(EVENTS.c.number == _field_number)
    .order_by(EVENTS.c.number)
)

# How many entries of a contest have a place, and which place is the highest?
_of_contest = ENTRIES.c.contest_id == bindparam("contest_id", type_=IDENTIFIER)
_is_occupied = ENTRIES.c.place_number.is_not(None)
COUNT_OCCUPIED: Final[Query] = select(func.count().label("total")).where(_of_contest, _is_occupied)
HIGHEST_PLACE_NUMBER: Final[Query] = (
    select(ENTRIES.c.place_number)
    .where(_of_contest, _is_occupied)
    .order_by(ENTRIES.c.place_number.desc())
    .limit(1)
)

# Which is the lowest free place of a contest? Places are taken in order, so that it is the next one
# unless an entry has left its place. To count 200,000 places takes a tenth of the time of a search
# for a gap that has been filled again; both databases look only as far as they need.
_LEFT: Final = frozenset(EntryStatus) - OCCUPYING
_has_left = select(_ONE).where(_of_contest, _in_states(ENTRIES.c.status, _LEFT)).exists()
_has_first = select(_ONE).where(_of_contest, ENTRIES.c.place_number == _ONE).exists()
_following = ENTRIES.alias("following")
_is_next_taken = (
    select(_ONE)
    .where(_following.c.contest_id == ENTRIES.c.contest_id)
    .where(_following.c.place_number == _number(ENTRIES.c.place_number) + _ONE)
    .exists()
)
_first_gap = (
    select(_number(ENTRIES.c.place_number) + _ONE)
    .where(_of_contest, _is_occupied, ~_is_next_taken)
    .order_by(ENTRIES.c.place_number)
    .limit(1)
    .scalar_subquery()
)
_highest = func.coalesce(_number(HIGHEST_PLACE_NUMBER.scalar_subquery()), literal_column("0"))
_has_gap = COUNT_OCCUPIED.scalar_subquery() < _highest
LOWEST_FREE_PLACE_NUMBER: Final[Query] = select(
    case(
        (~_has_left, _highest + _ONE),
        (~_has_gap, _highest + _ONE),
        (~_has_first, _ONE),
        else_=_first_gap,
    ).label("place_number")
)

# How many entries count for the least number of entries?
COUNT_JOINED: Final[Query] = (
    select(func.count().label("total"))
    .where(_of_contest)
    .where(_in_states(ENTRIES.c.status, JOINED))
)

# Has a contest an entry?
HAS_ENTRY: Final[Query] = select(_ONE.label("one")).where(_of_contest).limit(1)

# How many entries has a contest, and what is the sum of their seqs?
ENTRIES_REVISION: Final[Query] = select(
    func.count().label("count"), _total(ENTRIES.c.seq).label("seq_sum")
).where(_of_contest)

# Which active entries of a contest were paid in time, with their newest rosters, in order of id?
ELIGIBLE: Final[Query] = (
    select(
        ENTRIES.c.id.label("entry_id"),
        ENTRIES.c.user_id,
        ENTRIES.c.payment_ref,
        ENTRIES.c.paid_minor,
        ENTRIES.c.paid_at,
        ENTRIES.c.roster_digest,
        ROSTERS.c.player_ids,
        ROSTERS.c.prediction,
    )
    .join(
        ROSTERS,
        and_(
            ROSTERS.c.entry_id == ENTRIES.c.id,
            ROSTERS.c.number == ENTRIES.c.roster_number,
        ),
    )
    .where(_of_contest)
    .where(ENTRIES.c.status == str(EntryStatus.ACTIVE))
    .where(ENTRIES.c.paid_at <= bindparam("paid_until", type_=INSTANT))
    .where(ENTRIES.c.id > bindparam("after", type_=IDENTIFIER))
    # PostgreSQL may join by merging both tables in order of id. Without this condition it would
    # read all rosters before the page.
    .where(ROSTERS.c.entry_id > bindparam("after", type_=IDENTIFIER))
    .order_by(ENTRIES.c.id)
    .limit(bindparam("limit"))
)

# Which events of a contest follow a number, as a replay reads them, with the texts of their bodies?
_replayed_columns: list[ColumnElement[Any]] = [
    EVENTS.c[name] for name in REPLAYED_FIELDS if name != "body"
]
_body_text = type_coerce(JsonText(EVENTS.c.body), Text()).label("body")
PAGE_REPLAYED_EVENTS: Final[Query] = page_by(
    EVENTS, ("contest_id",), ("number",)
).with_only_columns(*_replayed_columns, _body_text)

# Which faults of an event follow a number, and which ones of a log follow a fault of an event?
PAGE_FAULTS: Final = page_by(FAULTS, ("entity_id", "event_number"), ("number",))
_fault_position = tuple_(
    bindparam("event_number", type_=BIG_INTEGER), bindparam("number", type_=BIG_INTEGER)
)
PAGE_FAULTS_OF_LOG: Final[Query] = (
    select(FAULTS)
    .where(FAULTS.c.entity_id == bindparam("entity_id", type_=IDENTIFIER))
    .where(tuple_(FAULTS.c.event_number, FAULTS.c.number) > _fault_position)
    .order_by(FAULTS.c.event_number, FAULTS.c.number)
    .limit(bindparam("limit"))
)

# Which lines of a run follow a number, and which ones has a user? The last change of a complete run
# has added them.
_last_change = select(RUNS.c.seq).where(RUNS.c.id == LINES.c.entity_id).scalar_subquery()
PAGE_LINES: Final = (
    page_by(LINES, ("entity_id",), ("number",))
    .where(LINES.c.seq == _last_change)
    .order_by(LINES.c.seq)
)
LINES_OF_USER: Final = rows_by(LINES, "entity_id", "user_id").order_by(LINES.c.seq, LINES.c.number)

# Which settlements differ from the events, the entries or the amounts that they name?
_lines_of_run = LINES.c.entity_id == RUNS.c.id
_line_count = select(func.count()).where(_lines_of_run).scalar_subquery()
_paid = select(_total(LINES.c.paid_minor)).where(_lines_of_run).scalar_subquery()
_payouts = select(_total(LINES.c.payout_minor)).where(_lines_of_run).scalar_subquery()
_given_out = (
    _payouts
    + _number(RUNS.c.rake_minor)
    + _number(RUNS.c.rounding_minor)
    + _number(RUNS.c.retained_minor)
)
UNBALANCED_RUNS: Final[Query] = (
    select(RUNS.c.id, RUNS.c.seq)
    .where(RUNS.c.line_count.is_not(None))
    .where(
        or_(
            RUNS.c.line_count != _line_count,
            RUNS.c.pool_minor != _paid,
            _number(RUNS.c.pool_minor) + _number(RUNS.c.top_up_minor) != _given_out,
        )
    )
    .order_by(RUNS.c.id)
)

# Which lines are of no active entry of the run's contest, or of another roster or user?
FOREIGN_LINES: Final[Query] = (
    select(LINES.c.entity_id, LINES.c.number)
    .join(RUNS, RUNS.c.id == LINES.c.entity_id)
    .join(
        ENTRIES,
        and_(
            ENTRIES.c.id == LINES.c.entry_id,
            ENTRIES.c.contest_id == RUNS.c.contest_id,
            ENTRIES.c.user_id == LINES.c.user_id,
            ENTRIES.c.roster_digest == LINES.c.roster_digest,
            ENTRIES.c.paid_minor == LINES.c.paid_minor,
            ENTRIES.c.status == EntryStatus.ACTIVE.value,
        ),
        isouter=True,
    )
    .where(ENTRIES.c.id.is_(None))
    .order_by(LINES.c.entity_id, LINES.c.seq, LINES.c.number)
)

# Which entries have another fee than their contest?
OTHER_FEES: Final[Query] = (
    select(ENTRIES.c.id, ENTRIES.c.seq)
    .join(CONTESTS, CONTESTS.c.id == ENTRIES.c.contest_id)
    .where(
        or_(
            ENTRIES.c.fee_minor != CONTESTS.c.fee_minor,
            ENTRIES.c.currency != CONTESTS.c.currency,
            ENTRIES.c.place_number > CONTESTS.c.max_entries,
        )
    )
    .order_by(ENTRIES.c.id)
)

# Which events and fetches name bytes that are not stored?
EVENTS_WITHOUT_PAYLOAD: Final[Query] = (
    select(EVENTS.c.contest_id, EVENTS.c.number)
    .join(PAYLOADS, PAYLOADS.c.digest == EVENTS.c.payload_digest, isouter=True)
    .where(PAYLOADS.c.digest.is_(None))
    .order_by(EVENTS.c.contest_id, EVENTS.c.number)
)
FETCHES_WITHOUT_PAYLOAD: Final[Query] = (
    select(FETCHES.c.provider_event_id, FETCHES.c.number)
    .join(PAYLOADS, PAYLOADS.c.digest == FETCHES.c.payload_digest, isouter=True)
    .where(FETCHES.c.payload_digest.is_not(None), PAYLOADS.c.digest.is_(None))
    .order_by(FETCHES.c.provider_event_id, FETCHES.c.number)
)

# Which events have another number of faults than they count?
_fault_count = (
    select(func.count())
    .where(FAULTS.c.entity_id == EVENTS.c.contest_id, FAULTS.c.event_number == EVENTS.c.number)
    .scalar_subquery()
)
MISCOUNTED_EVENTS: Final[Query] = (
    select(EVENTS.c.contest_id, EVENTS.c.number)
    .where(EVENTS.c.fault_count != _fault_count)
    .order_by(EVENTS.c.contest_id, EVENTS.c.number)
)
