"""A module of a host whose context has the name of a built-in one."""

from tests.examples.tickets import Ticket

from indelible.declare import Context

contexts = (Context(Ticket, name="tokens"),)
