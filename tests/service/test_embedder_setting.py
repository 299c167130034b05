"""A setting chooses the embedder; a missing one is refused by name."""

import sys

import pytest
from click.testing import CliRunner

from indelible.kernel.distributions import DistributionMissing
from indelible_service.cli import main
from indelible_service.contexts.captures import CaptureSettings, build_embedder
from indelible_service.settings.service import Settings
from indelible_wordllama import WordLlamaEmbedder, WordLlamaWordsEmbedder


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "indelible_wordllama", None)


@pytest.mark.parametrize("named", ["", "auto", "wordllama", "WordLlama"])
def test_an_installed_embedder_is_used(named: str) -> None:
    settings = Settings.read({"INDELIBLE_EMBEDDER": named}).section(CaptureSettings)

    assert isinstance(build_embedder(settings), WordLlamaEmbedder)


def test_the_embedder_that_compares_words_too_is_used_where_it_is_named() -> None:
    settings = Settings.read({"INDELIBLE_EMBEDDER": "wordllama-words"}).section(CaptureSettings)

    assert isinstance(build_embedder(settings), WordLlamaWordsEmbedder)


def test_no_embedder_is_used_where_none_is_chosen() -> None:
    assert build_embedder(CaptureSettings(embedder="none")) is None


@pytest.mark.usefixtures("missing")
def test_a_missing_embedder_is_refused_only_where_it_is_named() -> None:
    assert build_embedder(CaptureSettings()) is None
    with pytest.raises(DistributionMissing, match="indelible-wordllama"):
        build_embedder(CaptureSettings(embedder="wordllama"))


@pytest.mark.usefixtures("missing")
def test_a_missing_embedder_stops_the_server_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INDELIBLE_EMBEDDER", "wordllama")
    done = CliRunner().invoke(main, ["serve"])

    assert done.exit_code == 3
    assert done.stderr.startswith("DISTRIBUTION_MISSING: ")
    assert "packages/adapters/wordllama` for a checkout" in done.stderr
