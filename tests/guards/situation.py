"""A database with rows in every table, and the legal next writes.

An attack is a legal write with one thing changed.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import asdict, evolve, frozen
from sqlalchemy import Executable, Insert, insert
from tests.feeds import wait_for_complete_feed
from tests.guards.breaker_rows import add_breakers
from tests.guards.capture_rows import CaptureSituation, settle_captures
from tests.guards.contest_rows import add_contests
from tests.guards.contest_steps import ContestSituation, contest_situation
from tests.guards.kernel_records import add_kernel_records
from tests.guards.money_rows import add_money, add_payees, add_reversals
from tests.guards.money_steps import MoneySituation, money_births, money_situation, money_steps
from tests.guards.project_rows import (
    ProjectIds,
    ProjectSituation,
    project_situation,
    settle_projects,
)
from tests.guards.retention_rows import add_marks
from tests.guards.runbook_rows import add_steps, ended_execution, execution_step
from tests.guards.samples import add_samples, legal_births, legal_steps, next_step
from tests.guards.subject_rows import add_subjects
from tests.guards.subscriber_rows import add_subscribers
from tests.guards.task_rows import LIVE_UNTIL, add_tasks, attempt_row
from tests.guards.token_rows import add_tokens
from tests.guards.writes import (
    AUDIT,
    DAY,
    Row,
    Step,
    head_write,
    insert_change,
    insert_head,
    later_than,
    update_head,
)

from indelible import concepts
from indelible.concepts import Concept, ConceptVersion
from indelible.concepts.entities import name_key
from indelible.concepts.rules.records import version_data, version_records
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel import Change, Head, Idempotency, digest
from indelible.kernel.aggregates import change_for
from indelible.kernel.idempotency import Receipt
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.retention import RETENTIONS, OperationalTable
from indelible.kernel.seals import next_seal
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.task_retention import TASK_RETENTION
from indelible.testing.stores import BEGINNING, MAYA, NOOR, create, do, edit, published, submit
from indelible.tokens import Repositories
from indelible_sql import SqlReading, SqlStore, seal
from indelible_sql.concepts.tables import VERSIONS, WARNINGS
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.maintenance.seals import read_unsealed
from indelible_sql.schema.tables import RECEIPTS

FULL = concepts.ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities by division.",
    explanation="Three apples to two pears is a ratio of 3 to 2.",
    examples=("3 : 2", "a half\x1f"),
    prerequisites=("Division",),
    learning_objective="Compare two quantities.",
    misconceptions=("A ratio is a fraction of the whole.",),
    scope_boundaries="No rates.",
)
CLEARER = evolve(FULL, definition="How many times one quantity holds another.")

# A record that a stored seal could cover: the databases do not look for its row.
SEAL_RECORD: Row = {"record_table": "receipts", "record_hash": "d" * 64, "seal_number": 1}


@frozen(kw_only=True)
class Situation:
    """The stored rows that attacks refer to, and the legal next writes with their true digests.

    `steps` has the next step of a stored entity of each head, and `births` the birth of another
    one, by the name of the table.
    """

    steps: Mapping[str, Step]
    births: Mapping[str, Step]

    # The last changes of a concept in REVIEW, of a published one and of a key.
    reviewed: Change
    published: Change
    key_created: Change

    # The concept in REVIEW: its stored version, and an edit with the rows that it adds.
    stored_version: Row
    edit: Change
    version: Row
    warnings: Row

    # The rows that the birth of a concept adds.
    first_version: Row
    first_warnings: Row

    receipt: Row
    attempt: Row

    # Changes of the retention of tasks: to a year, and to no number.
    longer_retention: Step
    wrong_retention: Step
    # A change of the retention of attempts, to a year.
    longer_attempt_retention: Step

    # The last of two stored seals, and the one that follows it.
    stored_seal: Row
    seal: Row

    captures: CaptureSituation
    projects: ProjectSituation
    contests: ContestSituation
    money: MoneySituation

    # The next step of an execution of a runbook, with its row.
    runbook_step: Step
    ended_execution_id: str

    # Steps of a token whose image is being uploaded, of its upload, and of an orphaned mint whose
    # transaction is in another block now.
    ready: Step
    completed: Step
    restored: Step

    @property
    def approve(self) -> Change:
        """Return the approval of the concept in REVIEW."""
        return self.steps["concepts"].change

    @property
    def create(self) -> Change:
        """Return the first change of a new concept."""
        return self.births["concepts"].change

    @property
    def revoke(self) -> Change:
        """Return the revocation of the stored key."""
        return self.steps["keys"].change

    @property
    def grant(self) -> Change:
        """Return the first change of a new key."""
        return self.births["keys"].change

    def stored_id(self, table: str) -> str:
        """Return the id of the entity that the next step of a head's table belongs to."""
        return self.steps[table].change.entity_id


