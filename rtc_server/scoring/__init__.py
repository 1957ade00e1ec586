"""How well somebody follows: poses in, scores, findings and reports out. Pure (docs/scoring.md)."""
