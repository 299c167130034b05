"""What the callers of a service rely on, in files that a later release is compared with."""
