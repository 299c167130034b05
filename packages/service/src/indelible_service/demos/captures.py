"""Capture a folder of texts as if people had read it, then show the resulting space."""

from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from attrs import frozen

from indelible import captures
from indelible.captures import (
    CaptureArtifactCommand,
    CaptureResult,
    Embedder,
    EngagementLevel,
    Space,
)
from indelible.kernel import Actor, Idempotency, IndelibleError, digest
from indelible_service.contexts.captures import CaptureSettings, build_required_embedder
from indelible_service.database import open_configured_store
from indelible_service.demos.concepts import DemoStep
from indelible_service.demos.texts import ReadingSession, Text, reading_sessions, texts_in
from indelible_service.demos.waiting import OnWait, tell_nobody
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, install_algorithm

# Our own documentation: a link in the repository, pages in a wheel.
HANDBOOK: Final = Path(__file__).with_name("handbook")
QUESTION: Final = "How do I get my data back from a backup?"
OWNER: Final = "admin"  # of the first key, so that its holder sees the space in the console
ALGORITHM: Final = "oscl-1"
MAX_LISTED: Final = 1_000
SEED_CHARACTERS: Final = 1_000  # of each text, in the seed of its topic's subspace
NEAREST: Final = 5
WORD_MILLISECONDS: Final = 300  # of a person who reads 200 words a minute
PACE_WEIGHT: Final = 0.6  # of the reading depth; the rest is the scroll depth
SCROLL_WEIGHT: Final = 0.4
# The depths at which the second and each following level of engagement begins.
LEVEL_DEPTHS: Final = (0.3, 0.6, 0.85)


def captures_demo(
    settings: Settings,
    folder: Path = HANDBOOK,
    question: str = QUESTION,
    on_wait: OnWait = tell_nobody,
) -> Generator[DemoStep]:
    """Capture every text, then show the space; a second run finds every capture.

    Raises: NothingToRead, EmbedderDisabled, DistributionMissing, NoDatabase.
    """
    texts = texts_in(folder)
    embedder = build_required_embedder(settings.section(CaptureSettings))

    with open_configured_store(settings) as store:
        demo = _Demo(store=store, embedder=embedder, texts=texts)
        demo.activate_algorithm(settings.owner_url or None)
        space = demo.create_space(f"Reading {folder.absolute().name}")
        on_wait(f"the captures of {len(texts)} texts")
        results = demo.capture_all(space)

        existing = sum(result.replayed for result in results)
        yield DemoStep(
            f"{len(results)} captures of {len(texts)} texts; {existing} of them existed already."
        )
        yield demo.show_subspaces(space, results)
        yield _show_decisions(results)
        yield demo.show_nearest(space, question)

    yield DemoStep(f"The space as a picture: {settings.address}/console/spaces/{space.id}")


def _show_decisions(results: Sequence[CaptureResult]) -> DemoStep:
    counts = Counter(str(result.decision) for result in results)
    return DemoStep("Decisions:", ("decision", "captures"), sorted(counts.items()))


