"""`indelible new` writes a lifecycle that a user can test, check and serve at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.service.commands import error_code, json_result, run

from indelible_service.new_lifecycle import texts_of

FILES = ("loan.py", "test_loan.py", "README.md")


def call(directory: Path, *words: str, **variables: str) -> str:
    """Run a program as a user does, and return what it prints."""
    done = subprocess.run(
        (sys.executable, "-m", *words),
        cwd=directory,
        env={**os.environ, "INDELIBLE_DATA_DIR": str(directory / "data"), **variables},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.dose
def test_a_user_writes_tests_checks_and_prints_a_lifecycle(tmp_path: Path) -> None:
    written = call(tmp_path, "indelible_service", "new", "loan")
    assert written.endswith("Next: read loan/README.md.\n")
    folder = tmp_path / "loan"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)

    assert " passed in " in call(folder, "pytest", "-q", "-p", "no:cacheprovider")
    checked = call(folder, "mypy", "--strict", "--no-incremental", "loan.py", "test_loan.py")
    assert "Success: no issues found in 2 source files" in checked

    of_loans = {"INDELIBLE_CONTEXTS": "loan", "DATABASE_URL": f"sqlite:///{folder}/loans.db"}
    call(folder, "indelible_service", "db", "upgrade", **of_loans)
    assert call(folder, "indelible_service", "list", "loans", **of_loans) == "loans: 0\n"
    program = (
        "from indelible.kernel import Actor\n"
        "from indelible_sql import open_store\n"
        "from loan import Loan, loans\n"
        "store = open_store('sqlite:///loans.db', contexts=(loans,))\n"
        "first = Loan.open(number='N-1', title='The first one')\n"
        "store.run(loans.execute, first, actor=Actor.user('maya'), reason='a call')\n"
    )
    (folder / "program.py").write_text(program, encoding="utf-8")
    call(folder, "program", **of_loans)
    words = ("list", "loans", "--where", "status=OPEN")
    assert "N-1" in call(folder, "indelible_service", *words, **of_loans)
    assert "The first one" in call(folder, "indelible_service", "show", "loans", "N-1", **of_loans)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_are_written_here_or_into_a_directory(here: Path) -> None:
    listed = json_result("new", "purchase_order")["files"]
    assert listed == [
        "purchase_order/purchase_order.py",
        "purchase_order/test_purchase_order.py",
        "purchase_order/README.md",
    ]
    assert json_result("new", "loan", "--here")["files"] == list(FILES)
    text = (here / "purchase_order" / "purchase_order.py").read_text(encoding="utf-8")
    assert "class PurchaseOrder(Aggregate):" in text
    assert "purchase_orders = Context(PurchaseOrder," in text


def test_a_lifecycle_has_as_many_lines_as_the_first_page_says() -> None:
    text = texts_of("loan")["loan.py"]
    declaration = text.partition("@aggregate")[2].partition("contexts = ")[0]
    assert len([line for line in declaration.splitlines() if line.strip()]) <= 25


@pytest.mark.parametrize("existing", FILES)
def test_no_file_is_overwritten(here: Path, existing: str) -> None:
    folder = here / "loan"
    folder.mkdir()
    (folder / existing).write_text("mine", encoding="utf-8")

    assert error_code("new", "loan") == "FILES_EXIST"
    assert [path.name for path in folder.iterdir()] == [existing]
    assert (folder / existing).read_text(encoding="utf-8") == "mine"


def test_a_link_to_nothing_is_not_followed(here: Path) -> None:
    (here / "loan.py").symlink_to(here / "elsewhere.py")

    assert error_code("new", "loan", "--here") == "FILES_EXIST"
    assert not (here / "elsewhere.py").exists()


@pytest.mark.usefixtures("here")
def test_a_file_in_the_place_of_the_directory_is_named(here: Path) -> None:
    (here / "loan").write_text("mine", encoding="utf-8")

    assert error_code("new", "loan", exit_code=3) == "FILE_UNUSABLE"
    assert (here / "loan").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Loan", "lower-case letters"),
        ("1loan", "lower-case letters"),
        ("../loan", "lower-case letters"),
        ("loan.py", "lower-case letters"),
        ("loan_", "lower-case letters"),
        ("", "lower-case letters"),
        ("l" * 31, "up to 30"),
        ("class", "keyword"),
        ("email", "module of this name"),
        ("click", "module of this name"),
        ("indelible", "module of this name"),
        ("status", "another meaning"),
        ("context", "another meaning"),
        ("text", "another meaning"),
        ("concept", "concept"),
        ("task", "tasks"),
        ("key", "key"),
        ("charge", "charge"),
        ("a_b", "table would be called"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(here: Path, name: str, problem: str) -> None:
    assert error_code("new", name) == "NAME_UNUSABLE"
    assert problem in run("new", name).stderr
    assert list(here.iterdir()) == []
