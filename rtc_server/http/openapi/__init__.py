"""The description of all HTTP routes: an OpenAPI 3.1 document and a readable page of it."""
