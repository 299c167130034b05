"""Test the lifecycle of shipments and the rows that its actions append, in memory and on SQLite."""

from tests.examples.shipments import shipments

from indelible.testing.own import conformance, machine
from indelible_sql.testing import sql_conformance

TestShipments = conformance(shipments)
TestWalks = machine(shipments)
TestOnSqlite = sql_conformance(shipments)
