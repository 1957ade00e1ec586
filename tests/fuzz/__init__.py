"""Fuzzers: seeded, bounded, aware of the structure of what they send.

    make fuzz                                        # 10,000 cases of each kind
    make fuzz ARGS="--kind offers --cases 500 --seed 7"

Each kind makes one input of each number (`make`) and sends it (`attempt`); `driver` counts the
outcomes and watches the server. A case is made from its seed and number alone, so that each can be
replayed by itself.
"""
