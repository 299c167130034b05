"""Helpers of the tests of exports: stores, exports, and documents of their lines."""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.conftest import POLICY
from tests.feeds import changes

from indelible.concepts import ConceptSaved, get_concept
from indelible.kernel import Actor, IndelibleError
from indelible.kernel.exports import line_of
from indelible.testing.stores import CountedIds, TickingClock, refusal
from indelible_sql import SqlContext, SqlStore, open_store
from indelible_sql.maintenance.export import export_histories
from indelible_sql.maintenance.export_entries import FORMAT
from indelible_sql.maintenance.import_export import Imported, import_histories

IMPORTER: Final = Actor.system("importer")
Document = dict[str, Any]


@contextmanager
def new_store(
    template: Path, ids: CountedIds | None = None, contexts: tuple[SqlContext, ...] = ()
) -> Generator[SqlStore]:
    """Open a store on a copy of the template, an empty SQLite file."""
    with TemporaryDirectory() as folder:
        path = shutil.copy(template, Path(folder) / "new.db")
        store = open_store(
            f"sqlite:///{path}",
            policy=POLICY,
            clock=TickingClock(),
            ids=ids or CountedIds(),
            contexts=contexts,
        )
        yield store
        store.dispose()


def export_of(store: SqlStore) -> bytes:
    """Export the store."""
    out = BytesIO()
    store.read(export_histories, out)
    return out.getvalue()


def import_into(store: SqlStore, file: bytes) -> Imported:
    """Import a file into the store."""
    return import_histories(store, BytesIO(file), by=IMPORTER)


def refused_import(store: SqlStore, file: bytes) -> IndelibleError:
    """Return the error of an import, after checking that it changed nothing."""
    before = changes(store)

    error = refusal(lambda: import_into(store, file))

    assert error is not None
    assert changes(store) == before
    return error


def saved_concept(store: SqlStore, concept_id: str) -> ConceptSaved:
    """Return a stored concept in the form that the steps of `indelible.testing` take."""
    stored = store.read(get_concept, concept_id)
    return ConceptSaved(
        concept=stored.concept,
        version=stored.version,
        warnings=stored.warnings,
        current_warnings=(),
        seq=stored.seq,
    )


def documents_of(file: bytes) -> list[Document]:
    """Parse every line of a file."""
    return [json.loads(line) for line in file.split(b"\n") if line]


def entries_of(export: bytes) -> list[Document]:
    """Parse every line of an export but the first and the last."""
    return documents_of(export)[1:-1]


def canonical_bytes(value: object) -> bytes:
    """Write a value as `canonical_json` does, and floats too."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def export_with(entries: list[Document]) -> bytes:
    """Write an export of these entries with a correct first line and a correct digest."""
    body = line_of({"format": FORMAT})
    for entry in entries:
        body += canonical_bytes(entry) + b"\n"

    footer = canonical_bytes({"digest": sha256(body).hexdigest()})
    return body + footer + b"\n"
