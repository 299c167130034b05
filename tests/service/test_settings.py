"""Settings are read with every fault at once, by name and never with its value."""

import re
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT, modules
from tests.service.conftest import VARIABLES

from indelible_service.contexts.concepts import ConceptSettings
from indelible_service.contexts.tokens import TokenSettings
from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings, load

CANARY = "hunter2"
INVALID = {
    "DATABASE_URL": f"mysql://maya:{CANARY}@localhost/x",
    "DATABASE_READ_URL": f"sqlite:///{CANARY}",
    "INDELIBLE_OWNER_URL": f"postgresql://maya:{CANARY}@localhost:port/x",
    "INDELIBLE_SCHEMA": f"{CANARY}; DROP",
    "DB_POOL_SIZE": "0",
    "DB_MAX_OVERFLOW": "1e3",
    "INDELIBLE_PREPARE": CANARY,
    "INDELIBLE_CONNECT_SECONDS": "1",
    "INDELIBLE_STATEMENT_SECONDS": "0",
    "INDELIBLE_HEALTH_SECONDS": "0.5",
    "INDELIBLE_PLAIN_DATABASE": CANARY,
    "API_BASE_URL": f"ftp://{CANARY}",
    "INDELIBLE_EXPECTED_ORIGIN": f"https://{CANARY}/path",
    "CORS_ORIGINS": "*",
    "INDELIBLE_HOST": f"{CANARY} and more",
    "INDELIBLE_PORT": "65536",
    "INDELIBLE_SECRET": CANARY,
    "INDELIBLE_OTHER_SECRET": CANARY,
    "INDELIBLE_EMBEDDER": CANARY,
    "INDELIBLE_FOUR_EYES": CANARY,
    "INDELIBLE_WARNING_LEVELS": f"EX_NONE:{CANARY}",
    "INDELIBLE_LOG_LEVEL": CANARY,
    "INDELIBLE_REQUESTS_PER_MINUTE": "-1",
    "INDELIBLE_MAX_STREAMS": "1001",
    "INDELIBLE_CONNECTION_SECONDS": "0",
    "INDELIBLE_MAX_CONNECTIONS_PER_ADDRESS": "-1",
    "INDELIBLE_PROXY_HOPS": "٣",
    "INDELIBLE_TRUSTED_HOSTS": f"https://{CANARY}/",
    "INDELIBLE_CONTEXTS": f"{CANARY}/",
    "INDELIBLE_REDIS_URL": f"http://:{CANARY}@localhost",
    "INDELIBLE_WORKER_THREADS": "0",
    "INDELIBLE_DISPATCH_SECONDS": "31",
    "INDELIBLE_SEAL_SECONDS": "0",
    "INDELIBLE_TASK_RETENTION_DAYS": "-1",
    "INDELIBLE_ATTEMPT_RETENTION_DAYS": "3651",
    "INDELIBLE_WEBHOOK_REJECTION_RETENTION_DAYS": "-1",
    "INDELIBLE_METRICS_PORT": "-1",
    "INDELIBLE_BACKUP_URL": "mysql://hidden",
    "INDELIBLE_BACKUP_RECIPIENT": "hidden",
    "INDELIBLE_BACKUP_HOURS": "-1",
    "INDELIBLE_DEADMAN_URL": "ftp://hidden",
    "INDELIBLE_WORKSPACE_ROOT": "relative/workspaces",
    "INDELIBLE_WORKSPACE_MIN_FREE_MEBIBYTES": "-1",
    "INDELIBLE_JOB_LEASE_SECONDS": "1",
    "INDELIBLE_GIT_HOST": CANARY,
    "GITHUB_API_URL": f"ssh://{CANARY}",
    "GITHUB_TOKEN": f"{CANARY} and more",
    "INDELIBLE_RPC_URL": f"ws://{CANARY}",
    "ALCHEMY_WEBHOOK_SECRET": CANARY,
    "INDELIBLE_CONTRACT_ADDRESS": f"0x{CANARY}",
    "INDELIBLE_CHAIN_ID": CANARY,
    "INDELIBLE_CONFIRMATIONS": CANARY,
    "INDELIBLE_START_BLOCK": "0x10",
    "INDELIBLE_CONTRACT_KIND": CANARY,
    "INDELIBLE_MINT_EVENT": f"({CANARY}",
    "INDELIBLE_MINT_FIELDS": CANARY,
    "INDELIBLE_CHAIN": CANARY,
    "INDELIBLE_MAX_TOKENS_PER_MINT": "0",
    "INDELIBLE_TOKEN_STAGES": CANARY,
    "INDELIBLE_CHAIN_CHECK_SECONDS": "0",
    "INGESTION_ENDPOINT_URL": CANARY,
    "INGESTION_POLL_SECONDS": "0",
    "STRIPE_API_KEY": f"pk_test_{CANARY}",
    "STRIPE_WEBHOOK_SECRET": CANARY,
    "STRIPE_CONNECT_WEBHOOK_SECRET": CANARY,
    "STRIPE_LIVEMODE": CANARY,
    "STRIPE_ACCOUNT": CANARY,
    "STRIPE_API_VERSION": CANARY,
    "STRIPE_API_URL": f"ftp://{CANARY}",
    "INDELIBLE_AUTOMATIC_PAYOUTS": CANARY,
}
ALSO_INVALID = [
    ("CORS_ORIGINS", "https://one.example,https://*.example"),
    ("CORS_ORIGINS", "https://one.example,https://two.example/path"),
    ("CORS_ORIGINS", "https://one.example,two.example"),
    ("INDELIBLE_CHAIN", f"{CANARY}.module"),
    ("INDELIBLE_CHAIN", f"{CANARY}/module:Name"),
    ("INDELIBLE_CHAIN_ID", str(2**63)),
    ("INDELIBLE_MAX_TOKENS_PER_MINT", "10001"),
    ("INDELIBLE_MINT_EVENT", f"1{CANARY}"),
    ("INDELIBLE_MINT_FIELDS", f"token_id={CANARY},token_id=b"),
    ("INGESTION_ENDPOINT_URL", f"https://{CANARY}/leaderboard"),
    ("INGESTION_ENDPOINT_URL", f"https://{{event_id}}.{CANARY}/leaderboard"),
    ("INGESTION_ENDPOINT_URL", f"ftp://{CANARY}/{{event_id}}"),
    ("INGESTION_ENDPOINT_URL", f"https://{CANARY}:0/{{event_id}}"),
    ("INGESTION_ENDPOINT_URL", f"https://{CANARY}@provider.example/{{event_id}}"),
    ("INGESTION_ENDPOINT_URL", f"https://{CANARY}/{{event_id}}/{{event_id}}"),
    ("INGESTION_ENDPOINT_URL", f"https://{CANARY}/{{other}}/{{event_id}}"),
    ("INGESTION_POLL_SECONDS", "3601"),
    ("INGESTION_POLL_SECONDS", "1.5"),
    ("STRIPE_ACCOUNT", f"acct_a,acct_{CANARY}"),
    ("STRIPE_API_KEY", f"sk_test_{CANARY}-2"),
    ("STRIPE_API_URL", f"{CANARY}.example"),
    ("STRIPE_API_URL", f"https://{CANARY}/v1"),
    ("STRIPE_API_URL", f"https://{CANARY}@stripe.example"),
    ("STRIPE_API_VERSION", "2025-3-31"),
    ("STRIPE_CONNECT_WEBHOOK_SECRET", f"whsec_a,whsec_b,whsec_{CANARY}"),
    ("STRIPE_WEBHOOK_SECRET", f"whsec_a,whsec_b,whsec_{CANARY}"),
]
VALID = {
    "DATABASE_URL": f"postgresql://maya:{CANARY}@localhost:5432/x?password={CANARY}",
    "INDELIBLE_OWNER_URL": f"postgresql+psycopg://owner:2{CANARY}@localhost/x",
    "INDELIBLE_PREPARE": "off",
    "INDELIBLE_REDIS_URL": f"redis://:3{CANARY}@localhost:6379/0",
    "INDELIBLE_RPC_URL": f"https://node.example/v2/{CANARY}",
    "INDELIBLE_CONTRACT_ADDRESS": f"0x{'ab' * 20}",
    "GITHUB_TOKEN": f"ghp_{CANARY}",
    "STRIPE_API_KEY": f"sk_test_{CANARY}",
    "STRIPE_WEBHOOK_SECRET": f"whsec_{CANARY},whsec_2{CANARY}",
    "STRIPE_CONNECT_WEBHOOK_SECRET": f"whsec_3{CANARY},whsec_4{CANARY}",
    "CORS_ORIGINS": "https://one.example, https://two.example:8443",
    "INDELIBLE_HOST": "::1",
    "INDELIBLE_SECRET": CANARY * 5,
    "INDELIBLE_OTHER_SECRET": CANARY * 6,
    "INDELIBLE_FOUR_EYES": "ON",
    "INDELIBLE_WARNING_LEVELS": "EX_NONE:off, DEF_LONG:major",
    "INDELIBLE_LOG_LEVEL": "debug",
}
# A path below /dev is none, the ids of Stripe's products begin so, and the files that a job
# generates belong to another program.
ENVIRONMENTS = re.compile(
    r"(?<!/)(?<!new_id\(\")\b"
    r"(prod|production|staging|dev|develop(ment|er)?|preprod|testflight)\b",
    re.IGNORECASE,
)
TEMPLATES = "indelible/projects/rules/templates"


