"""Run commands while something is broken, and compare what callers received with what is stored."""

import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from random import Random
from threading import Event, Thread
from typing import Final, TypeVar

from attrs import define, field, frozen
from tests.doses.chaos.open_stores import StoreUnderTest, changes_after, last_position

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved, ConceptStatus
from indelible.kernel import IndelibleError
from indelible.testing.stores import RATIO, approve, create, edit, publish, submit
from indelible_sql import SqlStore, verify

SUCCESS: Final = ""  # in place of an error code
BUSY: Final = "NO_CONNECTION_FREE"  # on a busy machine, where all workers share one writer
UNCERTAIN: Final = {"OUTCOME_UNKNOWN"}
WORKERS: Final = 3
COMMANDS_PER_WORKER: Final = 6  # in each round
SHARED_SHARE: Final = 0.3  # of the commands are for the concept that all workers edit
EDIT_SHARE: Final = 0.7
# So long that a database file must grow.
LONG: Final = ConceptContent(name="Long", definition="A rather long definition. " * 700)
MAX_WAIT_SECONDS: Final = 20
RETRY_SECONDS: Final = 0.02
MAX_REFUSED_SECONDS: Final = 0.05  # of a caller whose command was refused
R = TypeVar("R")
Fault = Callable[[StoreUnderTest, Random], AbstractContextManager[object]]
Step = Callable[[SqlStore, ConceptSaved], ConceptSaved]
NEXT_STEPS: Final[dict[ConceptStatus, Step]] = {
    ConceptStatus.DRAFT: submit,
    ConceptStatus.REVIEW: approve,
    ConceptStatus.APPROVED: publish,
}


@frozen(kw_only=True)
class FaultCase:
    """A fault, the error codes that it may cause, and the codes that prove that it happened."""

    fault: Fault
    allowed_codes: frozenset[str]
    proof: frozenset[str] = frozenset()
    causes_retries: bool = False  # the store must have run a handler again


@frozen
class CommandOutcome:
    """The error code of a command, or the concept and the seq that it saved."""

    code: str
    concept_id: str = ""
    seq: int = 0


@define
class FaultReport:
    """The outcomes of all rounds of one fault, and each problem."""

    rounds: int = 0
    codes: Counter[str] = field(factory=Counter[str])
    retries: int = 0
    failures_afterwards: int = 0  # calls until the store worked again
    problems: list[str] = field(factory=list[str])


def run_under_fault(
    tested: StoreUnderTest, case: FaultCase, chance: Random, rounds: int
) -> FaultReport:
    """Run rounds of commands under the fault, and check the store after each."""
    report = FaultReport()
    retries_before = tested.retries
    for _ in range(rounds):
        _run_round(tested, case, chance, report)
    report.retries = tested.retries - retries_before
    report.problems.extend(_missing_proof(case, report))
    return report


def _run_round(
    tested: StoreUnderTest, case: FaultCase, chance: Random, report: FaultReport
) -> None:
    store = tested.store
    position = _until_success(report, lambda: last_position(store))
    shared = _until_success(report, lambda: create(store))
    outcomes: list[CommandOutcome] = []
    with case.fault(tested, chance), ThreadPoolExecutor(WORKERS) as threads:
        seeds = [chance.getrandbits(64) for _ in range(WORKERS)]
        workers = [threads.submit(_run_commands, store, shared, seed) for seed in seeds]
        for worker in workers:
            outcomes.extend(worker.result())

    report.rounds += 1
    report.codes.update(outcome.code for outcome in outcomes)
    report.problems.extend(_compare(store, position, shared, outcomes, report))
    _until_success(report, lambda: create(store))


def _run_commands(store: SqlStore, shared: ConceptSaved, seed: int) -> list[CommandOutcome]:
    """Edit the shared concept and concepts of the worker's own."""
    chance = Random(seed)  # noqa: S311 - no secret
    outcomes: list[CommandOutcome] = []
    own: ConceptSaved | None = None
    for _ in range(COMMANDS_PER_WORKER):
        is_shared = chance.random() < SHARED_SHARE
        code, saved = _run_command(store, shared if is_shared else own, chance)
        if saved is None:
            outcomes.append(CommandOutcome(code))
        else:
            outcomes.append(CommandOutcome(code, saved.concept.id, saved.seq))
            if is_shared:
                shared = saved
            else:
                own = saved

        if is_shared and code == "STALE":
            shared = _reload(store, shared)
        elif code != SUCCESS:
            time.sleep(chance.uniform(0, MAX_REFUSED_SECONDS))

    return outcomes


