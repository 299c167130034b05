"""What turns texts into embeddings is chosen by a setting, and named where it is missing."""

import sys

import pytest
from click.testing import CliRunner

from indelible_service.cli import main
from indelible_service.contexts.captures import CaptureSettings, EmbedderMissing, build_embedder
from indelible_service.settings import Settings
from indelible_wordllama import WordLlamaEmbedder


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "indelible_wordllama", None)


@pytest.mark.parametrize("named", ["", "auto", "wordllama", "WordLlama"])
def test_it_is_taken_where_it_is_installed(named: str) -> None:
    settings = Settings.read({"INDELIBLE_EMBEDDER": named}).section(CaptureSettings)

    assert isinstance(build_embedder(settings), WordLlamaEmbedder)


def test_none_is_none() -> None:
    assert build_embedder(CaptureSettings(embedder="none")) is None


@pytest.mark.usefixtures("missing")
def test_where_it_is_not_installed_there_is_none_unless_it_was_named() -> None:
    assert build_embedder(CaptureSettings()) is None
    with pytest.raises(EmbedderMissing, match="is not installed"):
        build_embedder(CaptureSettings(embedder="wordllama"))


@pytest.mark.usefixtures("missing")
def test_a_named_one_that_is_missing_stops_the_server_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INDELIBLE_EMBEDDER", "wordllama")
    done = CliRunner().invoke(main, ["serve"])

    assert done.exit_code == 3
    assert done.stderr.startswith("EMBEDDER_MISSING: ")
    assert "Hint: install `indelible-wordllama`" in done.stderr
