"""A flipped byte: in a table, an index, or the log, of a server and of a file.

A byte of a table or of an index is noticed by the commands that check a database, and a backup
takes its place. A byte of the log ends the log early: what came after it is lost, and the newest
cursor of the outside reader is refused.
"""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.conftest import folder
from tests.doses.drills.archives import archived_log, restored_server, wait_for_archive
from tests.doses.drills.bed import Bed, CommandFailed, command, execute, running, settings_of
from tests.doses.drills.recovery import go_on
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.restores import instants
from tests.doses.drills.work import Work, receiving, working

from indelible_service.embedded import PostgresServer

DRILL: Final = "flipped-byte"
TABLE: Final = "history"
CHECKS: Final = (("db", "check"), ("verify",))
RELATION_OF: Final[Mapping[str, str]] = {
    "table": f"'indelible.{TABLE}'::regclass",
    "index": f"(SELECT indexrelid FROM pg_index WHERE indrelid = 'indelible.{TABLE}'::regclass"
    " AND indisprimary)",
}
WAL_POSITION: Final = "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"
WAL_FILE: Final = "SELECT * FROM pg_walfile_name_offset('0/0'::pg_lsn + {position}::numeric)"
# https://www.sqlite.org/fileformat2.html
PAGE_SIZE_AT: Final = slice(16, 18)
CELLS_AT: Final = slice(3, 5)  # of a page: the number of its cells, two bytes each after the header
PAGE_HEADER_BYTES: Final = 12
WAL_HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24
SALTS_AT: Final = slice(16, 24)  # of the log's header
FRAME_SALTS_AT: Final = slice(8, 16)


class Instants(NamedTuple):
    """After how many steps the backup is made, and the database is lost."""

    backup: int
    end: int

    def text(self, place: str, steps: int) -> str:
        """Return the instants in words."""
        return f"{place}, backup after {self.backup}, lost after {self.end} of {steps} steps"


def play_flipped_byte(bed: Bed, seed: int) -> list[DrillReport]:
    """Run the drill for each place of both databases."""
    return [
        *(flip_in_server(bed, seed, place) for place in RELATION_OF),
        flip_in_archive(bed, seed),
        *(flip_in_file(bed, seed, place) for place in ("table", "index")),
        flip_in_sqlite_log(bed, seed),
    ]


def flip(file: Path, offset: int) -> None:
    """Change every bit of a byte of a file."""
    with file.open("r+b") as stream:
        stream.seek(offset)
        (byte,) = stream.read(1)
        stream.seek(offset)
        stream.write(bytes([byte ^ 0xFF]))


def _chance(seed: int, place: str) -> Random:
    return Random(f"flipped {seed} {place}")  # noqa: S311 - no secret


def _report(work: Work, database: str, place: str, at: Instants) -> DrillReport:
    return DrillReport(drill=DRILL, database=database, instant=at.text(place, len(work.steps)))


def _require_notice(work: Work, url: str, report: DrillReport) -> None:
    """Require that a command that checks a database refuses the damaged one."""
    noticed: list[str] = []
    for words in CHECKS:
        try:
            found = command(*words, "--json", settings=settings_of(work.site, url))
        except CommandFailed as error:
            found = str(error)
        if found.strip() != "[]":
            noticed.append(" ".join(words))
    report.notes.append(f"noticed by {', '.join(noticed) or 'nothing'}")
    report.require(bool(noticed), "no command notices the flipped byte")


# PostgreSQL


def flip_in_server(bed: Bed, seed: int, place: str) -> DrillReport:
    """Flip a byte of a table or an index, and restore a base backup with the whole log."""
    with bed.data() as directory, folder() as log, ExitStack() as lifetime:
        server = lifetime.enter_context(running(directory))
        lifetime.enter_context(archived_log(server, log))
        base = bed.place() / "base"
        with working(server.url, base.parent, seed) as work:
            at, _ = _work_and_back_up(work, server, base)
            ((relation,),) = execute(
                server, "CHECKPOINT", f"SELECT pg_relation_filepath({RELATION_OF[place]})"
            )
            lifetime.close()  # its memory has the page as it was
            file = directory / "data" / str(relation)
            flip(file, _chance(seed, place).randrange(file.stat().st_size))
            report = _report(work, "PostgreSQL", place, at)
            with running(directory) as damaged:
                _require_notice(work, damaged.url, report)
            with restored_server(directory, base, log=log) as restored:
                go_on(work, restored.url, report)
                report.require(not report.lost, "changes are lost in spite of the log")
                work.site.store.dispose()
            return report


