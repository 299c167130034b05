"""Stores and units of work for an event loop."""
