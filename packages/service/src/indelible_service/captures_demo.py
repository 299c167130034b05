"""`indelible demo captures`: readers who never were read a folder of texts, and the space shows what came of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final
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
from indelible.kernel import Actor, Idempotency, IndelibleError, Invalid, digest
from indelible_service.composition import EmbedderMissing, embedder_of
from indelible_service.data_directory import translate_os_errors
from indelible_service.database import open_configured_store
from indelible_service.demo import DemoStep
from indelible_service.settings import Settings
from indelible_sql import SqlStore, install_algorithm

HANDBOOK: Final = Path(__file__).with_name(
    "handbook"
)  # our own documentation: links here, pages in a wheel
QUESTION: Final = "How do I get my data back from a backup?"
OWNER: Final = "admin"  # the first key's, so that whoever signs in with that sees the space
ALGORITHM: Final = "oscl-1"
LONGEST: Final = 20_000
MOST_OF_PATH: Final = 1_900
ALL: Final = 1_000
WORD_MS: Final = 300  # of somebody who reads 200 words a minute
TWICE: Final = 0.2
HABITS: Final = {
    "skims": (1.0, 0.1, 0.5),
    "reads": (0.6, 0.5, 0.9),
    "studies": (0.4, 0.8, 1.0),
}  # how many, how far
LEVELS: Final = (0.3, 0.6, 0.85)  # the depths from which the second and those after it are reached


@frozen
class NothingToRead(Invalid):
    """The folder has no .md or .txt file with words in it."""

    code: ClassVar[str] = "NOTHING_TO_READ"
    message: ClassVar[str] = "Folder {folder} contains no .md or .txt file with text."
    folder: str


@frozen(kw_only=True)
class Text:
    """A file that can be read, and the folder that it is about."""

    path: str
    topic: str
    title: str
    words: str


def captures_demo(
    settings: Settings, folder: Path = HANDBOOK, question: str = QUESTION
) -> Iterator[DemoStep]:
    """Have every text read, then look at what is there; a second run finds every capture kept."""
    texts, embedder = texts_in(folder), embedder_of(settings)
    if embedder is None:
        raise EmbedderMissing(settings.embedder)
    with open_configured_store(settings) as store:
        _activate(store, settings)
        space = _space(store, embedder, f"Reading {folder.absolute().name}", texts)
        made = [
            _do(store, captures.capture_artifact, each) for each in _read(space, embedder, texts)
        ]
        kept = sum(each.replayed for each in made)
        yield DemoStep(
            f"{len(made)} captures of {len(texts)} texts; {kept} of them were there already."
        )
        parts = tuple(_parts(store, space, made))
        yield DemoStep(
            "Where they belong:", ("subspace", "captures", "drawn on by", "last drift"), parts
        )
        decided = sorted(Counter(str(each.decision) for each in made).items())
        yield DemoStep("What was decided:", ("decision", "captures"), decided)
        near = store.read(
            captures.search_artifacts,
            OWNER,
            space.id,
            embedder.embed([question])[0].values,
            limit=5,
        )
        rows = [(each.artifact.title, f"{each.distance:.3f}") for each in near]
        yield DemoStep(f"Nearest to {question!r}:", ("text", "distance"), rows)
    yield DemoStep(f"The space as a picture: {settings.address}/console/spaces/{space.id}")


def texts_in(folder: Path) -> list[Text]:
    """Every text below the folder, in order; NothingToRead."""
    found = list[Text]()
    places = [
        each for top in folder.iterdir() for each in (top.rglob("*") if top.is_dir() else (top,))
    ]
    for path in sorted(
        each for each in places if each.suffix in (".md", ".txt") and each.is_file()
    ):
        with translate_os_errors(path):
            words = path.read_text(encoding="utf-8", errors="replace").strip()[:LONGEST]
        place = path.relative_to(folder)
        topic = place.parts[0].replace("-", " ") if len(place.parts) > 1 else folder.absolute().name
        lines = words.splitlines() or [""]
        title = next((line for line in lines if line.startswith("# ")), lines[0]).lstrip("# ")[:200]
        is_text = (
            "\0" not in words
            and f"{title}{place}".isprintable()
            and len(quote(place.as_posix())) < MOST_OF_PATH
        )
        if title and is_text:  # an odd file is left out, and not what stops the others
            found.append(Text(path=place.as_posix(), topic=topic, title=title, words=words))
    if not found:
        raise NothingToRead(str(folder))
    return found


def _activate(store: SqlStore, settings: Settings) -> None:
    """Let some version of the algorithm be active; where one is, it stays."""

    def is_active() -> bool:
        return store.read(lambda tx: tx.captures.search.active_algorithm()) is not None

    if is_active():
        return
    known = {each.algorithm.id: each for each in store.read(captures.list_algorithms, limit=ALL)}
    register = captures.RegisterAlgorithm(algorithm_id=ALGORITHM, formulas=captures.SPHERICAL)
    saved = known.get(ALGORITHM) or _do(
        store, captures.register_algorithm, register, captures.AlgorithmSaved, ALGORITHM
    )
    install_algorithm(store, ALGORITHM, settings.owner_url or None)
    activate = captures.ActivateAlgorithm(algorithm_id=ALGORITHM, expected_seq=saved.seq)
    try:
        _do(store, captures.activate_algorithm, activate)
    except IndelibleError:  # another demo was first?
        if not is_active():
            raise


def _space(store: SqlStore, embedder: Embedder, name: str, texts: Sequence[Text]) -> Space:
    """The space of this name, with a subspace for each topic that begins where its texts' first words are."""
    seeds = {each.topic: "" for each in texts}
    for each in texts:
        seeds[each.topic] += f"{each.words[:ALL]} "
    vectors = dict(zip(seeds, embedder.embed([*seeds.values()]), strict=True))
    model, size = vectors[texts[0].topic].model, vectors[texts[0].topic].dimension
    spaces = [each.space for each in store.read(captures.list_spaces, OWNER, limit=ALL)]
    fitting = [
        each for each in spaces if (each.name, each.model, each.status) == (name, model, "ACTIVE")
    ]
    create = captures.CreateSpace(user_id=OWNER, name=name, model=model, dimension=size)
    born = f"{name}, after {len(spaces)} others"
    space: Space = (
        fitting[0]
        if fitting
        else _do(store, captures.create_space, create, captures.SpaceSaved, born).space
    )
    known = {
        each.subspace.name
        for each in store.read(captures.list_subspaces, OWNER, space.id, limit=ALL)
    }
    for topic in [each for each in vectors if each not in known]:
        part = captures.CreateSubspace(
            user_id=OWNER, space_id=space.id, name=topic, seed=vectors[topic]
        )
        _do(store, captures.create_subspace, part, captures.SubspaceSaved, space.id + topic)
    return space


