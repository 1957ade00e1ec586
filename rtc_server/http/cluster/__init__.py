"""Sessions on several hosts, as this server's HTTP sees them: their lifetime, and their routes."""
