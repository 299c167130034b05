"""A reader of the pages has what a page gives, and nothing of the tests."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.docs.examples import Example
from tests.docs.reader import Reader, reader

pytestmark = pytest.mark.slow

PAGE = Path("a-page.md")


@pytest.fixture
def follower(tmp_path: Path) -> Generator[Reader]:
    with reader(tmp_path, {"NODE": "http://127.0.0.1:1"}) as opened:
        yield opened


def run(follower: Reader, language: str, text: str) -> str:
    return follower.follow(PAGE, Example("", language, text, "", ""))


def test_a_reader_begins_in_an_empty_directory(follower: Reader) -> None:
    assert run(follower, "sh", "ls --almost-all\n") == ""
    assert run(follower, "python", "import os\nprint(os.listdir())\n") == "[]\n"


def test_a_variable_that_nobody_has_set_ends_a_page(
    follower: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(follower, "sh", 'echo "$NODE"\n') == "http://127.0.0.1:1\n"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///of-the-tests.db")
    with pytest.raises(AssertionError, match="DATABASE_URL: unbound variable"):
        run(follower, "sh", 'echo "$DATABASE_URL"\n')


def test_a_command_that_fails_ends_a_page(follower: Reader) -> None:
    with pytest.raises(AssertionError, match="NO_DATABASE"):
        run(follower, "sh", "indelible verify\n")


def test_later_blocks_see_the_names_and_variables_of_earlier_ones(follower: Reader) -> None:
    run(follower, "sh", "export TITLE=ratio\n")
    run(follower, "python", "import os\ntitle = os.environ['TITLE']\n")

    assert run(follower, "sh", 'echo "$TITLE"\n') == "ratio\n"
    assert run(follower, "python", "print(title)\n") == "ratio\n"


def test_a_program_finds_the_files_of_the_page_and_no_test(follower: Reader) -> None:
    follower.follow(PAGE, Example("lessons.py", "python", "NAME = 'ratio'\n", "", ""))

    assert run(follower, "python", "import lessons\nprint(lessons.NAME)\n") == "ratio\n"
    with pytest.raises(AssertionError, match="No module named 'tests'"):
        run(follower, "python", "import tests\n")


def test_what_a_page_leaves_running_ends_with_its_reader(tmp_path: Path) -> None:
    with reader(tmp_path) as follower:
        run(follower, "sh", "sleep 600 > sleep.log &\necho $! > sleep.pid\n")
        pid = int((follower.directory / "sleep.pid").read_text(encoding="utf-8"))
        os.kill(pid, 0)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
