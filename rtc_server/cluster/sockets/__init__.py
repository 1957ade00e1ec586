"""Sessions over WebSockets that a front holds, while they run on a host."""
