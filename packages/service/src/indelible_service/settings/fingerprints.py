"""Fingerprints: slow digests of what must differ between two environments, such as secrets.

A file of them shows no secret: each digest is one of scrypt with a salt of the file, so that a
person who has the file tries a guess in a tenth of a second.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Final, Self, cast

from attrs import frozen

from indelible.kernel import Invalid, TimeOrderedIds
from indelible_service.contexts.contests import ContestSettings
from indelible_service.files.access import translate_os_errors
from indelible_service.settings.rules import origin_of
from indelible_service.settings.secret_values import POSTGRESQL, secrets_of
from indelible_service.settings.service import Settings

VERSION: Final = 1  # of the file; another one has other parameters of scrypt
COST: Final = 2**15
BLOCK_SIZE: Final = 8
PARALLELIZATION: Final = 1
MAX_MEMORY: Final = 2**26  # scrypt needs 128 * COST * BLOCK_SIZE bytes
MAX_FILE_BYTES: Final = 65_536
SALT: Final = re.compile("[0-9a-f]{32,128}")
DIGEST: Final = re.compile("[0-9a-f]{64}")
VARIABLE_NAME: Final = re.compile("[A-Z][A-Z0-9_]{0,63}")
DEFAULT_PORT: Final = 5_432


@frozen
class FingerprintInvalid(Invalid):
    """A file is no fingerprint of an environment."""

    message: ClassVar[str] = "File {path} is no fingerprint of an environment: {problem}."
    path: str
    problem: str


@frozen
class Fingerprint:
    """The digests of an environment by the names of its variables, with their salt."""

    salt: str
    digests: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the fingerprint of the settings with a new random salt."""
        salt = TimeOrderedIds().secret()
        digests: dict[str, tuple[str, ...]] = {}
        for variable, value in values_that_differ(settings):
            digests[variable] = (*digests.get(variable, ()), _digest(value, salt))

        return cls(salt, digests)

    def document(self) -> dict[str, object]:
        """Return the content of the file."""
        return {"version": VERSION, "salt": self.salt, "digests": self.digests}

    def problems_of(self, settings: Settings) -> list[str]:
        """Return a problem for each variable with a value of this, the other environment."""
        problems: list[str] = []
        for variable, value in values_that_differ(settings):
            digest = _digest(value, self.salt)
            for other, digests in self.digests.items():
                if digest in digests:
                    problems.append(f"{variable} must differ from {other} of the other environment")

        return list(dict.fromkeys(problems))


def values_that_differ(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each variable with a value that no two environments share.

    These are the secrets, the databases that a network reaches, the origin of the API and the
    address of the provider.
    """
    for secret in secrets_of(settings.all_sections()):
        yield secret.variable, f"secret {secret.value}"

    for variable, url in settings.database_urls.items():
        database = _database(url)
        if database:
            yield variable, f"database {database}"

    if settings.base_url:
        yield "API_BASE_URL", f"origin {origin_of(settings.base_url)}"
    endpoint = settings.section(ContestSettings).ingestion_endpoint_url
    if endpoint:
        yield "INGESTION_ENDPOINT_URL", f"endpoint {endpoint}"


def _database(url: str) -> str:
    """Return the server and the name of a database, whatever the role.

    Returns '' where the same address, on another machine, is another server: a file, the loopback,
    a host name without a dot, such as that of a container, or no host, which PGHOST may name.
    """
    if not POSTGRESQL.match(url):
        return ""

    from indelible_sql.engine.encryption import connection_parameters, is_local

    parameters = connection_parameters(url)
    host = str(parameters.get("hostaddr") or parameters.get("host") or "").lower()
    if is_local(host) or not {".", ":"} & set(host):
        return ""

    name = parameters.get("dbname") or parameters.get("user")
    return f"{host} {parameters.get('port') or DEFAULT_PORT} {name}"


def _digest(value: str, salt: str) -> str:
    digest = hashlib.scrypt(
        value.encode(errors="surrogateescape"),  # any bytes of a variable
        salt=salt.encode(),
        n=COST,
        r=BLOCK_SIZE,
        p=PARALLELIZATION,
        maxmem=MAX_MEMORY,
        dklen=32,
    )
    return digest.hex()


def read_fingerprint(path: Path) -> Fingerprint:
    """Return the fingerprint in a file.

    Raises: FingerprintInvalid, FileUnusable.
    """
    with translate_os_errors(path), path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise FingerprintInvalid(str(path), f"it has more than {MAX_FILE_BYTES} bytes")

    try:
        document: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FingerprintInvalid(str(path), "it is no JSON") from error

    problem = _problem_of(document)
    if problem:
        raise FingerprintInvalid(str(path), problem)

    checked = cast("dict[str, dict[str, list[str]]]", document)
    digests = {name: tuple(values) for name, values in checked["digests"].items()}
    return Fingerprint(cast("str", checked["salt"]), digests)


def _problem_of(document: object) -> str:
    """Return what is wrong with the content of a file, '' where nothing is."""
    if not isinstance(document, dict):
        return "it is no JSON object"

    fields = cast("dict[str, object]", document)
    if fields.get("version") != VERSION:
        return f"its version is not {VERSION}"
    salt = fields.get("salt")
    if not isinstance(salt, str) or not SALT.fullmatch(salt):
        return "its salt is not 32 to 128 hexadecimal digits"

    return _problem_of_digests(fields.get("digests"))


def _problem_of_digests(digests: object) -> str:
    if not isinstance(digests, dict):
        return "it has no digests"

    for variable, values in cast("dict[str, object]", digests).items():
        if not VARIABLE_NAME.fullmatch(variable):
            return "its digests are not by the names of variables"
        if not _are_digests(values):
            return f"the digests of {variable} are not lists of 64 hexadecimal digits"

    return ""


def _are_digests(values: object) -> bool:
    if not isinstance(values, list):
        return False

    digests = cast("list[object]", values)
    return all(isinstance(digest, str) and DIGEST.fullmatch(digest) for digest in digests)