def problems(environment: dict[str, str | None]) -> tuple[str, ...]:
    with pytest.raises(SettingsWrong) as caught:
        Settings.read(environment)
    assert CANARY not in f"{caught.value!s} {caught.value!r} {caught.value.detail}"
    return caught.value.problems


@pytest.mark.parametrize("host", ["one..two", "a" * 64])
def test_a_host_that_no_resolver_accepts_is_refused(host: str) -> None:
    (problem,) = problems({"INDELIBLE_REDIS_URL": f"redis://:{CANARY}@{host}/0"})

    assert problem.startswith("INDELIBLE_REDIS_URL must ")
    assert CANARY not in problem


def test_no_setting_is_required() -> None:
    settings = Settings.read({})

    assert settings.url == f"sqlite:///{Path.cwd()}/indelible-data/indelible.db"
    assert settings.address == "http://127.0.0.1:8000"


def test_every_fault_is_reported_at_once_without_its_value() -> None:
    assert [problem.split()[0] for problem in problems({**INVALID})] == [
        name for name in VARIABLES if name in INVALID
    ]
    assert set(VARIABLES) - set(INVALID) == {
        "INDELIBLE_DATA_DIR",  # any text is a path
        "INDELIBLE_BACKUP_IDENTITY",
        "INDELIBLE_RESTORE_TARGET",
        "INDELIBLE_CONTRACT_ABI",
    }


