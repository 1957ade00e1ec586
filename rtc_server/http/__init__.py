"""HTTP: who may ask, what is answered, errors as problem details (docs/protocol.md)."""