def _run_command(
    store: SqlStore, saved: ConceptSaved | None, chance: Random
) -> tuple[str, ConceptSaved | None]:
    """Run a command that the concept's status allows; return its error code or its result."""
    try:
        if saved is None or saved.concept.status is ConceptStatus.PUBLISHED:
            return SUCCESS, create(store, chance.choice((RATIO, LONG)))

        if chance.random() < EDIT_SHARE:
            return SUCCESS, edit(store, saved, chance.choice((RATIO, LONG)))

        return SUCCESS, NEXT_STEPS[saved.concept.status](store, saved)
    except IndelibleError as error:
        return error.code, None


def _reload(store: SqlStore, saved: ConceptSaved) -> ConceptSaved:
    try:
        view = store.read(concepts.get_concept, saved.concept.id)
    except IndelibleError:
        return saved

    return ConceptSaved(
        concept=view.concept,
        version=view.version,
        warnings=(),
        current_warnings=(),
        seq=view.seq,
    )


def _until_success(report: FaultReport, call: Callable[[], R]) -> R:
    """Repeat a call until it succeeds: an open store must recover by itself."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        try:
            return call()
        except IndelibleError:
            report.failures_afterwards += 1
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


def _compare(
    store: SqlStore,
    position: int,
    shared: ConceptSaved,
    outcomes: list[CommandOutcome],
    report: FaultReport,
) -> Iterator[str]:
    """Yield each change that was lost, that no caller received, or that contradicts history."""
    stored = Counter[tuple[str, int]]()
    for change in _until_success(report, lambda: changes_after(store, position)):
        stored[change.entity_id, change.seq] += 1

    accepted = Counter[tuple[str, int]]({(shared.concept.id, shared.seq): 1})
    uncertain = 0
    for outcome in outcomes:
        if outcome.code == SUCCESS:
            accepted[outcome.concept_id, outcome.seq] += 1
        elif outcome.code in UNCERTAIN:
            uncertain += 1

    for revision in accepted - stored:
        yield f"lost: {revision}"
    unexpected = (stored - accepted).total()
    if unexpected > uncertain:
        yield f"{unexpected} changes without a success, but only {uncertain} uncertain outcomes"
    for finding in _until_success(report, lambda: verify(store)):
        yield str(finding)


def _missing_proof(case: FaultCase, report: FaultReport) -> Iterator[str]:
    """Yield codes that the fault must not cause, and signs that it never happened."""
    codes = report.codes.keys()
    forbidden = codes - case.allowed_codes - {SUCCESS, BUSY}
    if forbidden:
        yield f"unexpected codes {sorted(forbidden)}"
    if case.proof and not codes & case.proof:
        yield f"the fault did not happen: no command failed with {sorted(case.proof)}"
    if case.causes_retries and not report.retries:
        yield "the fault did not happen: no handler was run again"


# The faults of each database


BLOCK_BYTES: Final = 65_536
MAX_PAUSE_SECONDS: Final = 0.03  # from one termination to the next
STALE: Final = "STALE"  # two workers edited one concept
SELECT_BACKENDS: Final = """
    SELECT pid
    FROM pg_stat_activity
    WHERE usename = 'indelible_app' AND datname = current_database()
"""
REFUSE_CHANGES: Final = """
    CREATE SEQUENCE public.changes_tried;
    CREATE FUNCTION public.refuse_every_fourth_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF nextval('public.changes_tried') % 4 = 0 THEN
            RAISE SQLSTATE '40001' USING MESSAGE = 'could not serialize access';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_every_fourth_change BEFORE INSERT ON indelible.history
    FOR EACH ROW EXECUTE FUNCTION public.refuse_every_fourth_change();
"""
ALLOW_CHANGES: Final = """
    DROP FUNCTION public.refuse_every_fourth_change CASCADE;
    DROP SEQUENCE public.changes_tried;
"""
LOCK_ROWS: Final = "SELECT id FROM indelible.concepts ORDER BY id FOR UPDATE"


@contextmanager
def read_only(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Make the server read-only, like a standby."""
    with tested.setting(default_transaction_read_only="on"):
        yield


