"""The doses of a host's table: `nox -s chaos -- adoptions --rows N --kills N --seed N` adopts one.

`nox -s chaos -- evolutions --parcels N --seed N` changes the lifecycle of one with a long history.
"""

from argparse import Namespace
from typing import Final

from tests.doses.chaos.adoptions import Site, adopt_under_kills
from tests.doses.chaos.doses import seeded_random, show
from tests.doses.chaos.evolutions import evolve_parcels
from tests.doses.chaos.testbed import Testbed

MAX_KILLS: Final = 10  # the default of other doses is more than an adoption needs


def adoptions(bed: Testbed, options: Namespace) -> bool:
    """Adopt a table while two programs write it, and kill the adoption."""
    results: list[bool] = []
    file = bed.sqlite()
    database = bed.postgresql()
    sites = {
        "SQLite": Site(file, file, options.rows),
        "PostgreSQL": Site(database.url, database.owner_url, options.rows),
    }
    for name, site in sites.items():
        kills = min(options.kills, MAX_KILLS)
        report = adopt_under_kills(site, kills, seeded_random(options))
        results.append(show(f"adoptions, {name}: {report}", is_success=not report.problems))

    return all(results)


def evolutions(bed: Testbed, options: Namespace) -> bool:
    """Change a lifecycle behind a long history, and judge the history by each release."""
    results: list[bool] = []
    file = bed.sqlite()
    database = bed.postgresql()
    addresses = {"SQLite": (file, file), "PostgreSQL": (database.url, database.owner_url)}
    for name, (url, owner_url) in addresses.items():
        report = evolve_parcels(url, owner_url, options.parcels, seeded_random(options))
        results.append(show(f"evolutions, {name}: {report}", is_success=not report.problems))

    return all(results)
