"""The leases of a process: held, extended and given up."""