def flip_in_archive(bed: Bed, seed: int) -> DrillReport:
    """Flip a byte of the archived log that is newer than the base backup, and restore both."""
    with bed.data() as directory, folder() as log, ExitStack() as lifetime:
        server = lifetime.enter_context(running(directory))
        lifetime.enter_context(archived_log(server, log))
        base = bed.place() / "base"
        with working(server.url, base.parent, seed) as work:
            at, position = _work_and_back_up(work, server, base)
            last = _log_position(server)
            chosen = _chance(seed, "log").randrange(position, last)
            ((name, offset),) = execute(server, WAL_FILE.format(position=chosen))
            lifetime.close()
            (segment,) = log.glob(f"{name}*")
            flip(segment, int(str(offset)))
            report = _report(work, "PostgreSQL", "archived log", at)
            with restored_server(directory, base, log=log) as restored:
                go_on(work, restored.url, report)
                report.notes.append(f"byte {chosen - position:,} of {last - position:,} of the log")
                work.site.store.dispose()
            return report


def _work_and_back_up(work: Work, server: PostgresServer, base: Path) -> tuple[Instants, int]:
    """Work to the end, with a base backup on the way; return the log's position after it."""
    at = Instants(*instants(work))
    with receiving(work.site):
        work.run_to(at.backup)
        settings = settings_of(work.site, server.url, INDELIBLE_BACKUP_URL=server.admin_url)
        command("backup", str(base), "--method=base", settings=settings)
        position = _log_position(server)
        work.run_to(at.end)
    work.site.store.dispose()
    wait_for_archive(server)
    return at, position


def _log_position(server: PostgresServer) -> int:
    """Return how many bytes of the log are flushed."""
    ((position,),) = execute(server, WAL_POSITION)
    return int(str(position))


# SQLite


def flip_in_file(bed: Bed, seed: int, place: str) -> DrillReport:
    """Flip a byte in the first page of a table or an index, and restore last night's backup."""
    directory = bed.place()
    url = bed.sqlite(directory)
    with working(url, directory, seed) as work:
        at = Instants(*instants(work))
        with receiving(work.site):
            work.run_to(at.backup)
            command("backup", str(directory / "night"), settings=settings_of(work.site, url))
            work.run_to(at.end)
        work.site.store.dispose()
        file = directory / "lost.db"
        flip(file, _chance(seed, place).choice(_structure(file, place)))
        report = _report(work, "SQLite", place, at)
        _require_notice(work, url, report)
        restored = f"sqlite:///{directory}/restored.db"
        command("restore", str(directory / "night"), restored, settings={})
        return go_on(work, restored, report)


def _structure(file: Path, place: str) -> range:
    """Return where the root page of the table, or of its first index, has its pointers."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = ? AND tbl_name = ? ORDER BY name",
            (place, TABLE),
        ).fetchone()
    content = file.read_bytes()
    size = int.from_bytes(content[PAGE_SIZE_AT])
    begin = (page - 1) * size
    cells = int.from_bytes(content[begin:][CELLS_AT])
    return range(begin, begin + PAGE_HEADER_BYTES + 2 * cells)


def flip_in_sqlite_log(bed: Bed, seed: int) -> DrillReport:
    """Flip a byte of the log that a dead machine has left, and go on with the rest."""
    directory = bed.place()
    url = bed.sqlite(directory)
    with working(url, directory, seed) as work:
        at = Instants(*instants(work))
        with receiving(work.site):
            work.run_to(at.end)
        for suffix in ("", "-wal"):  # while the store is open, so that nothing is written back
            shutil.copy(directory / f"lost.db{suffix}", directory / f"left.db{suffix}")
        work.site.store.dispose()
        log = directory / "left.db-wal"
        flip(log, _chance(seed, "log").choice(_frames(log)))
        report = _report(work, "SQLite", "log", at)
        return go_on(work, f"sqlite:///{directory}/left.db", report)


def _frames(log: Path) -> range:
    """Return where the frames of the log are that belong to its last beginning."""
    content = log.read_bytes()
    frame_bytes = FRAME_HEADER_BYTES + int.from_bytes(content[8:12])
    end = WAL_HEADER_BYTES
    while content[end:][FRAME_SALTS_AT] == content[SALTS_AT]:
        end += frame_bytes
    return range(WAL_HEADER_BYTES, end)
