"""Split `verify` and the replay of all contests among workers.

A worker opens the database by its own settings: no part names an address or a password.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from indelible.app import ReadTx
from indelible.kernel.progress import Progress
from indelible.kernel.seals import SealReference
from indelible_service import database
from indelible_service.hosts.modules import with_host_contexts
from indelible_service.independent_work import Workers
from indelible_service.instance.record import command_settings
from indelible_sql import Finding, SqlStore
from indelible_sql.maintenance.verify_parts import (
    PartFindings,
    VerifyPart,
    check_identity,
    identity_of,
    split_verify,
    verify_part,
)

if TYPE_CHECKING:
    from indelible.contests.tasks.replays import LogReplay

CONTESTS_OF_PART: Final = 20
CONTESTS_OF_READ: Final = 500


def verify_with(
    workers: Workers,
    store: SqlStore,
    modules: Sequence[str],
    *,
    against: SealReference | None,
    progress: Progress,
) -> tuple[Finding, ...]:
    """Return what `verify` finds, in its order; the workers read the rows.

    Raises: what `Workers.map` raises, CheckUnknown, OtherDatabaseVerified, SnapshotLost.
    """
    execute = partial(_verify_part, tuple(modules))
    with split_verify(store, against=against) as split:
        progress.total = split.rows
        findings = list(split.findings)
        for result in split.joined(workers.map(execute, split.parts)):
            progress.done += result.rows
            findings += result.findings

    return tuple(findings)


def _verify_part(modules: tuple[str, ...], part: VerifyPart) -> PartFindings:
    with database.open_configured_store(command_settings()) as store:
        return verify_part(with_host_contexts(store, modules), part)


def replay_all(workers: Workers, store: SqlStore, progress: Progress) -> Iterator["LogReplay"]:
    """Yield the replay of the log of each contest, in order of the ids.

    Raises: what `Workers.map` raises, OtherDatabaseVerified.
    """
    ids = tuple(_contest_ids(store))
    progress.unit = "contests"
    progress.total = len(ids)
    starts = range(0, len(ids), CONTESTS_OF_PART)
    parts = [ids[start : start + CONTESTS_OF_PART] for start in starts]
    execute = partial(_replay_part, identity_of(store))
    for replays in workers.map(execute, parts):
        progress.done += len(replays)
        yield from replays


def _contest_ids(store: SqlStore) -> Iterator[str]:
    after = ""
    while True:
        ids = store.read(_next_contest_ids, after)
        yield from ids
        if len(ids) < CONTESTS_OF_READ:
            return
        after = ids[-1]


def _next_contest_ids(tx: ReadTx, after: str) -> list[str]:
    heads = tx.contests.contests.page(after=after, limit=CONTESTS_OF_READ)
    return [head.entity.id for head in heads]


def _replay_part(expected: str, contest_ids: tuple[str, ...]) -> list["LogReplay"]:
    from indelible.contests.tasks.replays import replay_log

    with database.open_configured_store(command_settings()) as store:
        check_identity(expected, identity_of(store))
        return [replay_log(store, contest_id) for contest_id in contest_ids]
