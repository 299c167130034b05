"""Each name of the seeds has a place and a test here, or a reason why it is absent."""

import re

import pytest
from tests.architecture.pages import code, is_there, page, rows

from indelible.money import AccountKind
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.tables import HISTORY
from indelible_sql.schema.writes import change_write

PAGE = page("reference/seed-map.md")
SEEDS = ("000", "001", "002", "003", "004")
MAPS = {seed: list(rows(PAGE, f"seed {seed} names")) for seed in SEEDS}
MONEY_NAMES = list(rows(PAGE, "the fact sheet names"))
ALL_ROWS = [row for table in (*MAPS.values(), MONEY_NAMES) for row in table]
HANDOFF = [row for head in ("rule", "failure") for row in rows(page("INFRA_HANDOFF.md"), head)]
ABSENT = "absent: "
REASON = re.compile(r"issue|deviations|decisions/|no program|no container engine")
NO_TEST = ("measured by ", "run by ")
NAMED_BY_SEED_000 = {
    "backend/INFRA_HANDOFF.md",
    "Concept",
    "ConceptVersion",
    "ConceptRepository",
    "id",
    "current_version",
    "status",
    "definition",
    "explanation",
    "examples",
    "prerequisites",
    "DRAFT",
    "REVIEW",
    "APPROVED",
    "PUBLISHED",
    "save_concept",
    "save_version",
    "get_concept",
    "get_latest_version",
    "get_version",
    "list_versions",
    "version_number = 1",
    "git add",
    'git commit -m "docs: add infrastructure handoff and invariants"',
}
NAMED_BY_SEED_001 = {
    "CaptureArtifactCommand",
    "CaptureHandler",
    "ArtifactRepository",
    "AssignmentMarginService",
    "SystemConfigCache",
    "interfaces/api/capture.py",
    "core/config.py",
    "core/config_cache.py",
}
NAMED_BY_SEED_002 = {
    "SCHEDULED",
    "LOCKED",
    "LIVE",
    "COMPLETE",
    "CANCELLED",
    "ERROR",
    "CLAUDE.md",
    "/backend/db/schema.snapshot.sql",
    "PaymentService",
    "WebhookHandler",
    "LedgerRepository",
    "PAYMENT_FAILED",
    "DUPLICATE_INTENT",
    "WEBHOOK_INVALID",
    "stripe.transfers.create()",
    "API_BASE_URL",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "INGESTION_ENDPOINT_URL",
}
PRINCIPLES_AND_PROCEDURES = (
    "Single Responsibility",
    "Open/Closed",
    "Liskov Substitution",
    "Interface Segregation",
    "Dependency Inversion",
    "Rollback procedures",
    "migrations are reversible",
    "production-grade job system",
)
CLAIMS_OF_SEED_002 = (
    "Idempotent Payment Collection",
    "cryptographic signatures",
    "All payment events are logged",
    "Ledger Immutable",
    "corrections are new entries",
    "Payment cannot mutate contest lifecycle",
    "requires SUCCEEDED payment status",
    "stored raw before processing",
    "same event produces one ledger entry",
    "amount validation prevents silent discrepancies",
    "Manual payout workflow completes Iteration 03",
    "Payout job scheduled automatically on settlement complete",
    "executed via Stripe without manual action",
    "prevents duplicate transfers",
    "Stripe transfer IDs and ledger entries persisted",
    "Automatic payout required for survivability",
    "Production deploy requires explicit manual promotion",
    "TestFlight",
    "Stripe keys and ingestion endpoints must be environment-scoped",
    "no custom payment processors or payout rails",
    "All payment endpoints are defined with explicit schemas",
    "Webhook validation procedure is documented",
    "Ledger reconciliation interface is specified",
    "no hidden state",
)
NAMED_BY_SEED_003 = {
    "schemas/jobs.py",
    "schemas/projects.py",
    "job_worker.py",
    "process_job()",
    "_handle_github_push()",
    "_update_status()",
    "jobs_repo",
    "projects_repo",
    "DATABASE_SCHEMA.md",
    "VALID_TRANSITIONS",
    "latest_successful_job_id",
    "completedAt",
    "test_schema_refinements.py",
}
NAMED_BY_SEED_004 = {
    "GET /health",
    "alembic upgrade head",
    "Dockerfile",
    "docker-compose.yml",
    ".dockerignore",
    "UnitOfWork",
    "create_uow_factory()",
    "setup_db_session()",
    "get_pending_for_generation()",
    "InvalidStateTransition",
}
SUBJECTS_OF_SEED_004 = (
    "structlog",
    "CORS",
    "pyright",
    "testcontainers",
    *(f"SC-00{number}" for number in range(1, 9)),
    "100 ms",
    "20 ms",
    *(f"003{letter}" for letter in "bcde"),
)


