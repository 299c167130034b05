"""Every wait of the guides of money has a limit, and its end names what was awaited."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.architecture.sources import ROOT
from tests.docs.examples import examples

GUIDES: Final = tuple(
    ROOT / "docs" / "how-to" / f"{name}.md"
    for name in ("contests", "take-payments", "pay-out-by-hand", "rotate-the-webhook-secret")
)
WAIT: Final = "wait.sh"
HANGS_AFTER_SECONDS: Final = 100
LOOP: Final = re.compile(r"^\s*(?:until|while)\b", re.MULTILINE)
CALL: Final = re.compile(r"^\s*wait_until (.*)$", re.MULTILINE)
# The limit in seconds, the place to look at, and the awaited command.
ARGUMENTS: Final = re.compile(r'[1-9]\d* ("[^"]+"|[\w.]+) \w+')


def shell_examples(guide: Path) -> str:
    """Return the shell examples of a guide, without the function that waits."""
    texts: list[str] = []
    for example in examples(guide):
        if example.language == "sh" and example.file != WAIT:
            texts.append(example.text)

    return "\n".join(texts)


def wait_until(limit_seconds: int, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run the function of the guides that waits for a command."""
    (example,) = [example for example in examples(GUIDES[0]) if example.file == WAIT]
    script = f'{example.text}wait_until {limit_seconds} "the inbox" "$@"'
    return subprocess.run(
        ("/bin/bash", "-euo", "pipefail", "-c", script, "guide", *command),
        check=False,
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_SECONDS,
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_waits_by_the_function_with_a_limit_only(guide: Path) -> None:
    text = shell_examples(guide)
    calls = CALL.findall(text)

    assert not LOOP.findall(text)
    assert calls
    for call in calls:
        assert ARGUMENTS.match(call), call


def test_a_wait_that_has_reached_its_limit_names_what_was_awaited_and_where_to_look() -> None:
    ended = wait_until(1, "test", "-e", "a-file-that-nobody-writes")

    assert ended.returncode == 1
    assert ended.stderr == (
        "Not within 1 seconds: test -e a-file-that-nobody-writes. Look at the inbox.\n"
    )


def test_a_wait_ends_with_the_first_success(tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    script = 'echo >> "$0"; test "$(wc --lines < "$0")" = 2'

    ended = wait_until(60, "sh", "-c", script, str(tries))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert tries.read_text(encoding="utf-8") == "\n\n"
