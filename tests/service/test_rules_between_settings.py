"""Settings that contradict each other are refused at once, by name and never with a value."""

from itertools import combinations

import pytest
from tests.service.commands import error_code, run

from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings

CANARY = "hunter2" * 5
ORIGIN = "INDELIBLE_EXPECTED_ORIGIN"
PLAIN = "INDELIBLE_PLAIN_DATABASE"
REMOTE = f"postgresql://app:{CANARY}@db.example/lessons"
OWNER = f"postgresql://owner:2{CANARY}@db.example/lessons"
CONTRACT = {"INDELIBLE_CONTRACT_ADDRESS": f"0x{'ab' * 20}"}
NOTHING: dict[str, str] = {}
PRIMARY = {"DATABASE_URL": "postgresql://app@localhost/x"}
# For each variable with a secret: a text that contains the secret, and what else it needs.
HOLDERS = {
    "DATABASE_URL": ("postgresql://app:{}@localhost/x", NOTHING),
    "DATABASE_READ_URL": ("postgresql://reader:{}@localhost/x", PRIMARY),
    "INDELIBLE_OWNER_URL": ("postgresql://owner@localhost/x?password={}", NOTHING),
    "INDELIBLE_BACKUP_URL": ("postgres://backup:{}@localhost/x", NOTHING),
    "INDELIBLE_RESTORE_TARGET": ("postgresql://restore:{}@localhost/x", NOTHING),
    "INDELIBLE_REDIS_URL": ("redis://:{}@localhost:6379/0", NOTHING),
    "INDELIBLE_SECRET": ("{}", NOTHING),
    "INDELIBLE_OTHER_SECRET": ("{}", NOTHING),
    "GITHUB_TOKEN": ("{}", NOTHING),
    "ALCHEMY_WEBHOOK_SECRET": ("{}", NOTHING),
}
WEBHOOKS = ("STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET")


def problems(**variables: str) -> tuple[str, ...]:
    """Return the problems of settings, none of which contains a secret."""
    refused: SettingsWrong | None = None
    try:
        Settings.read(variables)
    except SettingsWrong as error:
        refused = error

    if refused is None:
        return ()
    assert "hunter2" not in f"{refused!s} {refused!r} {refused.detail}"
    return refused.problems


@pytest.mark.parametrize(("first", "second"), list(combinations(HOLDERS, 2)))
def test_equal_secrets_are_refused_by_both_names(first: str, second: str) -> None:
    variables: dict[str, str] = {}
    for name in (first, second):
        text, others = HOLDERS[name]
        variables = {**others, **variables, name: text.format(CANARY)}

    (problem,) = problems(**variables)
    assert {first, second} <= set(problem.split())
    assert problems(**variables | {second: HOLDERS[second][0].format(f"{CANARY}2")}) == ()


def test_the_two_webhooks_of_stripe_have_different_secrets() -> None:
    key = {"STRIPE_API_KEY": "sk_test_1"}
    first, second = WEBHOOKS
    rotating = {first: "whsec_old,whsec_hunter2", second: "whsec_hunter2 , whsec_new"}

    (problem,) = problems(**key, **rotating)
    assert problem == f"{first} and {second} must have different secrets"
    assert problems(**key, **{first: "whsec_a,whsec_a", second: "whsec_b"}) == ()


def test_a_role_may_have_its_password_in_two_addresses() -> None:
    owner = "postgresql://owner:{}@localhost/x"
    addresses = {"INDELIBLE_OWNER_URL": owner, "INDELIBLE_BACKUP_URL": owner}

    assert problems(**addresses) == ()
    assert problems(**addresses, DATABASE_URL=owner.replace("owner", "app"))


def test_two_addresses_without_a_role_have_the_same_one() -> None:
    url = f"postgresql://localhost/x?password={CANARY}"

    assert problems(DATABASE_URL=url, INDELIBLE_BACKUP_URL=url) == ()
    assert problems(DATABASE_URL=url, INDELIBLE_BACKUP_URL=url.replace("//", "//backup@"))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("INDELIBLE_REDIS_URL", "redis://localhost/0?password={}"),
        ("INDELIBLE_REDIS_URL", "redis://:{}@localhost/0?password=another"),
        ("INDELIBLE_RPC_URL", "https://{}@node.example"),
    ],
)
def test_a_secret_is_seen_wherever_an_address_has_it(variable: str, text: str) -> None:
    secret = text.format(CANARY) if variable == "INDELIBLE_RPC_URL" else CANARY
    (problem,) = problems(INDELIBLE_SECRET=secret, **CONTRACT, **{variable: text.format(CANARY)})

    assert {"INDELIBLE_SECRET", variable} <= set(problem.split())


def test_an_address_of_a_node_without_a_key_is_no_secret() -> None:
    node = "http://127.0.0.1:8545"

    assert problems(INDELIBLE_RPC_URL=node, INDELIBLE_DEADMAN_URL=node, **CONTRACT) == ()
    assert problems(
        INDELIBLE_RPC_URL=f"{node}/{CANARY}", INDELIBLE_DEADMAN_URL=f"{node}/{CANARY}", **CONTRACT
    ) == ("INDELIBLE_DEADMAN_URL and INDELIBLE_RPC_URL must have different secrets",)


