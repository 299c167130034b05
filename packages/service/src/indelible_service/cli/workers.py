"""The options of commands whose work has parts that depend on no other."""

from typing import Final

import click

from indelible_service.independent_work import MAX_JOBS

JOBS_OPTION: Final = click.option(
    "--jobs",
    type=click.IntRange(1, MAX_JOBS),
    default=1,
    show_default=True,
    help="The number of processes of this machine that share the work.",
)
DASK_OPTION: Final = click.option(
    "--dask",
    "address",
    metavar="ADDRESS",
    help="The scheduler of a Dask cluster, in place of processes of this machine.",
)