@frozen(kw_only=True)
class _Demo:
    store: SqlStore
    embedder: Embedder
    texts: Sequence[Text]

    def activate_algorithm(self, owner_url: str | None) -> None:
        """Activate a version of the algorithm unless one is active."""
        known = self._algorithms()
        if _has_active(known):
            return

        saved = known.get(ALGORITHM)
        if saved is None:
            register = captures.RegisterAlgorithm(
                algorithm_id=ALGORITHM, formulas=captures.SPHERICAL
            )
            saved = self._run_once(
                captures.register_algorithm, register, captures.AlgorithmSaved, ALGORITHM
            )
        install_algorithm(self.store, ALGORITHM, owner_url)

        activate = captures.ActivateAlgorithm(algorithm_id=ALGORITHM, expected_seq=saved.seq)
        try:
            self._run(captures.activate_algorithm, activate)
        except IndelibleError:
            # Another demo may have activated it meanwhile.
            if not _has_active(self._algorithms()):
                raise

    def _algorithms(self) -> dict[str, captures.AlgorithmSaved]:
        saved_versions = self.store.read(captures.list_algorithms, limit=MAX_LISTED)
        return {saved.algorithm.id: saved for saved in saved_versions}

    def create_space(self, name: str) -> Space:
        """Return the active space of this name, with a subspace for each topic."""
        seeds = self._topic_seeds()
        embeddings = self.embedder.embed(list(seeds.values()))
        embedding_by_topic = dict(zip(seeds, embeddings, strict=True))
        model = embeddings[0].model
        dimension = embeddings[0].dimension

        spaces = self.store.read(captures.list_spaces, OWNER, limit=MAX_LISTED)
        space = _find_space([saved.space for saved in spaces], name, model)
        if space is None:
            create = captures.CreateSpace(
                user_id=OWNER, name=name, model=model, dimension=dimension
            )
            # A retired space of this name has used the key of an earlier count.
            key = f"{name}, after {len(spaces)} others"
            space = self._run_once(captures.create_space, create, captures.SpaceSaved, key).space

        existing = {subspace.name for subspace in self._subspaces(space)}
        for topic, embedding in embedding_by_topic.items():
            if topic not in existing:
                create_subspace = captures.CreateSubspace(
                    user_id=OWNER, space_id=space.id, name=topic, seed=embedding
                )
                self._run_once(
                    captures.create_subspace,
                    create_subspace,
                    captures.SubspaceSaved,
                    space.id + topic,
                )

        return space

    def _topic_seeds(self) -> dict[str, str]:
        """Map each topic to the beginnings of its texts."""
        seeds: dict[str, str] = {}
        for text in self.texts:
            beginning = text.content[:SEED_CHARACTERS]
            seeds[text.topic] = f"{seeds.get(text.topic, '')}{beginning} "

        return seeds

    def _subspaces(self, space: Space) -> list[captures.Subspace]:
        saved_subspaces = self.store.read(
            captures.list_subspaces, OWNER, space.id, limit=MAX_LISTED
        )
        return [saved.subspace for saved in saved_subspaces]

    def capture_all(self, space: Space) -> list[CaptureResult]:
        """Capture every simulated reading."""
        results: list[CaptureResult] = []
        for session in reading_sessions(self.texts):
            command = self._capture_command(space, session)
            results.append(self._run(captures.capture_artifact, command))

        return results

    def _capture_command(self, space: Space, session: ReadingSession) -> CaptureArtifactCommand:
        """Return the capture of a reading; its embedding is that of the part that was read."""
        text = session.text
        read_characters = max(len(text.title) + 2, int(session.scroll * len(text.content)))
        embedding = self.embedder.embed([text.content[:read_characters]])[0]
        depth = PACE_WEIGHT * session.pace + SCROLL_WEIGHT * session.scroll
        word_count = len(text.content.split())
        key = ["demo", space.id, session.reader, session.sitting, text.path, text.content]
        return CaptureArtifactCommand(
            user_id=OWNER,
            space_id=space.id,
            url=f"https://reading.example/{quote(text.path)}",
            embedding=embedding.values,
            embedding_model=space.model,
            reading_depth=depth,
            scroll_depth=session.scroll,
            dwell_time_ms=round(word_count * WORD_MILLISECONDS * session.pace),
            word_count=word_count,
            engagement_level=_engagement_level(depth),
            session_id=f"{session.reader}-{session.sitting}",
            title=text.title,
            content=text.content,
            capture_key=digest(key),
        )

    def show_subspaces(self, space: Space, results: Sequence[CaptureResult]) -> DemoStep:
        """Show the captures, the centroid updates and the last drift of each subspace."""
        capture_counts = Counter(result.subspace_id for result in results)
        centroids = self.store.read(captures.list_centroids, OWNER, space.id)
        updates = {centroid.id: centroid.seq for centroid in centroids}

        rows: list[tuple[object, ...]] = []
        for subspace in self._subspaces(space):
            update_count = updates.get(subspace.id, 0)
            drift = self._last_drift(subspace.id, update_count)
            rows.append((subspace.name, capture_counts[subspace.id], update_count, drift))

        columns = ("subspace", "captures", "centroid updates", "last drift")
        return DemoStep("Subspaces:", columns, rows)

    def _last_drift(self, subspace_id: str, update_count: int) -> str:
        if update_count == 0:
            return "-"

        signals = self.store.read(captures.list_drift, OWNER, subspace_id, after=update_count - 1)
        if not signals:
            return "-"

        return f"{signals[-1].drift or 0:.4f}"

    def show_nearest(self, space: Space, question: str) -> DemoStep:
        """Show the texts nearest to a question."""
        embedding = self.embedder.embed([question])[0]
        matches = self.store.read(
            captures.search_artifacts, OWNER, space.id, embedding.values, limit=NEAREST
        )
        rows = [(match.artifact.title, f"{match.distance:.3f}") for match in matches]
        return DemoStep(f"Nearest to {question!r}:", ("text", "distance"), rows)

    def _run(
        self,
        handler: Any,  # noqa: ANN401 - each has its own types
        command: object,
        idempotency: Idempotency[Any] | None = None,
    ) -> Any:  # noqa: ANN401 - the handler's result
        return self.store.run(
            handler,
            command,
            actor=Actor.user(OWNER),
            reason="demo of captures",
            idempotency=idempotency,
        )

    def _run_once(
        self,
        handler: Any,  # noqa: ANN401 - each has its own types
        command: object,
        result: type[Any],
        key: str,
    ) -> Any:  # noqa: ANN401 - the handler's result
        """Run a command under an idempotency key, so that two demos at once run it once."""
        return self._run(handler, command, Idempotency(digest(["demo", key]), result))


def _has_active(known: dict[str, captures.AlgorithmSaved]) -> bool:
    return any(saved.algorithm.status == "ACTIVE" for saved in known.values())


def _find_space(spaces: Sequence[Space], name: str, model: str) -> Space | None:
    for space in spaces:
        if (space.name, space.model, space.status) == (name, model, "ACTIVE"):
            return space

    return None


def _engagement_level(depth: float) -> EngagementLevel:
    reached = sum(depth >= minimum for minimum in LEVEL_DEPTHS)
    return list(EngagementLevel)[reached]