@pytest.mark.parametrize(
    "variable",
    ["DATABASE_URL", "INDELIBLE_OWNER_URL", "INDELIBLE_BACKUP_URL", "INDELIBLE_RESTORE_TARGET"],
)
def test_plain_text_over_a_network_is_refused_unless_it_is_allowed(variable: str) -> None:
    (problem,) = problems(**{variable: REMOTE})

    assert problem.startswith(f"{variable} must have sslmode=require or stronger")
    assert problems(**{variable: f"{REMOTE}?sslmode=verify-full"}) == ()
    assert problems(**{variable: REMOTE, PLAIN: "on"}) == ()
    assert problems(**{variable: REMOTE, PLAIN: "off"}) == (problem,)


def test_a_standby_over_a_network_is_read_encrypted() -> None:
    (problem,) = problems(**PRIMARY, DATABASE_READ_URL=REMOTE)

    assert problem.startswith("DATABASE_READ_URL must have sslmode=require or stronger")
    assert problems(**PRIMARY, DATABASE_READ_URL=f"{REMOTE}?sslmode=verify-full") == ()


@pytest.mark.parametrize("primary", ["", "sqlite:///lessons.db"])
def test_a_standby_needs_a_primary_of_postgresql(primary: str) -> None:
    standby = "postgres://app@localhost/x"

    (problem,) = problems(DATABASE_URL=primary, DATABASE_READ_URL=standby)

    assert problem == (
        "DATABASE_URL must be an address of PostgreSQL because DATABASE_READ_URL is set"
    )
    assert problems(**PRIMARY, DATABASE_READ_URL=standby) == ()
    assert problems(DATABASE_URL=primary) == ()


def test_a_database_on_this_machine_needs_no_encryption() -> None:
    assert problems(DATABASE_URL="postgresql://app@127.0.0.1/x") == ()
    assert problems(INDELIBLE_RESTORE_TARGET="postgresql-copy.db") == ()
    assert problems(INDELIBLE_RESTORE_TARGET="postgresql://a:5/hunter2@host:port/x")


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://api.example.org", "https://api.example.org"),
        ("https://api.example.org/v1", "https://API.example.org:443"),
        ("http://api.example.org:80", "http://api.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_address_of_the_api_has_the_expected_origin(base_url: str, expected: str) -> None:
    assert problems(API_BASE_URL=base_url, **{ORIGIN: expected}) == ()


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://api.staging.hunter2.org", "https://api.hunter2.org"),
        ("http://api.hunter2.org", "https://api.hunter2.org"),
        ("https://api.hunter2.org:8443", "https://api.hunter2.org"),
        ("https://api.hunter2.org.example", "https://api.hunter2.org"),
    ],
)
def test_another_origin_is_refused_without_its_value(base_url: str, expected: str) -> None:
    assert problems(API_BASE_URL=base_url, **{ORIGIN: expected}) == (
        f"API_BASE_URL must have the origin that {ORIGIN} names",
    )


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("API_BASE_URL", "https://example.org:abc"),
        ("API_BASE_URL", "https://example.org:0"),
        ("INDELIBLE_DEADMAN_URL", "https://[x/abcd"),
        ("INDELIBLE_RPC_URL", "https://[x/abcd"),
        ("GITHUB_API_URL", "https://example.org:abc"),
        ("DATABASE_URL", "postgresql://h/x?hostaddr=10.1.1.1&hostaddr=10.2.2.2"),
    ],
)
def test_an_address_that_cannot_be_parsed_is_a_problem(variable: str, text: str) -> None:
    others = {"API_BASE_URL": "https://example.org", ORIGIN: "https://example.org"}

    (problem,) = problems(**others | {variable: text})
    assert problem.startswith(f"{variable} must be an address")


def test_an_expected_origin_needs_an_address_of_the_api() -> None:
    (problem,) = problems(**{ORIGIN: "https://api.hunter2.org"})

    assert problem == f"API_BASE_URL must be set because {ORIGIN} is set"


def test_a_wrong_variable_is_reported_once() -> None:
    variables = {"API_BASE_URL": CANARY, ORIGIN: "https://api.example.org", PLAIN: CANARY}

    assert [problem.split()[0] for problem in problems(**variables, DATABASE_URL=REMOTE)] == [
        PLAIN,
        "API_BASE_URL",
    ]


def test_every_contradiction_ends_each_start_at_once() -> None:
    settings = {
        "DATABASE_URL": REMOTE,
        "INDELIBLE_OWNER_URL": OWNER,
        "INDELIBLE_SECRET": CANARY,
        "INDELIBLE_PORT": CANARY,
        "API_BASE_URL": "https://staging.hunter2.org",
        ORIGIN: "https://api.hunter2.org",
        "STRIPE_API_KEY": "sk_test_hunter2",
        "STRIPE_WEBHOOK_SECRET": "whsec_hunter2",
        "STRIPE_LIVEMODE": "on",
        "INDELIBLE_RPC_URL": f"https://node.example/{CANARY}",
    }
    named = {*settings, "INDELIBLE_CONTRACT_ADDRESS", PLAIN} - {"STRIPE_WEBHOOK_SECRET"}
    for command in ("up", "serve", "work", "schedule"):
        assert error_code(command, settings=settings, exit_code=2) == "SETTINGS_WRONG"
        text = run(command, settings=settings).stderr
        assert all(name in text for name in named)
        assert "hunter2" not in text


def test_settings_of_a_context_that_is_off_contradict_nothing() -> None:
    stripe = {"STRIPE_API_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_a"}

    assert problems(**stripe, INDELIBLE_CONTEXTS="concepts") == ()
    assert problems(**stripe)