@frozen(kw_only=True)
class SettledIds:
    """The ids of the stored entities that the situation is about."""

    in_review: str
    published: str
    key: str
    projects: ProjectIds


def settle(store: SqlStore) -> Situation:
    """Fill every table, and return the situation.

    There are a concept with two versions in REVIEW, a published one, a draft with a receipt, and a
    key; the rest is described in `settle_captures`, `add_tokens`, `add_tasks`, `settle_projects`,
    `contest_rows` and `money_rows`.
    """
    in_review = submit(store, edit(store, create(store, FULL), CLEARER)).concept.id
    published_id = published(store).concept.id
    create_draft = concepts.CreateConcept(content=evolve(FULL, name="Rate"))
    idempotency = Idempotency("order-1", concepts.ConceptSaved)
    do(store, concepts.create_concept, create_draft, idempotency=idempotency)
    grant = CreateKey(owner=NOOR, scopes=("concepts:read",), expires_at=BEGINNING + 900 * DAY)
    key_id = do(store, create_key, grant).key.id

    seal(wait_for_complete_feed(store), actor=MAYA, reason="a story")
    captures = settle_captures(store)
    seal(wait_for_complete_feed(store), actor=MAYA, reason="a story")
    do(store, pause_stage, PauseStage(stage="upload"))
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        add_kernel_records(tx)
        add_breakers(tx)
        add_subjects(tx)
        add_tokens(Repositories.over(tx), tx.clock.now())
        attempt = attempt_row(add_tasks(tx))
        add_marks(tx)
        add_subscribers(tx)

    projects = settle_projects(store)
    add_payees(store)
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        add_contests(tx)
        add_money(tx)
        add_samples(tx)
        add_steps(tx)
    add_reversals(store)
    wait_for_complete_feed(store)
    ids = SettledIds(in_review=in_review, published=published_id, key=key_id, projects=projects)
    return store.read(_situation, ids, attempt, captures)


def _situation(
    tx: SqlReading, ids: SettledIds, attempt: Row, captures: CaptureSituation
) -> Situation:
    head, stored_version = tx.concepts.search.get_current(ids.in_review)
    now = later_than(head.entity.updated_at)
    edited = head.entity.transition("edit", now=now)
    version = edited.new_version(FULL, version_id="version-3", by=MAYA, note="as it was")
    created = Concept.create("create", now=now, id="new")
    first_version = created.new_version(FULL, version_id="version-1", by=MAYA, note="new")
    projects = project_situation(tx, ids.projects)
    contests = contest_situation(tx)
    money = money_situation(tx)
    steps = {**legal_steps(tx), **money_steps(money)}
    steps["jobs"] = projects.completed_with_warnings
    births = {**legal_births(tx), **money_births(money)}
    births["concepts"] = _concept_birth(created, first_version)
    births["jobs"] = projects.birth
    births["contests"] = contests.publication
    births["entries"] = contests.entry
    births["contest_logs"] = contests.log
    births["settlement_runs"] = contests.run
    unsealed = read_unsealed(tx)
    next_one = next_seal(AUDIT, unsealed.newest, unsealed.stretch, now=LIVE_UNTIL)

    retention = tx.settings.get(TASK_RETENTION)
    attempt_retention = tx.settings.get(RETENTIONS[OperationalTable.ATTEMPTS].setting)

    return Situation(
        steps=steps,
        births=births,
        reviewed=tx.history.of("concept", ids.in_review)[-1],
        published=tx.history.of("concept", ids.published)[-1],
        key_created=tx.history.of("key", ids.key)[-1],
        stored_version=_version_row(stored_version),
        edit=_concept_change(head, edited, "edit", version),
        version=_version_row(version),
        warnings=_warnings_row(version),
        first_version=_version_row(first_version),
        first_warnings=_warnings_row(first_version),
        receipt=_receipt_row("order-2", now),
        attempt=attempt,
        longer_retention=next_step(retention, "change", value="31536000"),
        wrong_retention=next_step(retention, "change", value="soon"),
        longer_attempt_retention=next_step(attempt_retention, "change", value="31536000"),
        stored_seal=asdict(unsealed.newest, recurse=False) if unsealed.newest else {},
        seal=asdict(next_one, recurse=False),
        captures=captures,
        projects=projects,
        contests=contests,
        money=money,
        runbook_step=execution_step(tx),
        ended_execution_id=ended_execution(tx),
        ready=next_step(tx.tokens.tokens.get("token-2"), "ready"),
        completed=next_step(tx.tokens.uploads.get("upload-2"), "complete"),
        restored=next_step(tx.tokens.mints.get("mint-2"), "restore"),
    )