def _read(
    space: Space, embedder: Embedder, texts: Sequence[Text]
) -> Iterator[CaptureArtifactCommand]:
    """What each reader reads, the same in every run; a capture is about as much of a text as was read."""
    for reader, (share, least, most) in HABITS.items():
        for text in (each for each in texts if _chance(reader, each.path) < share):
            for sitting in range(2 if _chance(reader, text.path, "again") < TWICE else 1):
                far, slow = (_chance(reader, text.path, sitting, each) for each in ("far", "slow"))
                scroll, pace = least + (most - least) * far, least + (most - least) * slow
                read = text.words[: max(len(text.title) + 2, int(scroll * len(text.words)))]
                depth, count = 0.6 * pace + 0.4 * scroll, len(text.words.split())
                yield CaptureArtifactCommand(
                    user_id=OWNER,
                    space_id=space.id,
                    url=f"https://reading.example/{quote(text.path)}",
                    embedding=embedder.embed([read])[0].values,
                    embedding_model=space.model,
                    reading_depth=depth,
                    scroll_depth=scroll,
                    dwell_time_ms=round(count * WORD_MS * pace),
                    word_count=count,
                    engagement_level=list(EngagementLevel)[sum(depth >= each for each in LEVELS)],
                    session_id=f"{reader}-{sitting}",
                    title=text.title,
                    content=text.words,
                    capture_key=digest(["demo", space.id, reader, sitting, text.path, text.words]),
                )


def _parts(
    store: SqlStore, space: Space, made: Sequence[CaptureResult]
) -> Iterator[tuple[object, ...]]:
    """Each subspace, how many captures came to it, how many drew its centroid on, and how far the last did."""
    met, centroids = (
        Counter(each.subspace_id for each in made),
        store.read(captures.list_centroids, OWNER, space.id),
    )
    drawn = {each.id: each.seq for each in centroids}
    for part in (
        each.subspace for each in store.read(captures.list_subspaces, OWNER, space.id, limit=ALL)
    ):
        moves = drawn.get(part.id, 0)
        last = store.read(captures.list_drift, OWNER, part.id, after=moves - 1) if moves else ()
        yield part.name, met[part.id], moves, f"{last[-1].drift or 0:.4f}" if last else "-"


def _chance(*what: object) -> float:
    """A number from 0 to 1, which is always the same of the same."""
    return int(digest([*what])[:8], 16) / 0xFFFFFFFF


def _do(store: SqlStore, handler: Any, command: object, gives: Any = None, key: str = "") -> Any:  # noqa: ANN401 - each its own
    """What a handler makes of its own command; under a key, so that two demos at once do it once."""
    once = Idempotency(digest(["demo", key]), gives) if gives else None
    return store.run(
        handler,
        command,
        actor=Actor.user(OWNER),
        reason="the demo reads a folder of texts",
        once=once,
    )
