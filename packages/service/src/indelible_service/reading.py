"""`indelible demo captures`: readers who never were read a folder of texts, and the space shows what came of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final
from urllib.parse import quote

from attrs import frozen

from indelible import captures
from indelible.captures import CaptureArtifactCommand, CaptureResult, Embedder, EngagementLevel, Space
from indelible.kernel import Actor, Invalid, digest
from indelible_service.database import opened
from indelible_service.demo import Scene
from indelible_service.local import usable
from indelible_service.settings import Settings
from indelible_service.wire import EmbedderMissing, embedder_of
from indelible_sql import SqlStore, install_algorithm

HANDBOOK: Final = Path(__file__).with_name("handbook")  # the beginnings of our own documentation's pages, by topic
QUESTION: Final = "How do I get my data back from a backup?"
OWNER: Final = "admin"  # the first key's, so that whoever signs in with that sees the space
ALGORITHM: Final = "oscl-1"
LONGEST: Final = 20_000
WORD_MS: Final = 300  # of somebody who reads 200 words a minute
TWICE: Final = 0.2
HABITS: Final = {"skims": (0.9, 0.1, 0.5), "reads": (0.6, 0.5, 0.9), "studies": (0.4, 0.9, 1.0)}  # how many, how far
LEVELS: Final = (0.3, 0.6, 1.0)  # the depths from which one is reached


@frozen
class NothingToRead(Invalid):
    """The folder has no .md or .txt file with words in it."""

    code: ClassVar[str] = "NOTHING_TO_READ"
    folder: str


@frozen(kw_only=True)
class Text:
    """A file that can be read, and the folder that it is about."""

    path: str
    topic: str
    title: str
    words: str


def captures_demo(settings: Settings, folder: Path = HANDBOOK, question: str = QUESTION) -> Iterator[Scene]:
    """Have every text read, then look at what is there; a second run finds every capture kept."""
    texts, embedder = texts_in(folder), embedder_of(settings)
    if embedder is None:
        raise EmbedderMissing(settings.embedder)
    with opened(settings) as store:
        _activate(store, settings)
        space = _space(store, embedder, f"Reading {folder.absolute().name}", texts)
        made = [_do(store, captures.capture_artifact, each) for each in _read(space, embedder, texts)]
        kept = sum(each.replayed for each in made)
        yield Scene(f"{len(made)} captures of {len(texts)} texts; {kept} of them were there already.")
        yield from _looked_at(store, space, made)
        near = store.read(captures.search_artifacts, OWNER, space.id, _of(embedder, question), limit=5)
        rows = [(each.artifact.title, f"{each.distance:.3f}") for each in near]
        yield Scene(f"Nearest to {question!r}:", ("text", "distance"), rows)
    yield Scene(f"The space as a picture: {settings.address}/console/spaces/{space.id}")


def texts_in(folder: Path) -> list[Text]:
    """Every text below the folder, in order; NothingToRead."""
    found = list[Text]()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".md", ".txt") and path.is_file():
            with usable(path):
                words = path.read_text(encoding="utf-8", errors="replace").strip()[:LONGEST]
            title, topic = words.partition("\n")[0].lstrip("# ")[:200], path.relative_to(folder).parts[0]
            topic = folder.absolute().name if topic == path.name else topic.replace("-", " ")
            found.append(Text(path=path.relative_to(folder).as_posix(), topic=topic, title=title, words=words))
    found = [each for each in found if each.title.strip()]
    if not found:
        raise NothingToRead(str(folder))
    return found


def _activate(store: SqlStore, settings: Settings) -> None:
    """Let some version of the algorithm be active; where one is, it stays."""
    if store.read(lambda tx: tx.captures.active()):
        return
    known = {each.algorithm.id: each for each in store.read(captures.list_algorithms)}
    register = captures.RegisterAlgorithm(algorithm_id=ALGORITHM, formulas=captures.SPHERICAL)
    saved = known.get(ALGORITHM) or _do(store, captures.register_algorithm, register)
    install_algorithm(store, ALGORITHM, settings.owner_url or None)
    _do(store, captures.activate_algorithm, captures.ActivateAlgorithm(algorithm_id=ALGORITHM, expected_seq=saved.seq))


def _space(store: SqlStore, embedder: Embedder, name: str, texts: Sequence[Text]) -> Space:
    """The space of this name, with a subspace for each topic that begins where its texts' first words are."""
    (model,) = embedder.embed([name])
    spaces = [each.space for each in store.read(captures.list_spaces, OWNER, limit=1_000)]
    create = captures.CreateSpace(user_id=OWNER, name=name, model=model.model, dimension=model.dimension)
    fitting = [each for each in spaces if (each.name, each.model, each.status) == (name, model.model, "ACTIVE")]
    space = fitting[0] if fitting else _do(store, captures.create_space, create).space
    known = {each.subspace.name for each in store.read(captures.list_subspaces, OWNER, space.id, limit=1_000)}
    for topic in dict.fromkeys(each.topic for each in texts):
        if topic not in known:
            (seed,) = embedder.embed([" ".join(each.words[:1_000] for each in texts if each.topic == topic)])
            part = captures.CreateSubspace(user_id=OWNER, space_id=space.id, name=topic, seed=seed)
            _do(store, captures.create_subspace, part)
    return space