@pytest.mark.parametrize(("variable", "value"), [*INVALID.items(), *ALSO_INVALID])
def test_a_fault_names_the_accepted_format_and_not_the_value(variable: str, value: str) -> None:
    (problem,) = problems({variable: value})

    assert re.fullmatch(rf"{variable} must be \S.+", problem)


def test_valid_values_are_read_and_secrets_are_masked() -> None:
    settings = Settings.read({**VALID})

    assert (settings.prepare, settings.log_level) == (False, "DEBUG")
    assert settings.section(ConceptSettings).four_eyes is True
    assert settings.cors_origins == ("https://one.example", "https://two.example:8443")
    assert settings.address == "http://[::1]:8000"
    assert settings.secret == CANARY.encode() * 5
    assert CANARY not in f"{settings!r} {settings!s}"


@pytest.mark.parametrize("chain_id", [1, 1_313_161_554, 1_666_600_000, 2**63 - 1])
def test_ids_of_real_chains_are_accepted(chain_id: int) -> None:
    variables = {"INDELIBLE_CHAIN_ID": str(chain_id), "INDELIBLE_START_BLOCK": str(chain_id)}
    section = Settings.read({**variables}).section(TokenSettings)

    assert (section.chain_id, section.start_block) == (chain_id, chain_id)


