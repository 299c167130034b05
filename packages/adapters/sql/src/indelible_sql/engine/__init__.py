"""Connections, pools, prepared statements and sessions, with the errors that they report."""
