"""Databases with rows in every table, which cases of the suites have written one after another."""

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.conftest import POLICY
from tests.examples.parcels import Parcel
from tests.feeds import wait_for_complete_feed
from tests.guards.cases import CASES, IdsOfACase, call_case

from indelible.kernel import IndelibleError
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.seals import SealReference
from indelible.kernel.tasks import Lease
from indelible.kernel.values import field_values
from indelible.testing.stores import BEGINNING, FAR, MAYA, NOOR, TickingClock, do
from indelible.testing.tokens.integrity import make_job, make_reveal, make_upload
from indelible.testing.tokens.scenarios import make_author, make_token, with_repositories
from indelible.tokens import Repositories
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, SqlTransaction, open_store, seal
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.record_export import INSERT_DECLARATION
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import StoredDeclaration
from indelible_sql.schema.own_documents import document_of
from indelible_sql.schema.own_tables import own_table

# Together they write to every table. One that expects to be alone stops when it is not: what it has
# written by then stays.
NAMES: Final = (
    "test_a_refund_has_its_task_and_its_attempts",
    "test_disputes_are_due_while_they_need_a_response",
    "test_an_anchored_centroid_stays_near_its_seed_under_the_captures_of_a_neighbour",
    "test_a_failed_token_stays_failed_when_its_block_comes_back",
    "test_a_position_of_another_order_is_refused",
    "test_a_correction_after_the_settlement_is_stored_only",
    "test_a_transfer_that_an_operator_holds_is_not_sent_by_its_task",
    "test_a_clean_full_reconciliation_ends_a_halt_that_events_explain",
    "test_a_change_of_a_reaction_names_its_subscriber",
    "test_nothing_before_a_position_is_deleted",
    "test_a_replay_of_a_command_that_changed_nothing_adds_no_record",
    "test_a_failed_step_ends_as_partial_or_failed_alone",
    "test_an_operator_who_resumes_begins_a_new_sequence",
    "test_a_report_that_is_ended_is_not_listed",
    "test_a_rate_of_0_claims_nothing",
    "test_a_dead_letter_waits_for_an_operator",
    "test_a_reversed_transfer_is_owed_again_and_paid_by_a_new_one",
    "test_a_running_job_is_canceled_and_its_lease_ends",
    "test_dead_tasks_are_requeued_by_their_class_of_error",
)

# A host's declaration, as an upgrade of its context stores it.
DECLARATION: Final = StoredDeclaration(
    lifecycle="parcel",
    declared_at=BEGINNING,
    document=document_of(
        HeadMapping(table=own_table("parcel", Parcel, (), schema=SCHEMA), entity=Parcel)
    ),
    actor=MAYA,
    reason="a host's context",
).hashed()


def populate(store: SqlStore) -> None:
    """Write rows into every table, and seal all changes twice."""
    suites = {name: suite for suite, names in CASES.items() for name in names}
    for number, name in enumerate(NAMES, start=1):
        store.ids = IdsOfACase(number)
        case = getattr(suites[name](), name)
        with suppress(AssertionError, IndelibleError, ValueError, LookupError):
            call_case(case, store)
    do(store, create_key, CreateKey(owner=NOOR, scopes=("admin",), expires_at=FAR))
    with_repositories(store, _add_token)
    with store.transaction(actor=MAYA, reason="a declaration and tasks") as tx:
        _add_tasks(tx)
        row = field_values(DECLARATION)
        tx.session.step(INSERT_DECLARATION, parameters({DECLARATIONS: row}))
    for reason in ("a first seal", "a second seal"):
        seal(wait_for_complete_feed(store), actor=MAYA, reason=reason)


def _add_tasks(tx: SqlTransaction) -> None:
    """Add a dead task, one that is done, one to be retried, a canceled one and a leased one."""
    tx.tasks.mark_dead(_claim(tx, "dead"), reason="it cannot be")
    tx.tasks.complete([_claim(tx, "done")])
    tx.tasks.retry_later(_claim(tx, "retried"), due_at=FAR, reason="no answer")
    tx.tasks.enqueue("packing", {"canceled": BEGINNING})
    tx.tasks.cancel("packing", "canceled")
    tx.tasks.record_start([_claim(tx, "leased")])


def _claim(tx: SqlTransaction, entity_id: str) -> Lease:
    """Enqueue a task and claim it."""
    tx.tasks.enqueue("packing", {entity_id: BEGINNING})
    until = tx.clock.now() + timedelta(hours=1)
    (lease,) = tx.tasks.claim("packing", limit=1, until=until)
    return lease


def _add_token(tokens: Repositories) -> None:
    """Add a token with an image, an upload and a reveal."""
    tokens.authors.add(make_author(7))
    tokens.tokens.add(make_token(7, author_id="author-7"))
    of_token = {"token_id": "token-7"}
    tokens.image_jobs.add(make_job(**of_token))
    tokens.ipfs_records.add(make_upload(**of_token))
    tokens.reveal_txs.add(make_reveal("token-7"))


def populate_file(path: Path) -> None:
    """Populate a migrated SQLite file."""
    _populate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # a single file can be copied


def populate_database(database: PostgresServer) -> None:
    """Populate a migrated PostgreSQL database."""
    _populate(database.url)


def _populate(url: str) -> None:
    store = open_store(url, policy=POLICY, clock=TickingClock())
    populate(store)
    store.dispose()


def sealed_reference(url: str) -> SealReference:
    """Seal everything in a database, and return the reference of the newest seal."""
    store = open_store(url, policy=POLICY)
    newest = seal(wait_for_complete_feed(store), actor=MAYA, reason="a tamper to come")
    store.dispose()
    assert newest is not None
    return newest.reference
