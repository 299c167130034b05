"""Compare the edges with the declared ones, and each change with itself and the one before it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import select

from indelible.kernel import (
    Change,
    Lifecycle,
    Revision,
    digest_schemes,
    instant_text,
    to_json_value,
)
from indelible.kernel.history import NO_REVISION
from indelible.kernel.json import encode_canonical, sha256_hex
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.declarations import stored_declarations
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.key_ranges import KeyRange
from indelible_sql.kernel.row_checks import MAX_FUTURE, decode_row, rows, unreadable
from indelible_sql.schema.declarations import Declarations
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import EDGES, HISTORY
from indelible_sql.schema.version_numbers import number_faults
from indelible_sql.store.kernel_store import AnySqlStore

ALL_EDGES: Query = select(EDGES).order_by(*EDGES.primary_key.columns)
Edges = set[tuple[Any, ...]]  # each begins with the name of its lifecycle


def edge_findings(session: Session, store: AnySqlStore, *, is_later: bool) -> Iterator[Finding]:
    """Compare the stored edges with the declared ones."""
    edges = _EdgeSets.read(session, store, is_later=is_later)
    declared, stored = edges.declared, edges.stored - edges.added
    for edge in sorted(stored ^ declared):
        state = "declared, but not stored" if edge in declared else "stored, but not declared"
        words = [str(part) or "(none)" for part in edge]
        yield Finding(fault=Fault.EDGE, table=EDGES.name, detail=f"{' '.join(words)}: {state}")


def chain_findings(
    session: Session, key_range: KeyRange, store: AnySqlStore, *, is_later: bool
) -> Iterator[Finding]:
    """Compare every change with the one before it; the range is one of aggregates."""
    edges = _EdgeSets.read(session, store, is_later=is_later)
    of_hosts: dict[str, Declarations] = {}
    for name, past in stored_declarations(session).items():
        if name not in edges.own:
            of_hosts[name] = past

    legal = edges.declared | edges.added
    rules = _ChangeRules(edges.lifecycles, store.catalog.data_keys, legal, of_hosts)
    yield from _chain_findings(session, rules, store.clock.now() + MAX_FUTURE, key_range)


@frozen
class _EdgeSets:
    """The declared edges, the stored ones, and those of them that a later release has added.

    `own` are the names of the library's lifecycles among all of them by name.
    """

    lifecycles: Mapping[str, Lifecycle[StrEnum]]
    own: Collection[str]
    declared: Edges
    stored: Edges
    added: Edges

    @classmethod
    def read(cls, session: Session, store: AnySqlStore, *, is_later: bool) -> "_EdgeSets":
        """Read the stored edges."""
        lifecycles = (*store.catalog.heads.values(), *store.lifecycles)
        by_name = {lifecycle.name: lifecycle for lifecycle in lifecycles}
        declared: Edges = set()
        for lifecycle in lifecycles:
            declared.update((lifecycle.name, *edge) for edge in lifecycle.known_edges)

        stored = {tuple(row.values()) for row in session.rows(ALL_EDGES, {})}
        # A later release of a host adds edges without a mark: admission.py accepts them too.
        own = {lifecycle.name for lifecycle in store.schema_catalog.heads.values()} & by_name.keys()
        added = {edge for edge in stored - declared if is_later or edge[0] not in own}
        return cls(by_name, own, declared, stored, added)


@frozen
class _ChangeRules:
    """Rules for changes: lifecycles and the keys of their data by name, and the legal edges.

    `dated` are the stored declarations of hosts' lifecycles: a change is judged by that of its day.
    """

    lifecycles: Mapping[str, Lifecycle[StrEnum]]
    data_keys: Mapping[str, frozenset[str]]
    legal_edges: Edges
    dated: Mapping[str, Declarations]

    def faults(self, change: Change, previous: Mapping[str, Any] | None) -> Iterator[str]:
        """Yield what the rules refuse in a change; `previous` is the data before it."""
        declarations = self.dated.get(change.lifecycle)
        if declarations is not None:
            yield from _dated_faults(change, previous, declarations)
            return

        if (change.lifecycle, *change.edge) not in self.legal_edges:
            yield "its lifecycle has no such edge"
        declared = self.data_keys.get(change.lifecycle, change.data.keys())
        yield from _data_faults(change, previous, declared, self.lifecycles.get(change.lifecycle))


def _dated_faults(
    change: Change, previous: Mapping[str, Any] | None, declarations: Declarations
) -> Iterator[str]:
    """Yield what every declaration of the time of a change refuses, as the last of them says it."""
    faults: list[str] = []
    for past in declarations.at(change.at):
        faults = [] if past.is_legal(change.edge) else ["its lifecycle had no such edge then"]
        faults += _data_faults(change, previous, past.data_keys, past.lifecycle)
        if past.versions is not None and previous is not None:
            defaults = past.lifecycle.initial or {}
            faults += number_faults(past.versions, previous, change.data, defaults)
        for name in past.missing_records(change.action, change.data):
            faults.append(f"{name}: its rows are not counted")
        if not faults:
            return
    yield from faults


def _chain_findings(
    session: Session, rules: _ChangeRules, latest: datetime, key_range: KeyRange
) -> Iterator[Finding]:
    """Decode every change, compute its digest again, and compare it with its predecessor."""
    aggregate = ("", "")
    revision, at = NO_REVISION, None
    data: Mapping[str, Any] | None = None
    in_range = key_range.conditions(HISTORY.c.lifecycle, HISTORY.c.entity_id)
    for row in rows(session, HISTORY, ("lifecycle", "entity_id", "seq"), *in_range):
        finding = partial(
            Finding, table=HISTORY.name, entity_id=str(row["entity_id"]), seq=row["seq"]
        )
        if (row["lifecycle"], row["entity_id"]) != aggregate:
            aggregate = (row["lifecycle"], row["entity_id"])
            revision, at, data = NO_REVISION, None, None

        try:
            change = ROWS.structure(decode_row(session, HISTORY, row), Change)
        except UNREADABLE as error:
            yield finding(fault=Fault.CHANGE, detail=unreadable(error))
            revision, at, data = _revision_of(row), None, None
            continue
        for detail in _change_faults(change, row, revision, at):
            yield finding(fault=Fault.CHANGE, detail=detail)
        for detail in rules.faults(change, data):
            yield finding(fault=Fault.CHANGE, detail=detail)
        if change.at > latest:
            yield finding(fault=Fault.FUTURE, detail=str(change.at))
        revision, at, data = change.revision, change.at, change.data


def _revision_of(row: Row) -> Revision:
    """Return the revision of an unreadable change: the next change is still compared with it."""
    return Revision(row["seq"], row["to_state"], row["version"], row["hash"])


def _change_faults(
    change: Change, row: Row, previous: Revision, previous_at: datetime | None
) -> Iterator[str]:
    if change.previous_revision != previous:
        yield "does not follow from the change before it"
    is_known = digest_schemes.FIRST_SCHEME <= change.digest_scheme <= digest_schemes.DIGEST_SCHEME
    if not is_known:
        yield f"its digest scheme {change.digest_scheme} is of a later release, or none"
    elif change.hash != _digest_of(change):
        yield "its hash does not match its content"
    if previous_at is not None and change.at <= previous_at:
        yield "not later than the change before it"

    previous_seq = change.seq - 1 or None
    previous_version = change.version - change.adds_version
    if (row["previous_seq"], row["previous_version"]) != (previous_seq, previous_version):
        yield "a generated column has a wrong value"


def _data_faults(
    change: Change,
    previous: Mapping[str, Any] | None,
    declared: Collection[str],
    lifecycle: Lifecycle[StrEnum] | None,
) -> Iterator[str]:
    """Yield what is wrong with the data of a change, whose declared keys are given."""
    for name in sorted(change.data.keys() - declared):
        yield f"{name}: not a key of its data"
    yield from _field_faults(change, previous, lifecycle)


def _field_faults(
    change: Change, previous: Mapping[str, Any] | None, lifecycle: Lifecycle[StrEnum] | None
) -> Iterator[str]:
    """Yield the fields of a change that its action must keep, and the times that are too late.

    `previous` is the data before it.
    """
    if lifecycle is None:
        return
    if change.seq == 1:
        for name, value in lifecycle.initial_fields(change.action).items():
            if name in change.data and change.data[name] != to_json_value(value):
                yield f"{name}: its action does not set this field"
    for name, ahead in lifecycle.latest.items():
        time = change.data.get(name)
        if isinstance(time, str) and time > instant_text(change.at + ahead):
            yield f"{name}: too long after its change"
    if previous is None:
        return
    for name in lifecycle.kept_fields(change.action):
        # A field that the change before lacks was added to the aggregate since.
        if name in previous and change.data.get(name) != previous[name]:
            yield f"{name}: its action does not change this field"


def _digest_of(change: Change) -> str:
    """Return `change.digest()` of a change whose data were parsed, and need no conversion."""
    values = change.covered_values()
    values["actor"] = str(change.actor)
    values["at"] = instant_text(change.at)
    return sha256_hex(encode_canonical(values))