def _read(space: Space, embedder: Embedder, texts: Sequence[Text]) -> Iterator[CaptureArtifactCommand]:
    """What each reader reads, the same in every run; a capture is about as much of a text as was read."""
    dice = Random(space.name)  # noqa: S311 - nothing is secret about readers who never were
    for reader, (share, least, most) in HABITS.items():
        for text in dice.sample(texts, ceil(share * len(texts))):
            for sitting in range(2 if dice.random() < TWICE else 1):
                scroll, pace = dice.uniform(least, most), dice.uniform(least, most * 1.5)
                yield _capture(space, embedder, text, f"{reader}-{sitting}", scroll, pace)


def _capture(
    space: Space, embedder: Embedder, text: Text, session: str, scroll: float, pace: float
) -> CaptureArtifactCommand:
    depth, words = 0.6 * min(1.5, pace) + 0.4 * scroll, len(text.words.split())
    return CaptureArtifactCommand(
        user_id=OWNER,
        space_id=space.id,
        url=f"https://reading.example/{quote(text.path)}",
        embedding=_of(embedder, text.words[: max(len(text.title) + 2, int(scroll * len(text.words)))]),
        embedding_model=space.model,
        reading_depth=depth,
        scroll_depth=scroll,
        dwell_time_ms=round(words * WORD_MS * pace),
        word_count=words,
        engagement_level=list(EngagementLevel)[sum(depth >= each for each in LEVELS)],
        session_id=session,
        title=text.title,
        content=text.words,
        capture_key=digest(["demo", space.id, session, text.path, text.words]),
    )


def _looked_at(store: SqlStore, space: Space, made: Sequence[CaptureResult]) -> Iterator[Scene]:
    parts = store.read(captures.list_subspaces, OWNER, space.id, limit=1_000)
    centroids = {each.id: each for each in store.read(captures.list_centroids, OWNER, space.id)}
    met = Counter(each.subspace_id for each in made)
    rows = list[Sequence[object]]()
    for each in (part.subspace for part in parts):
        drawn = centroids[each.id].seq if each.id in centroids else 0
        last = store.read(captures.list_drift, OWNER, each.id, after=max(0, drawn - 1))
        rows.append((each.name, met[each.id], drawn, f"{last[-1].drift or 0:.4f}" if last else "-"))
    yield Scene("Where they belong:", ("subspace", "captures", "drew its centroid on", "last drift"), rows)
    yield Scene("What was decided:", ("decision", "captures"), sorted(Counter(each.decision for each in made).items()))


def _of(embedder: Embedder, text: str) -> tuple[float, ...]:
    return embedder.embed([text])[0].values


def _do(store: SqlStore, handler: Any, command: object) -> Any:  # noqa: ANN401 - each handler with its own command
    return store.run(handler, command, actor=Actor.user(OWNER), reason="the demo reads a folder of texts")
