"""What a learner may cost: rates, SSRCs, retransmissions; before anything is decrypted."""
