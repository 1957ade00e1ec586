"""A recorded learner against a lesson: the same scoring as live, without the network."""

from __future__ import annotations

from pathlib import Path

from rtc_server.extraction import People, Poser, find_poses
from rtc_server.lessons import Lesson
from rtc_server.progress import Progress, silent
from rtc_server.reference import prepare
from rtc_server.report import Attempt, Mirror, Summary
from rtc_server.sampling import Sample, probe, sample_count


def compare(
    video: Path, lesson: Lesson, mirror: Mirror, poser: Poser, progress: Progress = silent
) -> Summary:
    """Score a video whose first frame was filmed as the lesson began.

    :raises BadVideo: not a video, or nothing in it can be shown.
    :raises BrokenLesson: the lesson's poses cannot be read.
    """
    attempt = Attempt(prepare(lesson.poses()), mirror)
    total = sample_count(probe(video).duration_s, lesson.pose_fps)

    def seen(sample: Sample, _: People) -> None:
        progress("poses", sample.k + 1, max(total, sample.k + 1))

    track = find_poses(video, lesson.pose_fps, poser, seen)
    for pose in track.poses():
        if pose.captured_s < lesson.duration_s:
            attempt.add(pose.captured_s, pose)
    last_s = float(track.t_s[-1]) + 1 / lesson.pose_fps
    return attempt.summary(complete=last_s >= lesson.duration_s - 1 / lesson.pose_fps)
