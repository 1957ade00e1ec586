"""Hints as sentences and as names for other languages."""

import numpy as np
import pytest

from rtc_server.feedback import CENTRAL_PARTS, HINT_KINDS, SIDED_PARTS, Hint, HintKind
from rtc_server.scoring import hints
from rtc_server.scoring.limbs import LIMB_NAMES


@pytest.mark.parametrize("kind", HINT_KINDS)
def test_every_kind_is_a_sentence_without_gaps(kind: HintKind) -> None:
    sentence = Hint(kind, "left_knee").sentence
    assert sentence and not set("{}_") & set(sentence)


@pytest.mark.parametrize("limb", LIMB_NAMES)
@pytest.mark.parametrize("mirror", [True, False])
def test_every_limb_leads_to_a_part_that_has_a_name(limb: str, mirror: bool) -> None:
    seen = set()
    for turned_deg in range(0, 360, 15):
        target_deg = np.array([90.0 + turned_deg])
        found = hints.hint_for_limb(limb, limb, np.array([90.0]), target_deg, mirror)
        assert found is not None
        assert found.part in (None, *SIDED_PARTS, *CENTRAL_PARTS)
        seen.add(found.kind)
    assert "watch" in seen and len(seen) > 1
