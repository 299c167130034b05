"""The distributions of indelible: those that add a feature, and the version that all share."""

import json
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from shlex import join
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit

from attrs import frozen

from indelible.kernel.errors import Conflict, Unavailable

CORE: Final = "indelible"
SERVICE: Final = "indelible-service"
DISTRIBUTIONS: Final = (
    CORE,
    "indelible-evm",
    "indelible-git",
    SERVICE,
    "indelible-sql",
    "indelible-stripe",
    "indelible-web",
    "indelible-wordllama",
    "indelible-workers",
)
CONSTRAINTS: Final = "tests/constraints.txt"  # of a checkout
ORIGIN: Final = "direct_url.json"  # that installers add to what they install from a folder
NO_VERSION: Final = "without a version"


def release() -> str:
    """Return the version that all distributions of indelible share."""
    return metadata.version(CORE)


@frozen
class DistributionMissing(Unavailable):
    """A feature is used whose distribution is not installed, or not with all that it needs."""

    message: ClassVar[str] = (
        "{needed_by} needs the distribution {distribution}, whose module {module} is not"
        " installed: type `{from_checkout}` for a checkout, or `{from_index}` for an index."
    )
    needed_by: str
    distribution: str
    module: str
    from_checkout: str
    from_index: str
    requires_python: str | None = None  # where it cannot be installed for every Python of ours


@frozen
class DistributionVersionsDiffer(Conflict):
    """Distributions of indelible are installed that do not belong to one release."""

    message: ClassVar[str] = (
        "All distributions of indelible must have the version of {expected}; got {others}."
    )
    expected: str
    others: tuple[str, ...]


@frozen(kw_only=True)
class OptionalDistribution:
    """A distribution that a feature needs; `modules` are those without which it does not work."""

    name: str  # with the extra that the feature needs
    folder: str  # in a checkout
    modules: tuple[str, ...]
    needed_by: str
    requires_python: str | None = None

    def check(self) -> None:
        """Raise DistributionMissing where a module is not installed; import none of them."""
        for module in self.modules:
            if find_spec(module) is None:
                raise self.missing(module)

    @contextmanager
    def required(self) -> Generator[None]:
        """Raise DistributionMissing where the block imports what is not installed."""
        try:
            yield
        except ModuleNotFoundError as error:
            raise self.missing(error.name or self.modules[0]) from error

    def missing(self, module: str) -> DistributionMissing:
        """Return the error with the commands that install the distribution."""
        checkout = find_checkout()
        path, pins = str(checkout / self.folder), str(checkout / CONSTRAINTS)
        if not checkout.is_absolute():
            path = f"./{path}"
        pip = (sys.executable, "-m", "pip", "install")
        version = dict(installed_versions()).get(CORE)
        pinned = f"{self.name}=={version}" if version else self.name
        return DistributionMissing(
            needed_by=self.needed_by,
            distribution=self.name,
            module=module,
            from_checkout=join((*pip, "--constraint", pins, path)),
            from_index=join((*pip, pinned)),
            requires_python=self.requires_python,
        )


STRIPE: Final = OptionalDistribution(
    name="indelible-stripe",
    folder="packages/adapters/stripe",
    modules=("indelible_stripe",),
    needed_by="A payment (STRIPE_API_KEY)",
)
STRIPE_SIMULATOR: Final = OptionalDistribution(
    name="indelible-stripe[simulator]",
    folder="packages/adapters/stripe[simulator]",
    modules=("indelible_stripe", "jsonschema"),
    needed_by="The simulator of Stripe (`indelible demo contests` and `demo money`)",
)
EVM: Final = OptionalDistribution(
    name="indelible-evm",
    folder="packages/adapters/evm",
    modules=("indelible_evm",),
    needed_by="A chain of tokens (INDELIBLE_RPC_URL, and `indelible demo tokens`)",
)
WORDLLAMA: Final = OptionalDistribution(
    name="indelible-wordllama",
    folder="packages/adapters/wordllama",
    modules=("indelible_wordllama",),
    needed_by="The embedder of captures (INDELIBLE_EMBEDDER, and `indelible demo captures`)",
    requires_python="<3.14",
)
DASK: Final = OptionalDistribution(
    name="indelible-service[dask]",
    folder="packages/service[dask]",
    modules=("indelible_service", "distributed"),
    needed_by="A Dask cluster (`--dask` of `indelible simulate`, `verify` and `contests replay`)",
)
TESTING: Final = OptionalDistribution(
    name="indelible[testing]",
    folder="packages/core[testing]",
    modules=("indelible", "hypothesis"),
    needed_by="The state machine of a host's context (`indelible.testing.own.machine`)",
)
OPTIONAL_DISTRIBUTIONS: Final = (
    STRIPE,
    STRIPE_SIMULATOR,
    EVM,
    WORDLLAMA,
    DASK,
    TESTING,
)


def find_checkout() -> Path:
    """Return the checkout from which core is installed, or `.` where it is from elsewhere."""
    try:
        text = metadata.distribution(CORE).read_text(ORIGIN) or "{}"
        url = str(json.loads(text).get("url", ""))
    except (metadata.PackageNotFoundError, ValueError):
        return Path()

    checkout = Path(unquote(urlsplit(url).path)).parent.parent
    return checkout if (checkout / CONSTRAINTS).exists() else Path()


def check_versions(expected: str) -> None:
    """Raise DistributionVersionsDiffer unless all installed distributions have one version.

    `expected` names the distribution whose version the others must have.
    """
    versions = dict(installed_versions())
    version = versions.get(expected)
    if version is None:  # it runs from its sources
        return

    others = [f"{name} {other}" for name, other in versions.items() if other != version]
    if others:
        raise DistributionVersionsDiffer(f"{expected} {version}", tuple(others))


def installed_versions() -> Iterator[tuple[str, str]]:
    """Yield each installed distribution of indelible with its version."""
    for name in DISTRIBUTIONS:
        try:
            version: str | None = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        except KeyError:  # of `importlib_metadata`, which other packages install for Python 3.11
            version = None
        yield name, version or NO_VERSION
