"""What a learner's camera sends: encoded frames, decoded within limits, whatever carries them."""