def _concept_birth(concept: Concept, version: ConceptVersion) -> Step:
    records = (
        insert_version(_version_row(version)),
        insert_warnings(_warnings_row(version)),
    )
    return Step(
        change=_concept_change(None, concept, "create", version),
        row={"name_key": name_key(FULL.name)},
        records=records,
    )


def _concept_change(
    head: Head[Concept] | None, concept: Concept, action: str, version: ConceptVersion
) -> Change:
    """Return a change that adds a version."""
    records = version_records(version, ())
    return change_for(AUDIT, head, concept, action, data=version_data(), records=records)


def _version_row(version: ConceptVersion) -> Row:
    name = name_key(version.content.name)
    definition = name_key(version.content.definition)

    row = asdict(version, recurse=False)
    del row["content"]
    row.update(asdict(version.content, recurse=False))
    row["name_key"] = name
    row["search_key"] = f"{name}\n{definition}"
    return row


def _warnings_row(version: ConceptVersion) -> Row:
    return {
        "concept_id": version.concept_id,
        "version_number": version.version_number,
        "computed_at": version.created_at,
        "ruleset": RULESET,
        "warnings": [],
    }


def _receipt_row(key: str, at: datetime) -> Row:
    receipt = Receipt(owner=MAYA, key=key, fingerprint=digest(key), result={"answer": 1}, at=at)
    return asdict(evolve(receipt, hash=receipt.digest()), recurse=False)


def insert_concept(s: Situation, **columns: object) -> Insert:
    """Return the insert of a new concept's head, with some columns changed."""
    return insert_head(s.create, **{**s.births["concepts"].row, **columns})


def insert_key(s: Situation, **columns: object) -> Insert:
    """Return the insert of a new key's head, with some columns changed."""
    return insert_head(s.grant, **{**s.births["keys"].row, **columns})


def insert_version(version: Row, /, **columns: object) -> Insert:
    """Return the insert of a version, with some columns changed."""
    return insert(VERSIONS).values({**version, **columns})


def insert_warnings(warnings: Row, /, **columns: object) -> Insert:
    """Return the insert of a version's warnings, with some columns changed."""
    return insert(WARNINGS).values({**warnings, **columns})


def insert_receipt(receipt: Row, /, **columns: object) -> Insert:
    """Return the insert of a receipt, with some columns changed."""
    return insert(RECEIPTS).values({**receipt, **columns})


def insert_seal(sealed: Row, /, **columns: object) -> Insert:
    """Return the insert of a seal, with some columns changed."""
    return insert(SEALS).values({**sealed, **columns})


def insert_seal_record(**columns: object) -> Insert:
    """Return the insert of a record that a stored seal covers, with some columns changed."""
    return insert(SEAL_RECORDS).values({**SEAL_RECORD, **columns})


def edit_writes(s: Situation, **version: object) -> tuple[Executable, ...]:
    """Return the writes of an edit, with some columns of its version changed."""
    return (
        update_head(s.edit),
        insert_version(s.version, **version),
        insert_warnings(s.warnings),
        insert_change(s.edit),
    )


def creation_writes(s: Situation, **version: object) -> tuple[Executable, ...]:
    """Return the writes of a new concept, with some columns of its version changed."""
    return (
        head_write(s.births["concepts"]),
        insert_version(s.first_version, **version),
        insert_warnings(s.first_warnings),
        insert_change(s.create),
    )
