"""How many learners a server has time for: what a look costs, and what waits show."""