def faults(row: list[str]) -> list[str]:
    """Return what is wrong with a row: a missing target, test or reason."""
    _, here, test = row
    if here.startswith(ABSENT):
        problems = [] if REASON.search(here) else ["no reason"]
        return problems if test == "-" else [*problems, "a test of what is absent"]

    problems = [name for name in code(here) if not is_there(name)]
    if not code(here):
        problems.append("no target")
    if test.startswith(NO_TEST):
        return problems

    for name in code(test):
        if not name.startswith("tests/") or "::" not in name or not is_there(name):
            problems.append(name)
    if not code(test):
        problems.append("no test")

    return problems


@pytest.mark.parametrize(
    ("seed", "names"),
    [
        ("000", NAMED_BY_SEED_000),
        ("001", NAMED_BY_SEED_001),
        ("002", NAMED_BY_SEED_002),
        ("003", NAMED_BY_SEED_003),
        ("004", NAMED_BY_SEED_004),
    ],
)
def test_each_name_of_a_seed_is_mapped(seed: str, names: set[str]) -> None:
    mapped: set[str] = set()
    for row in MAPS[seed]:
        mapped.update(code(row[0]))

    assert names - mapped == set()


@pytest.mark.parametrize("subject", SUBJECTS_OF_SEED_004)
def test_each_subject_of_seed_004_is_mapped(subject: str) -> None:
    assert any(subject in row[0] for row in MAPS["004"])


@pytest.mark.parametrize("claim", PRINCIPLES_AND_PROCEDURES)
def test_each_principle_and_procedure_of_seed_002_is_mapped(claim: str) -> None:
    assert any(claim in row[0] for row in MAPS["002"])


def test_the_job_system_is_shown_by_what_its_workers_do() -> None:
    """A test without a broker and a process shows the rows of tasks only."""
    (row,) = [row for row in MAPS["002"] if row[0] == "production-grade job system"]

    assert all(test.startswith(("tests/workers/", "tests/doses/chaos/")) for test in code(row[2]))


@pytest.mark.parametrize("claim", CLAIMS_OF_SEED_002)
def test_each_claim_of_seed_002_about_money_is_mapped(claim: str) -> None:
    assert any(claim.casefold() in row[0].casefold() for row in MAPS["002"])


def test_each_account_of_the_fact_sheet_is_mapped() -> None:
    named = {kind for row in MONEY_NAMES for kind in AccountKind if kind.name in row[1]}

    assert {kind for kind in AccountKind if kind.has_reference} <= named


def test_every_target_is_imported_or_opened() -> None:
    for row in ALL_ROWS:
        assert faults(row) == [], row


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["a", "absent: it was too hard", "-"], "no reason"),
        (["a", "absent: a later issue", "`tests/x.py::test_x`"], "a test of what is absent"),
        (["a", "somewhere", "`tests/x.py::test_x`"], "no target"),
        (["a", "`docs/style.md`", "by hand"], "no test"),
        (["a", "`docs/style.md`", "`tests/x.py::test_x`"], "tests/x.py::test_x"),
        (["a", "`docs/no.md`", "measured by a clock"], "docs/no.md"),
    ],
)
def test_a_planted_fault_is_reported(row: list[str], fault: str) -> None:
    assert fault in faults(row)


@pytest.mark.parametrize("row", HANDOFF, ids=lambda row: row[0])
def test_every_invariant_of_the_hand_off_has_its_test(row: list[str]) -> None:
    _, test = row

    assert code(test)
    assert [name for name in code(test) if "::" not in name or not is_there(name)] == []


def test_the_tables_are_as_long_as_the_seeds() -> None:
    assert len(HANDOFF) >= 30
    assert len(MAPS["000"]) >= 50
    assert len(MAPS["001"]) >= 25
    assert len(MAPS["003"]) >= 30
    assert len(MAPS["004"]) >= 45


@pytest.mark.parametrize(
    "name",
    [
        "tests/architecture/test_seed_map.py::test_nobody_wrote",
        "tests/nowhere.py::test_every_target_is_imported_or_opened",
        "docs/nowhere.md",
        "indelible/concepts/handlers.py: forget_concept",
        "indelible.concepts:Concept.seq",
        "indelible.concepts:ConceptRepository.delete",
    ],
)
def test_a_missing_target_is_recognised(name: str) -> None:
    assert not is_there(name)


def statements() -> list[str]:
    """Return every statement that writes a concept, for both databases."""
    records = (VERSIONS, WARNINGS, HISTORY)
    create = change_write(CONCEPTS, *records, is_birth=True)
    edit = change_write(CONCEPTS, *records, is_birth=False)
    step = change_write(CONCEPTS, HISTORY, is_birth=False, unchanged=("name_key",))

    texts: list[str] = []
    for write in (create, edit, step):
        texts.append(str(write.fused.compile(dialect=DIALECTS["postgresql"])))
        texts += [str(part.compile(dialect=DIALECTS["sqlite"])) for part in write.ordered]

    return texts


def test_no_statement_increments_a_version_itself() -> None:
    increments = re.compile(r"\+|\b(?:max|count|nextval)\b", re.IGNORECASE)

    assert len(statements()) == 3 + 4 + 4 + 2
    assert [text for text in statements() if increments.search(text)] == []
    assert increments.search("SET current_version = current_version + 1")
