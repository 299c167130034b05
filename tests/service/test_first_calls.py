"""After `indelible db upgrade` of a new database, the first calls need no configuration."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.service.commands import run

from indelible import captures
from indelible.kernel import IndelibleError
from indelible.testing.captures.scenarios import CaptureScenario
from indelible.testing.stores import do
from indelible_service.database import open_configured_store
from indelible_service.settings.service import Settings
from indelible_wordllama import WordLlamaEmbedder, WordLlamaWordsEmbedder

pytestmark = pytest.mark.slow

CREATE = captures.CreateSpace(user_id="maya", name="reading")
Upgraded = Callable[[str], Settings]


@pytest.fixture
def upgraded(tmp_path: Path) -> Upgraded:
    """Return a function that upgrades a new database with this embedder and returns settings."""

    def upgrade(embedder: str) -> Settings:
        variables = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}",
            "INDELIBLE_EMBEDDER": embedder,
        }
        assert run("db", "upgrade", settings=variables).exit_code == 0
        return Settings.read(variables)

    return upgrade


@pytest.mark.parametrize(
    ("named", "embedder"),
    [("auto", WordLlamaEmbedder), ("wordllama-words", WordLlamaWordsEmbedder)],
)
def test_a_space_and_a_capture_need_no_configuration(
    upgraded: Upgraded,
    named: str,
    embedder: type[WordLlamaEmbedder] | type[WordLlamaWordsEmbedder],
) -> None:
    vector = (1.0, *([0.0] * (embedder.dimension - 1)))

    with open_configured_store(upgraded(named)) as store:
        assert store.feed().changes == ()
        space = do(store, captures.create_space, CREATE).space
        scenario = CaptureScenario(store, space.id)

        assert (space.model, space.dimension) == (embedder.model, embedder.dimension)
        assert scenario.capture(vector, embedding_model=embedder.model).signal_id


@pytest.mark.parametrize("is_installed", [False, True])
def test_without_an_embedder_a_space_names_its_model(
    upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    if not is_installed:
        monkeypatch.setitem(sys.modules, "indelible_wordllama", None)

    with open_configured_store(upgraded("none" if is_installed else "auto")) as store:
        with pytest.raises(IndelibleError, match="never changed"):
            do(store, captures.create_space, CREATE)

        named = captures.CreateSpace(user_id="maya", name="own", model="model-1", dimension=1)
        space = do(store, captures.create_space, named).space
        assert CaptureScenario(store, space.id).capture((1.0,)).signal_id