@contextmanager
def late_locks(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock every row in another session, with a short lock timeout."""
    with tested.setting(lock_timeout="20ms"), tested.admin() as admin, admin.transaction():
        admin.execute(LOCK_ROWS)
        yield


@contextmanager
def late_statements(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock every row in another session, with a short statement timeout."""
    with tested.setting(statement_timeout="60ms"), tested.admin() as admin, admin.transaction():
        admin.execute("SET LOCAL statement_timeout = 0")
        admin.execute(LOCK_ROWS)
        yield


@contextmanager
def unserializable(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Refuse every fourth change with the error of a transaction that cannot be serialized.

    Each transaction of a store is READ COMMITTED, whatever the server's default is, so PostgreSQL
    would not raise it by itself.
    """
    with tested.admin() as admin:
        admin.execute(REFUSE_CHANGES)
    try:
        yield
    finally:
        with tested.admin() as admin:
            admin.execute(ALLOW_CHANGES)


@contextmanager
def terminated(tested: StoreUnderTest, chance: Random) -> Generator[None]:
    """Terminate the store's sessions again and again, at random moments."""
    over = Event()

    def terminate() -> None:
        with tested.admin() as admin:
            while not over.wait(chance.uniform(0, MAX_PAUSE_SECONDS)):
                for (pid,) in admin.execute(SELECT_BACKENDS).fetchall():
                    admin.execute("SELECT pg_terminate_backend(%s)", (pid,))

    thread = Thread(target=terminate)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def few_pages(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Forbid that the SQLite file grows."""
    with sqlite3.connect(tested.file()) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    other.close()

    with tested.pragma(f"max_page_count = {pages}", "max_page_count = 1073741823"):
        yield


@contextmanager
def short_files(_: StoreUnderTest, __: Random) -> Generator[None]:
    """Limit the size of every file that this process writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK_BYTES // 8, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def only_queries(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Forbid writes on the writing connection."""
    with tested.pragma("query_only = ON", "query_only = OFF"):
        yield


@contextmanager
def locked_file(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock the file from another connection, with a short busy timeout."""
    other = sqlite3.connect(tested.file(), isolation_level=None)
    with tested.pragma("busy_timeout = 1", "busy_timeout = 5000"):
        other.execute("BEGIN IMMEDIATE")
        tested.is_impatient = True
        try:
            yield
        finally:
            tested.is_impatient = False
            other.execute("ROLLBACK")
            other.close()


ON_POSTGRESQL: Final = {
    "read-only": FaultCase(
        fault=read_only,
        allowed_codes=frozenset({"STORE_READ_ONLY"}),
        proof=frozenset({"STORE_READ_ONLY"}),
    ),
    "lock timeouts": FaultCase(
        fault=late_locks,
        allowed_codes=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "statement timeouts": FaultCase(
        fault=late_statements,
        allowed_codes=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "serialization failures": FaultCase(
        fault=unserializable, allowed_codes=frozenset({STALE, "STORE_BUSY"}), causes_retries=True
    ),
    "terminated backends": FaultCase(
        fault=terminated,
        allowed_codes=frozenset({STALE, "STORE_UNREACHABLE", "STORE_BUSY"}),
        proof=frozenset({"STORE_UNREACHABLE"}),
    ),
}
ON_SQLITE: Final = {
    "full by max_page_count": FaultCase(
        fault=few_pages,
        allowed_codes=frozenset({"STORE_FULL", STALE}),
        proof=frozenset({"STORE_FULL"}),
    ),
    "full by RLIMIT_FSIZE": FaultCase(
        fault=short_files,
        allowed_codes=frozenset({"DATABASE_FAULT", "STORE_FULL", STALE}),
        proof=frozenset({"DATABASE_FAULT"}),
    ),
    "read-only": FaultCase(
        fault=only_queries,
        allowed_codes=frozenset({"STORE_READ_ONLY"}),
        proof=frozenset({"STORE_READ_ONLY"}),
    ),
    "lock timeouts": FaultCase(
        fault=locked_file, allowed_codes=frozenset({"STORE_BUSY"}), proof=frozenset({"STORE_BUSY"})
    ),
}
