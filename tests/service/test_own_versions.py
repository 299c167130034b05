"""`indelible show --version`: a record as a version has it."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.examples.consents import Consent, consents, grants
from tests.service.commands import error_code, json_result, run

from indelible.kernel import Actor, Head
from indelible_sql import SqlStore, open_store

MAYA = Actor.user("maya")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "INDELIBLE_CONTEXTS": "tests.examples.consents",
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
    }


@pytest.fixture
def store(settings: dict[str, str]) -> Generator[SqlStore]:
    opened = open_store(settings["DATABASE_URL"], contexts=(consents, grants))
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture
def consent(store: SqlStore) -> Head[Consent]:
    """Return a consent in its second version."""
    command = Consent.draft(number="C-1", scope="Blood", text="Some")
    head = store.run(consents.execute, command, actor=MAYA, reason="a test")
    command = Consent.revise(head, text="Much")
    return store.run(consents.execute, command, actor=MAYA, reason="a test")


@pytest.mark.slow
def test_a_version_is_shown(consent: Head[Consent], settings: dict[str, str]) -> None:
    shown = json_result("show", "consents", "C-1", "--version", "1", settings=settings)
    assert (shown["text"], shown["seq"], shown["consent_version"]) == ("Some", 1, 1)
    shown = json_result("show", "consents", consent.id, "--version", "2", settings=settings)
    assert (shown["text"], shown["label"]) == ("Much", "C-1")
    assert "Some" in run("show", "consents", "C-1", "--version", "1", settings=settings).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("consents", "C-1", "--version", "3"), "CONSENT_VERSION_NOT_FOUND"),
        (("consents", "C-1", "--version", "0"), "CONSENT_VERSION_NOT_FOUND"),
        (("consents", "C-9", "--version", "1"), "CONSENT_NOT_FOUND"),
        (("grants", "C-1", "--version", "1"), "VERSIONS_NOT_NUMBERED"),
        (("keys", "C-1", "--version", "1"), "VERSIONS_NOT_NUMBERED"),
    ],
)
def test_what_cannot_be_shown_has_a_code(
    consent: Head[Consent], settings: dict[str, str], words: tuple[str, ...], code: str
) -> None:
    assert consent.seq == 2
    assert error_code("show", *words, settings=settings) == code


def test_a_time_and_a_version_exclude_each_other(settings: dict[str, str]) -> None:
    words = ("consents", "C-1", "--version", "1", "--at", "2026-11-28")
    result = run("show", *words, settings=settings)
    assert result.exit_code == 2
    assert "--at and --version exclude each other" in result.stderr
