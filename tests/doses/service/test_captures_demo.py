"""The demonstration of captures: a folder of texts becomes a space."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indelible import captures
from indelible_service.cli import main
from indelible_service.database import open_configured_store, upgrade
from indelible_service.demos.captures import HANDBOOK, OWNER, captures_demo
from indelible_service.demos.texts import HABITS, texts_in
from indelible_service.settings.service import Settings, load
from indelible_sql import verify

pytestmark = pytest.mark.slow

TEXTS = {
    "animals/cat.md": """# The cat

A cat is a small animal that catches mice, purrs and sleeps in the sun.
""",
    "animals/dog.txt": """The dog

A dog is an animal that barks, fetches a stick and guards the house.
""",
    "money/bond.md": """# Bonds

A bond is a loan to a company or a state, which pays interest every year.
""",
    "money/old-stock.md": """<!-- made -->
# Stocks

A stock is a part of a company; its price rises and falls.
""",
    "money/table.csv": "price,1\n",
    "money/empty.md": "\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "texts"


@pytest.fixture
def settings() -> Settings:
    upgrade(load())
    return load()


def demo(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(
        main, ("demo", "captures", *words), catch_exceptions=False
    )


def rows(steps: list[Any], title: str) -> list[tuple[Any, ...]]:
    return next([tuple(row) for row in step.rows] for step in steps if step.text.startswith(title))


def test_every_text_becomes_an_artifact_and_every_folder_a_subspace(
    settings: Settings, folder: Path
) -> None:
    steps = [*captures_demo(settings, folder, "Which animal barks?")]
    count = int(steps[0].text.split()[0])

    assert steps[0].text.endswith("of 4 texts; 0 of them existed already.")
    assert {row[0] for row in rows(steps, "Subspaces")} == {"animals", "money"}
    assert sum(row[1] for row in rows(steps, "Subspaces")) == count
    assert sum(row[1] for row in rows(steps, "Decisions")) == count
    assert rows(steps, "Nearest to")[0][0] == "The dog"
    assert {row[0] for row in rows(steps, "Nearest to")} == {
        "The cat",
        "The dog",
        "Bonds",
        "Stocks",
    }


def test_a_second_run_changes_nothing(settings: Settings, folder: Path) -> None:
    first, second = ([*captures_demo(settings, folder)] for _ in range(2))
    with open_configured_store(settings) as store:
        (space,) = store.read(captures.list_spaces, OWNER)
        signals = store.read(captures.recent_captures, OWNER, space.space.id, limit=1_000)
        assert not verify(store)
    count = len(signals)

    assert second[0].text == f"{count} captures of 4 texts; {count} of them existed already."
    assert second[1:] == first[1:]
    assert first[-1].text.endswith(f"/console/spaces/{space.space.id}")
    assert (
        "skims"
        in {str(signal.session_id).partition("-")[0] for signal in signals}
        <= {habit.name for habit in HABITS}
    )
    assert {signal.url for signal in signals} >= {"https://reading.example/money/old-stock.md"}


def test_the_packaged_handbook_is_captured_by_topic(settings: Settings) -> None:
    done = demo()

    assert done.exit_code == 0, done.output
    assert "Back up, restore, upgrade" in done.stdout
    assert settings.address in done.stdout
    assert all(topic in done.stdout for topic in {text.topic for text in texts_in(HANDBOOK)})


def test_an_unusable_file_is_skipped(settings: Settings, folder: Path) -> None:
    for name, content in (
        (b"nul.md", b"# Title\n\0"),
        (b"esc.md", b"# \x1b[1m\n\nWords."),
        (b"\xff.md", b"# Words\n"),
    ):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)
    (folder / "a\x1bb").mkdir()
    (folder / "a\x1bb" / "text.md").write_text("# Words\n\nIn a folder that cannot be named.\n")
    steps = [*captures_demo(settings, folder)]

    assert "of 4 texts;" in steps[0].text


def test_two_demos_at_once_make_one_space(settings: Settings, folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = [
            future.result()
            for future in [
                pool.submit(lambda: [*captures_demo(settings, folder)]) for _ in range(2)
            ]
        ]
    with open_configured_store(settings) as store:
        (space,) = store.read(captures.list_spaces, OWNER)
        parts = store.read(captures.list_subspaces, OWNER, space.space.id)

    assert len(parts) == 2
    assert done[0][-1] == done[1][-1]


@pytest.mark.usefixtures("settings")
def test_a_folder_without_a_text_is_refused(tmp_path: Path) -> None:
    done = demo(str(tmp_path))

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("NOTHING_TO_READ: ")


@pytest.mark.usefixtures("settings")
def test_a_missing_embedder_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "indelible_wordllama", None)
    done = demo()

    assert done.exit_code == 3
    assert done.stderr.startswith("DISTRIBUTION_MISSING: ")
    assert "packages/adapters/wordllama` for a checkout" in done.stderr


@pytest.mark.usefixtures("settings")
def test_a_disabled_embedder_is_refused() -> None:
    done = demo(INDELIBLE_EMBEDDER="none")

    assert done.exit_code == 1
    assert done.stderr.startswith("EMBEDDER_DISABLED: ")


def test_a_missing_database_is_refused() -> None:
    done = demo()

    assert done.exit_code == 3
    assert done.stderr.startswith("NO_DATABASE: ")
