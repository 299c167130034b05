"""Test the lifecycle of tickets: each action from each state, in memory and in a database."""

from random import Random

from tests.examples.tickets import tickets

from indelible.testing.own import conformance, machine
from indelible_sql.testing import sql_conformance


def colleague(random: Random) -> str:
    """Draw somebody who can be on duty."""
    return random.choice(("ann", "bob"))


TestTickets = conformance(tickets)
TestWalks = machine(tickets, values={"assignee": colleague})
TestOnSqlite = sql_conformance(tickets)
