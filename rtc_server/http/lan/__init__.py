"""A phone in the same room: the link that it scans, and the page that says what to do."""
