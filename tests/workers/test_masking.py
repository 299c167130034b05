"""A failure reason may be stored forever: it is one short line without secrets."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Final

import pytest

import indelible
import indelible_evm
import indelible_git
import indelible_service
import indelible_sql
import indelible_stripe
import indelible_web
import indelible_workers
from indelible.kernel import IndelibleError, StoreBusy
from indelible.kernel.masking import mask_secrets
from indelible.kernel.stages import PermanentFailure, RetryLater
from indelible_workers.masking import failure_reason, task_failure

CANARY = "hunter2"
LONG = 200_000  # characters
PACKAGES: Final = (
    indelible,
    indelible_evm,
    indelible_git,
    indelible_service,
    indelible_sql,
    indelible_stripe,
    indelible_web,
    indelible_workers,
)


def own_errors() -> Iterator[type[IndelibleError]]:
    """Yield the error classes of all distributions."""
    for package in PACKAGES:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                import_module(module.name)
    classes: list[type[IndelibleError]] = [IndelibleError]
    for kind in classes:
        classes += kind.__subclasses__()
    yield from classes[1:]


class Mute(Exception):
    """An error whose message cannot be printed."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "message",
    [
        f"no route to postgresql://maya:{CANARY}@localhost/x",
        f"no route to postgresql://maya:with/slash{CANARY}@localhost/x",
        f"429 from https://node.example/v2/{CANARY}?key={CANARY}",
        f"connection failed: host=here password={CANARY} user=maya",
        f'{{"api_key": "{CANARY}"}}',
        f"Authorization: Bearer {CANARY}",
        f"private key = '{CANARY}'",
        f"secret: {CANARY}",
        f"{{'Authorization': 'Bearer {CANARY}'}}",
        f"{{b'Authorization': b'Token {CANARY}'}}",
        f"[('Authorization', 'Token {CANARY}')]",
        f'{{"authorization": "Basic {CANARY}"}}',
        f'{{\\"authorization\\": \\"Basic {CANARY}\\"}}',
        f"Authorization: Token {CANARY}",
        f"password='correct horse {CANARY}' user=maya",
        f"password='it\\'s {CANARY}'",
        f'password="correct {CANARY}',
        f"Max retries exceeded with url: /v2/{CANARY} (Caused by it)",
        f"Cookie: theme=dark; session={CANARY}; more",
        f"passphrase={CANARY}",
        f"-----BEGIN RSA PRIVATE KEY-----\nMII{CANARY}\n{CANARY}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\\nMII{CANARY}",
    ],
)
def test_secrets_are_masked(message: str) -> None:
    assert CANARY not in failure_reason(ValueError(message))
    assert CANARY not in failure_reason(RetryLater(message))


def test_other_text_is_not_masked() -> None:
    message = "password='hunter2' is not that of maya; see https://shop.example/x?key=1 or line 7"

    assert (
        failure_reason(RetryLater(message))
        == "password=*** is not that of maya; see https://*** or line 7"
    )


def test_the_names_and_messages_of_own_errors_are_not_masked() -> None:
    texts: list[str] = []
    for error in own_errors():
        texts += [f"{error.__name__}: word", f"{error.code}: word", error.message]

    assert any(text.startswith("TASK_ARGUMENT_SECRET") for text in texts)
    assert [text for text in texts if mask_secrets(text) != text] == []


@pytest.mark.parametrize(
    "message",
    [
        f"TASK_ARGUMENT_SECRET: password={CANARY}",
        f"password: TASK_ARGUMENT_SECRET:{CANARY}",
        f"secret='TASK_ARGUMENT_SECRET: {CANARY}'",
        f"Authorization: TASK_ARGUMENT_SECRET: {CANARY}",
        f"MY_TASK_ARGUMENT_SECRET: {CANARY}",
        f"task_argument_secret: {CANARY}",
        f"TASK_ARGUMENT_SECRET={CANARY}",
        f"TaskArgumentSecret = {CANARY}",
        f"ARGUMENT_SECRET: {CANARY}",
        f"INVALID_TOKEN: {CANARY}",
    ],
)
def test_a_secret_beside_an_own_name_is_masked(message: str) -> None:
    assert CANARY not in mask_secrets(message)


@pytest.mark.parametrize(
    "part",
    [
        "a.",
        "a",
        " ",
        "token ",
        "token=",
        "token:\\",
        "password='",
        "bearer ",
        "url: ",
        "-----BEGIN",
        "\\",
        "'",
    ],
)
@pytest.mark.parametrize("beginning", ["", "token", "authorization: ", 'secret="', "secret: \\"])
def test_a_secret_before_a_long_text_is_masked(beginning: str, part: str) -> None:
    """An expression that takes quadratic time would not end here."""
    long = ValueError(f"token={CANARY}\n{beginning}{part * (LONG // len(part))}")

    assert CANARY not in failure_reason(long)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a\x00b\nc\x1b[31m\u202e\ud800"),
        ValueError("long " * 1_000_000),
        ValueError(""),
        PermanentFailure(""),
        PermanentFailure("\n\x00"),
        Mute(),
        SyntaxError("bad", ("file", 1, 1, "line\nline", 1, 2)),
    ],
    ids=lambda error: f"{type(error).__name__}",
)
def test_a_reason_is_one_short_printable_line(error: BaseException) -> None:
    reason = failure_reason(error)

    assert 0 < len(reason) <= 1_000
    assert reason.isprintable()
    assert reason.strip() == reason


def test_a_reason_names_the_error_class_unless_the_stage_wrote_it() -> None:
    assert failure_reason(ValueError("odd")) == "ValueError: odd"
    assert failure_reason(RetryLater("the oven is cold")) == "the oven is cold"


def test_a_failure_carries_the_code_of_the_error_or_of_its_cause() -> None:
    busy = StoreBusy(3)
    permanent = PermanentFailure("it stays so")
    permanent.__cause__ = busy

    for error in (busy, permanent):
        failure = task_failure(error)
        assert (failure.code, failure.message) == ("STORE_BUSY", busy.describe())
    assert task_failure(permanent).reason == "it stays so"


@pytest.mark.parametrize("error", [ValueError("KEY: odd"), PermanentFailure("NO_CODE: odd")])
def test_a_failure_without_a_code_has_its_reason_as_message(error: Exception) -> None:
    failure = task_failure(error)

    assert failure.code is None
    assert failure.message == failure.reason == failure_reason(error)