def test_a_blank_variable_leaves_its_default() -> None:
    assert Settings.read(dict.fromkeys(VARIABLES, " ")) == Settings.read({})


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "INDELIBLE_PORT=8001\nDB_POOL_SIZE='7'\nINDELIBLE_SCHEMA=${HOME}\n# DB_MAX_OVERFLOW=1\n"
    )
    monkeypatch.setenv("INDELIBLE_PORT", "8002")
    monkeypatch.setenv("INDELIBLE_SCHEMA", "apart")

    settings = load()

    assert (settings.port, settings.pool_size, settings.schema, settings.max_overflow) == (
        8002,
        7,
        "apart",
        10,
    )


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsWrong, match=r"\.env must be"):
        load()


@pytest.mark.parametrize("place", ["environment", "file"])
@pytest.mark.parametrize("variable", [name for name in VARIABLES if name.startswith("INDELIBLE_")])
def test_a_misspelt_variable_is_refused_with_the_nearest_setting(
    variable: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    misspelt = (f"{variable}S", variable[:-1], variable.lower(), variable[:11] + variable[12:])
    for name in misspelt:
        if place == "environment":
            monkeypatch.setenv(name, CANARY)
        else:
            (tmp_path / ".env").write_text(f"{name}={CANARY}\n")
        with pytest.raises(SettingsWrong) as caught:
            load()
        monkeypatch.delenv(name, raising=False)

        assert caught.value.problems == (f"{name} is not a setting; the nearest one is {variable}",)


@pytest.mark.parametrize("line", ["INDELIBLE_PORT 8001", "INDELIBLE_PORT", "export", "a='b", "=1"])
def test_a_malformed_line_is_refused_by_its_number(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"# a comment\n\nOTHER={CANARY}\n\n{line} {CANARY}\n")

    with pytest.raises(SettingsWrong) as caught:
        load()

    assert caught.value.problems == ("line 5 of .env must be NAME=value",)


def test_variables_of_other_programs_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("export POSTGRES_PASSWORD='two\nlines' # and a comment\n\n")
    monkeypatch.setenv("INDELIBLE_KEY", "a key for `indelible demo`")

    assert load().chosen == {"INDELIBLE_PORT", "INDELIBLE_WORKSPACE_ROOT"}


def test_the_scheme_of_other_programs_is_understood() -> None:
    url = "postgres://maya@localhost/x"

    assert Settings.read({"DATABASE_URL": url}).url == "postgresql://maya@localhost/x"


def test_an_address_may_name_several_hosts() -> None:
    url = "postgresql://maya@localhost:5432,127.0.0.1:5433/x"
    assert Settings.read({"DATABASE_URL": url}).url == url

    for hosts in ("localhost:5432,localhost:0", "localhost:5432,localhost:x", "localhost,"):
        with pytest.raises(SettingsWrong, match="DATABASE_URL"):
            Settings.read({"DATABASE_URL": f"postgresql://maya@{hosts}/x"})


def test_the_example_file_lists_every_setting_in_order() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    compose_variables = set(
        re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8"))
    ) - set(VARIABLES)

    assert [
        line.removesuffix("=") for line in lines if line.removesuffix("=") not in compose_variables
    ] == list(VARIABLES)


@pytest.mark.slow
def test_no_code_names_an_environment() -> None:
    mentions = [
        f"{path}:{number}: {line}"
        for path in modules()
        if TEMPLATES not in path.as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ENVIRONMENTS.search(line)
    ]

    assert not mentions
