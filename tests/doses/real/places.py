"""Search logs, tables, Redis and exports for secrets."""

import io
import json
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from attrs import frozen
from redis import Redis
from sqlalchemy import inspect, text
from tests.doses.real.canaries import TOTAL, Canaries

from indelible_sql import SqlStore, export_histories

# The raw bytes of Stripe's events: the one place that may have what Stripe itself has sent.
RAW_BYTES: Final = "payloads.bytes"
DATABASE_FILES: Final = "postgresql"


@frozen(kw_only=True)
class Places:
    """The places of a running instance in which a secret could be left."""

    directory: Path
    store: SqlStore

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Yield each place by name, with its bytes."""
        yield from self.files()
        yield from self.rows()
        yield from self.redis_values()
        yield from self.exported_lines()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the logs and all other files of the instance, without those of the database."""
        for path in sorted(self.directory.rglob("*")):
            if path.is_file() and DATABASE_FILES not in path.parts[:-1]:
                yield f"file {path.relative_to(self.directory)}", path.read_bytes()
        for path in sorted(self.directory.rglob(f"{DATABASE_FILES}/**/*log*")):
            if path.is_file():
                yield f"file {path.relative_to(self.directory)}", path.read_bytes()

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Yield each column of each table."""
        with self.store.engines.reader.connect() as connection:
            tables = inspect(connection).get_table_names(schema=self.store.schema)
            for table in tables:
                rows = connection.execute(text(f'SELECT * FROM "{self.store.schema}"."{table}"'))
                for row in rows.mappings():
                    for column, value in row.items():
                        yield f"table {table}.{column}", _bytes_of(value)

    def redis_values(self) -> Iterator[tuple[str, bytes]]:
        """Yield every key of Redis with its value."""
        record: dict[str, str] = json.loads((self.directory / "data" / "instance.json").read_text())
        address = urlsplit(record["redis_url"])
        client: Any = Redis(
            host=address.hostname or "", port=address.port or 0, password=address.password
        )
        for key in client.scan_iter():
            yield "Redis", key + b" " + _redis_value(client, key)
        client.close()

    def exported_lines(self) -> Iterator[tuple[str, bytes]]:
        """Yield each line of an export."""
        out = io.BytesIO()
        self.store.read(export_histories, out)
        for line in out.getvalue().splitlines():
            yield "export", line


def search(places: Places, canaries: Canaries) -> list[str]:
    """Return where a secret was found; Stripe's own bytes may contain what Stripe has sent."""
    found: dict[tuple[str, str], int] = {}
    searched: dict[str, int] = {}
    forms = {secret: _forms(secret) for secret in canaries.all}
    for name, content in places.texts():
        kind = name.split()[0]
        searched[kind] = searched.get(kind, 0) + 1
        for secret, secret_forms in forms.items():
            if any(form in content for form in secret_forms):
                found[name, secret] = found.get((name, secret), 0) + 1

    sys.stdout.write(f"searched for {len(forms)} secrets in {searched}\n")
    problems: list[str] = []
    if len(forms) != TOTAL:
        problems.append(f"{len(forms)} secrets were planted, expected {TOTAL}")
    return problems + _problems_of(found, canaries)


def _problems_of(found: Mapping[tuple[str, str], int], canaries: Canaries) -> list[str]:
    problems: list[str] = []
    in_raw_bytes: set[str] = set()
    for (name, secret), count in found.items():
        is_raw = name in (f"table {RAW_BYTES}", "export")
        if is_raw and secret in canaries.sent_by_stripe:
            in_raw_bytes.add(secret)
            continue
        problems.append(f"{name} contains {secret[:12]}... {count} times")
    sys.stdout.write(f"{len(in_raw_bytes)} of them are in raw events only, as Stripe sent them\n")
    if in_raw_bytes != canaries.sent_by_stripe:
        problems.append("the raw bytes of Stripe's events are not complete")
    return problems


def _forms(secret: str) -> list[bytes]:
    """Return the secret as it is, and as base64 has it at each of its three offsets."""
    raw = secret.encode()
    forms = [raw, raw.hex().encode()]
    for offset in range(3):
        encoded = b64encode(b"\0" * offset + raw)
        begin = (0, 2, 3)[offset]
        forms.append(encoded[begin : len(encoded) - 4])
    return forms


def _bytes_of(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, memoryview):
        return cast("memoryview[int]", value).tobytes()
    return str(value).encode()


def _redis_value(client: Any, key: bytes) -> bytes:  # noqa: ANN401 - untyped
    """Return the value of a key, whatever its type."""
    readers = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key),
        b"stream": lambda: client.xrange(key),
    }
    return repr(readers[client.type(key)]()).encode()
