"""Two environments are compared by digests that show no secret."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.service.commands import error_code, json_result, run

CHECK = ("config", "check", "--differs-from", "other.json")
SECRETS = {
    "INDELIBLE_SECRET": "hunter2 \u2028 \x1b[31m {} %s ' \" \\ and more of it",
    "GITHUB_TOKEN": "hunter2-token",
    "STRIPE_API_KEY": "sk_test_hunter2",
    "STRIPE_WEBHOOK_SECRET": "whsec_hunter2,whsec_next",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_connect",
    "DATABASE_URL": "postgresql://app:hunter2@db.example/lessons?sslmode=require",
    "INDELIBLE_REDIS_URL": "redis://:hunter2-redis@localhost:6379/0",
    "INDELIBLE_DEADMAN_URL": "https://monitor.example/hunter2",
    "API_BASE_URL": "https://api.hunter2.org",
    "INGESTION_ENDPOINT_URL": "https://provider.example/hunter2?event={event_id}",
}
OTHERS = {
    "INDELIBLE_SECRET": "another secret, which is long enough",
    "GITHUB_TOKEN": "another-token",
    "STRIPE_API_KEY": "sk_test_other",
    "STRIPE_WEBHOOK_SECRET": "whsec_other",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_third",
    "DATABASE_URL": "postgresql://app:other@db.example/exercises?sslmode=require",
    "INDELIBLE_REDIS_URL": "redis://:other-redis@localhost:6379/0",
    "INDELIBLE_DEADMAN_URL": "https://monitor.example/other",
    "API_BASE_URL": "https://staging.hunter2.org",
    "INGESTION_ENDPOINT_URL": "https://provider.example/test?event={event_id}",
}
ZEROS = "0" * 64


def write_fingerprint(settings: dict[str, str]) -> dict[str, Any]:
    """Write the fingerprint of an environment into the file, and return its content."""
    result = run("config", "fingerprint", settings=settings)
    assert result.exit_code == 0, result.stderr
    Path("other.json").write_text(result.stdout)
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@cache
def fingerprint_of_secrets() -> str:
    """Return the file of an environment, which takes seconds to write."""
    return run("config", "fingerprint", settings=SECRETS).stdout


def faults(settings: dict[str, str]) -> list[str]:
    """Compare an environment with the file and return what must differ."""
    result = run(*CHECK, "--json", settings=settings)
    assert "hunter2" not in result.output
    if result.exit_code == 0:
        return []

    assert result.exit_code == 2
    problems: list[str] = json.loads(result.stderr)["detail"]["problems"]
    return problems


@pytest.mark.slow
def test_environments_that_share_nothing_have_no_fault() -> None:
    Path("other.json").write_text(fingerprint_of_secrets())

    assert faults(OTHERS) == []
    assert faults({}) == []


@pytest.mark.parametrize("variable", SECRETS)
def test_a_shared_value_is_a_fault_by_name(variable: str) -> None:
    Path("other.json").write_text(fingerprint_of_secrets())
    group = variable.partition("_")[0]
    others = {name: text for name, text in OTHERS.items() if name.startswith(group)}

    (fault,) = faults(others | {variable: SECRETS[variable]})
    assert fault == f"{variable} must differ from {variable} of the other environment"


def test_a_secret_of_another_variable_is_found() -> None:
    write_fingerprint({"GITHUB_TOKEN": "a secret that both of them have".replace(" ", "-")})

    assert faults({"ALCHEMY_WEBHOOK_SECRET": "a-secret-that-both-of-them-have"}) == [
        "ALCHEMY_WEBHOOK_SECRET must differ from GITHUB_TOKEN of the other environment"
    ]


@pytest.mark.slow
def test_one_of_two_rotating_secrets_is_enough() -> None:
    stripe = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_old,whsec_shared"}
    write_fingerprint(stripe)
    other = {"STRIPE_API_KEY": "sk_test_2", "STRIPE_WEBHOOK_SECRET": "whsec_shared,whsec_new"}

    assert faults(other) == [
        "STRIPE_WEBHOOK_SECRET must differ from STRIPE_WEBHOOK_SECRET of the other environment"
    ]


def test_a_database_to_restore_into_is_compared_too() -> None:
    url = SECRETS["DATABASE_URL"]
    write_fingerprint({"DATABASE_URL": url})

    assert faults({"INDELIBLE_RESTORE_TARGET": url.replace("app:hunter2", "restore")}) == [
        "INDELIBLE_RESTORE_TARGET must differ from DATABASE_URL of the other environment"
    ]


@pytest.mark.parametrize(
    ("here", "there", "is_same"),
    [
        ("app@db.example/x", "other@db.example/x", True),
        ("app@db.example/x", "app@DB.example:5432/x", True),
        ("app@db.example/x", "app@db.example/y", False),
        ("app@db.example/x", "app@db.example:5433/x", False),
        ("app@10.0.0.5/x", "app@10.0.0.5/x", True),
        ("app@localhost/x", "app@localhost/x", False),  # of two machines
        ("app@127.0.0.1/x", "app@127.0.0.1/x", False),
        ("app@postgres/x", "app@postgres/x", False),  # of two networks of containers
    ],
)
def test_a_shared_database_is_a_fault_whatever_the_role(
    here: str, there: str, *, is_same: bool
) -> None:
    plain = {"INDELIBLE_PLAIN_DATABASE": "on"}
    write_fingerprint({"DATABASE_URL": f"postgresql://{here}", **plain})

    assert bool(faults({"INDELIBLE_OWNER_URL": f"postgresql://{there}", **plain})) is is_same


def test_a_fingerprint_shows_no_value() -> None:
    text = fingerprint_of_secrets()
    document = json.loads(text)

    assert set(document["digests"]) == set(SECRETS)
    assert len(document["digests"]["STRIPE_WEBHOOK_SECRET"]) == 2
    for value in SECRETS.values():
        encoded = value.encode()
        for secret in (value, encoded.hex(), hashlib.sha256(encoded).hexdigest()):
            assert secret not in text
    assert "hunter2" not in text


def test_each_fingerprint_has_a_salt_of_its_own() -> None:
    token = {"GITHUB_TOKEN": "hunter2-token"}
    first = write_fingerprint(token)
    second = json_result("config", "fingerprint", settings=token)

    assert first["salt"] != second["salt"]
    for variable, digests in first["digests"].items():
        assert set(digests).isdisjoint(second["digests"][variable])


def test_a_digest_is_slow_and_stays_the_same_in_later_releases() -> None:
    document = write_fingerprint({"GITHUB_TOKEN": "hunter2-token"})
    expected = hashlib.scrypt(
        b"secret hunter2-token",
        salt=document["salt"].encode(),
        n=2**15,
        r=8,
        p=1,
        maxmem=2**26,
        dklen=32,
    )

    assert document["version"] == 1
    assert document["digests"] == {"GITHUB_TOKEN": [expected.hex()]}


def test_a_fault_of_the_settings_and_a_shared_value_are_listed_together() -> None:
    write_fingerprint({"GITHUB_TOKEN": "hunter2-token"})
    problems = faults({"GITHUB_TOKEN": "hunter2-token", "INDELIBLE_PORT": "hunter2"})

    assert [problem.split()[0] for problem in problems] == ["INDELIBLE_PORT", "GITHUB_TOKEN"]


def test_wrong_settings_have_no_fingerprint() -> None:
    settings = {"INDELIBLE_PORT": "hunter2"}

    assert error_code("config", "fingerprint", settings=settings, exit_code=2) == "SETTINGS_WRONG"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 60_000,
        b'{"version": 2, "salt": "%s", "digests": {}}' % ZEROS.encode(),
        b'{"version": 1, "salt": "short", "digests": {}}',
        b'{"version": 1, "salt": ["%s"], "digests": {}}' % ZEROS.encode(),
        b'{"version": 1, "salt": "%s", "digests": []}' % ZEROS.encode(),
        b'{"version": 1, "salt": "%s", "digests": {"A": "%s"}}' % (ZEROS.encode(), ZEROS.encode()),
        b'{"version": 1, "salt": "%s", "digests": {"A": ["hunter2"]}}' % ZEROS.encode(),
        b'{"version": 1, "salt": "%s", "digests": {"A": [1]}}' % ZEROS.encode(),
        b'{"version": 1, "salt": "%s", "digests": {"\\u001b[31mhunter2": []}}' % ZEROS.encode(),
        b" " * 65_537,
    ],
)
def test_a_file_that_is_no_fingerprint_is_refused(content: bytes) -> None:
    Path("other.json").write_bytes(content)

    assert error_code(*CHECK) == "FINGERPRINT_INVALID"
    assert "hunter2" not in run(*CHECK).stderr


def test_a_file_that_cannot_be_read_is_refused() -> None:
    assert error_code(*CHECK, exit_code=3) == "FILE_UNUSABLE"
    Path("other.json").mkdir()
    assert run(*CHECK).exit_code == 2
