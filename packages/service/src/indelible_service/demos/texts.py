"""Find the texts of a folder, and simulate readers of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from attrs import frozen

from indelible.kernel import Invalid, digest
from indelible_service.files.access import translate_os_errors

SUFFIXES: Final = (".md", ".txt")
MAX_TEXT_CHARACTERS: Final = 20_000
MAX_TITLE_CHARACTERS: Final = 200
MAX_PATH_CHARACTERS: Final = 1_900  # quoted, so that it fits into a URL
SECOND_READING_SHARE: Final = 0.2  # of the texts a reader has read


@frozen
class NothingToRead(Invalid):
    """The folder has no file with text."""

    message: ClassVar[str] = "Folder {folder} contains no .md or .txt file with text."
    folder: str


@frozen(kw_only=True)
class Text:
    """A readable file; its topic is the folder it is in."""

    path: str
    topic: str
    title: str
    content: str


@frozen
class ReaderHabit:
    """The share of texts that a reader opens, and the range of how far it reads them."""

    name: str
    share: float
    minimum: float
    maximum: float


@frozen(kw_only=True)
class ReadingSession:
    """One simulated reading of a text: how far it was scrolled, and how slowly."""

    reader: str
    sitting: int
    text: Text
    scroll: float
    pace: float


HABITS: Final = (
    ReaderHabit("skims", share=1.0, minimum=0.1, maximum=0.5),
    ReaderHabit("reads", share=0.6, minimum=0.5, maximum=0.9),
    ReaderHabit("studies", share=0.4, minimum=0.8, maximum=1.0),
)


def texts_in(folder: Path) -> list[Text]:
    """Return every text below the folder, in order of path.

    Raises: NothingToRead, FileUnusable.
    """
    texts: list[Text] = []
    for path in _text_files(folder):
        text = _read_text(folder, path)
        if text is not None:
            texts.append(text)
    if not texts:
        raise NothingToRead(str(folder))

    return texts


def _text_files(folder: Path) -> list[Path]:
    """Return the files with text below a folder; a link to a folder is followed at its top."""
    paths: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            paths.extend(entry.rglob("*"))
        else:
            paths.append(entry)

    return sorted(path for path in paths if path.suffix in SUFFIXES and path.is_file())


def _read_text(folder: Path, path: Path) -> Text | None:
    """Return the text of a file, or None where it cannot be a capture."""
    with translate_os_errors(path):
        content = path.read_text(encoding="utf-8", errors="replace")
    content = content.strip()[:MAX_TEXT_CHARACTERS]
    title = _title(content)
    relative = path.relative_to(folder)
    if len(relative.parts) > 1:
        topic = relative.parts[0].replace("-", " ")
    else:
        topic = folder.absolute().name

    is_printable = "\0" not in content and f"{title}{relative}".isprintable()
    if not title or not is_printable:
        return None
    if len(quote(relative.as_posix())) >= MAX_PATH_CHARACTERS:
        return None

    return Text(path=relative.as_posix(), topic=topic, title=title, content=content)


def _title(content: str) -> str:
    """Return the first heading of Markdown, or the first line."""
    lines = content.splitlines() or [""]
    title = lines[0]
    for line in lines:
        if line.startswith("# "):
            title = line
            break

    return title.lstrip("# ")[:MAX_TITLE_CHARACTERS]


def reading_sessions(texts: Sequence[Text]) -> Iterator[ReadingSession]:
    """Yield what each reader reads; the same for the same texts."""
    for habit in HABITS:
        for text in texts:
            if chance(habit.name, text.path) >= habit.share:
                continue

            is_read_again = chance(habit.name, text.path, "again") < SECOND_READING_SHARE
            for sitting in range(2 if is_read_again else 1):
                yield _session(habit, text, sitting)


def _session(habit: ReaderHabit, text: Text, sitting: int) -> ReadingSession:
    spread = habit.maximum - habit.minimum
    distance = chance(habit.name, text.path, sitting, "far")
    slowness = chance(habit.name, text.path, sitting, "slow")
    return ReadingSession(
        reader=habit.name,
        sitting=sitting,
        text=text,
        scroll=habit.minimum + spread * distance,
        pace=habit.minimum + spread * slowness,
    )


def chance(*values: object) -> float:
    """Return a number from 0 to 1 that depends on the values only."""
    return int(digest([*values])[:8], 16) / 0xFFFFFFFF
