"""MediaPipe Pose, run by mediapipe_rows.py in a virtual environment of its own.

    python mediapipe_worker.py FRAMES.npy

FRAMES is (clips, n, height, width, 3) uint8 BGR. The first line of the output is the version. Then
each line "clip sample" of the input is answered with a line of JSON: xy (33, 2) in 0..1 or null,
ms, cpu_ms.
"""

import json
import os
import sys
import time

import mediapipe  # type: ignore[import-not-found]
import numpy as np

SPIN_S = 0.003  # as in observation.py: thread pools spin after their work is done

if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # so that what the libraries print does not mix with the answers
    frames = np.load(sys.argv[1], mmap_mode="r")
    # Model "full" in video mode: it searches where the person was, as our tracker does.
    # Its smoothing assumes 30 frames a second, and these are 5: without it, it is more accurate.
    pose = mediapipe.solutions.pose.Pose(
        static_image_mode=False, model_complexity=1, smooth_landmarks=False
    )
    pose.process(np.zeros_like(frames[0, 0]))
    print(json.dumps({"version": mediapipe.__version__}), file=answers)
    for line in sys.stdin:
        clip, sample = map(int, line.split())
        if sample == 0:
            pose.reset()
        frame = np.ascontiguousarray(frames[clip, sample])
        cpu_s, start_s = time.process_time(), time.perf_counter()
        found = pose.process(np.ascontiguousarray(frame[:, :, ::-1])).pose_landmarks
        xy = [(mark.x, mark.y) for mark in found.landmark] if found else None
        ms = (time.perf_counter() - start_s) * 1000
        time.sleep(SPIN_S)
        cpu_ms = (time.process_time() - cpu_s) * 1000
        print(json.dumps({"xy": xy, "ms": ms, "cpu_ms": cpu_ms}), file=answers)
