"""A module of a host whose context has underscores and a digit in its name."""

from tests.examples.tickets import Ticket

from indelible.declare import Context

contexts = (Context(Ticket, name="purchase_orders_2"),)
