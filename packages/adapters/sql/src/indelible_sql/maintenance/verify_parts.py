"""Split `verify` into parts that other processes and machines execute."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import Conflict, UsageError
from indelible.kernel.seals import SealReference
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.identity import database_identity
from indelible_sql.engine.session import Session
from indelible_sql.engine.snapshots import export_snapshot
from indelible_sql.kernel.key_ranges import ALL_KEYS, KeyRange, key_ranges
from indelible_sql.kernel.row_checks import count_rows
from indelible_sql.maintenance.hosts import NO_HEADS
from indelible_sql.maintenance.verify import first_checks, noted_schema_problem, reading
from indelible_sql.maintenance.verify_checks import RowCheck, row_checks, tables_of
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.store.kernel_store import AnySqlStore

ROWS_OF_PART: Final = 20_000  # about a second of work


@frozen
class CheckUnknown(Conflict):
    """A worker does not know a check of the process that splits `verify`."""

    message: ClassVar[str] = (
        "The worker has no check of {check}: it must have the same release, contexts and modules as"
        " the process that verifies."
    )
    check: str


@frozen
class OtherDatabaseVerified(Conflict):
    """The settings of a worker name another database than the one that is checked."""

    message: ClassVar[str] = (
        "The settings of the worker name database {actual}, but {expected} is checked."
    )
    expected: str
    actual: str


@frozen(kw_only=True)
class CheckRange:
    """A check of rows by its name, and the keys of the rows; about so many rows are read."""

    check: str
    key_range: KeyRange = ALL_KEYS
    rows: int = 0


@frozen(kw_only=True)
class VerifyPart:
    """Checks that follow each other, which a process with the same settings can execute.

    `database` is the identity of the database, and `snapshot` the moment on PostgreSQL that all
    parts read; SQLite cannot share one.
    """

    ranges: tuple[CheckRange, ...]
    database: str
    snapshot: str
    is_later: bool
    against: SealReference | None


@frozen(kw_only=True)
class PartFindings:
    """The findings of a part, and the number of rows that it has read."""

    findings: tuple[Finding, ...]
    rows: int


@frozen(kw_only=True)
class SplitVerify:
    """The findings before those of the rows, the parts in order, and the number of rows."""

    findings: tuple[Finding, ...]
    parts: Sequence[VerifyPart]
    rows: int

    def joined(self, results: Iterable[PartFindings]) -> Iterator[PartFindings]:
        """Yield the results of the parts, which are in order, as one process would have them.

        One process reads nothing after a table or column that is missing.
        """
        for result in results:
            yield result
            if any(finding.fault is Fault.SCHEMA for finding in result.findings):
                return


@contextmanager
def split_verify(
    store: AnySqlStore,
    *,
    against: SealReference | None = None,
    rows_of_part: int = ROWS_OF_PART,
) -> Generator[SplitVerify]:
    """Execute the first checks and split the others; the snapshot ends with the block.

    Where the schema or the file is damaged, no table is split by its keys: one may be missing, and
    an index may not have each row.
    """
    findings: list[Finding] = []
    parts: list[VerifyPart] = []
    rows = 0
    with _reading_primary(store) as session:
        with noted_schema_problem(findings):
            state = first_checks(session, store, NO_HEADS, findings)
            if state is not None:
                checks = row_checks(store, NO_HEADS, against, is_later=state.is_later)
                _by_name(checks)
                rows = count_rows(session, tables_of(checks)) if state.is_sound else 0
                groups = _whole_checks(checks)
                if state.is_sound:
                    groups = _groups(_ranges(session, checks, rows_of_part), rows_of_part)
                parts += _parts(session, groups, against, is_later=state.is_later)
        yield SplitVerify(findings=tuple(findings), parts=parts, rows=rows)


def verify_part(store: AnySqlStore, part: VerifyPart) -> PartFindings:
    """Execute a part; the store has the contexts of the process that has split.

    Raises: CheckUnknown, OtherDatabaseVerified, SnapshotLost.
    """
    findings: list[Finding] = []
    with _reading_primary(store, part.snapshot) as session, noted_schema_problem(findings):
        check_identity(part.database, database_identity(session.connection))
        checks = row_checks(store, NO_HEADS, part.against, is_later=part.is_later)
        by_name = _by_name(checks)
        for check_range in part.ranges:
            check = by_name.get(check_range.check)
            if check is None:
                raise CheckUnknown(check_range.check)
            findings.extend(check.findings(session, check_range.key_range))

    return PartFindings(findings=tuple(findings), rows=session.progress.done)


def identity_of(store: AnySqlStore) -> str:
    """Return the identity of the store's database."""
    with translate_errors(), store.engines.reader.connect() as connection:
        return database_identity(connection)


def check_identity(expected: str, actual: str) -> None:
    """Return if a worker has opened the database of its part; raise OtherDatabaseVerified."""
    if actual != expected:
        raise OtherDatabaseVerified(expected, actual)


def _by_name(checks: Iterable[RowCheck]) -> dict[str, RowCheck]:
    by_name: dict[str, RowCheck] = {}
    for check in checks:
        if check.name in by_name:
            raise UsageError(f"two checks of verify are called {check.name}")
        by_name[check.name] = check
    return by_name


@contextmanager
def _reading_primary(store: AnySqlStore, snapshot: str = "") -> Generator[Session]:
    """Open a session on the primary, which all parts read: a snapshot is of one server."""
    with (
        translate_errors(),
        store.engines.reader.connect() as connection,
        reading(connection, store.schema, snapshot) as session,
    ):
        yield session


def _whole_checks(checks: Iterable[RowCheck]) -> Iterator[Sequence[CheckRange]]:
    """Yield a group for each check, which reads all rows."""
    for check in checks:
        yield (CheckRange(check=check.name),)


def _ranges(session: Session, checks: Iterable[RowCheck], max_rows: int) -> Iterator[CheckRange]:
    """Yield each check with its ranges in order."""
    for check in checks:
        total = count_rows(session, [check.table])
        if not check.is_split(is_sqlite=session.is_sqlite):
            yield CheckRange(check=check.name, rows=total)
            continue
        ranges = key_ranges(session, check.table, check.key, max_rows, total)
        for key_range in ranges:
            yield CheckRange(check=check.name, key_range=key_range, rows=total // len(ranges))


def _groups(ranges: Iterable[CheckRange], max_rows: int) -> Iterator[Sequence[CheckRange]]:
    """Yield groups of ranges that follow each other, with at most so many rows or one range."""
    group: list[CheckRange] = []
    rows = 0
    for check_range in ranges:
        if group and rows + check_range.rows > max_rows:
            yield tuple(group)
            group.clear()
            rows = 0
        group.append(check_range)
        rows += check_range.rows
    if group:
        yield tuple(group)


def _parts(
    session: Session,
    groups: Iterable[Sequence[CheckRange]],
    against: SealReference | None,
    *,
    is_later: bool,
) -> Iterator[VerifyPart]:
    """Yield the parts in order; each can be executed at any time until the session ends."""
    database = database_identity(session.connection)
    snapshot = export_snapshot(session)
    for group in groups:
        yield VerifyPart(
            ranges=tuple(group),
            database=database,
            snapshot=snapshot,
            is_later=is_later,
            against=against,
        )
