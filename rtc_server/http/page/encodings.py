"""Which encodings of a response a client takes. Pure."""

from __future__ import annotations


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a header `Accept-Encoding` allows gzip (RFC 9110, 12.5.3).

    What cannot be read allows nothing; neither does a header that is not there.
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _read_weight(parameter)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _read_weight(parameter: str) -> float:
    """`q=0.5`; 1 where there is none."""
    key, _, value = parameter.partition("=")
    if not key.strip():
        return 1.0
    try:
        return float(value) if key.strip() == "q" else 0.0
    except ValueError:
        return 0.0
