"""What the demos of the service share: invented data, and stand-ins for outside systems."""
