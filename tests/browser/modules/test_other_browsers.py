"""What the page does where a browser lacks something, or allows less: Safari, older Firefox."""

from typing import Any

import pytest

from tests.browser.support.page_script import Ask

REPORTS = """
async ({ callback, frame, sources }) => {
  const { reportPlayhead } = await import("/static/js/connection/playhead.js");
  let onFrame = null;
  const video = callback ? {
    requestVideoFrameCallback: (f) => { onFrame = f; return 1; },
    cancelVideoFrameCallback() {},
  } : {};
  let shown = 0;
  const receiver = sources && {
    getSynchronizationSources: () => sources[Math.min(shown++, sources.length - 1)],
  };
  const sent = [];
  const stop = reportPlayhead(video, receiver ?? {}, (message) => sent.push(message));
  const began_ms = performance.now();
  for (let k = 0; callback && k < 3; k += 1) {
    onFrame(1000 + 100 * k, { ...frame, presentedFrames: k + 1 });
  }
  while (!callback && shown < sources.length + 2) await new Promise(requestAnimationFrame);
  stop();
  return sent.map((message) => ({ ...message, late_ms: message.shown_ms - began_ms }));
}
"""
FRAME = {"expectedDisplayTime": 1017.0}
SOURCE = [{"rtpTimestamp": 7, "timestamp": 12.5}]  # a time that means nothing


def case(**lacks: Any) -> dict[str, Any]:
    return {"callback": True, "frame": FRAME, "sources": [SOURCE], **lacks}


async def test_a_frame_that_says_its_rtp_timestamp_is_the_one_on_the_screen(ask: Ask) -> None:
    (sent,) = await ask(REPORTS, case(frame=FRAME | {"rtpTimestamp": 5}))
    assert [(m["rtp"], m["shown_ms"], m["via"]) for m in sent] == [(5, 1017.0, "frame")] * 3


async def test_else_it_is_the_last_that_came_at_the_time_of_the_display(ask: Ask) -> None:
    (sent,) = await ask(REPORTS, case())
    assert [(m["rtp"], m["shown_ms"], m["via"]) for m in sent] == [(7, 1017.0, "receiver")] * 3
    assert [m["presented"] for m in sent] == [1, 2, 3]


@pytest.mark.parametrize("sources", [[[]], [[{"timestamp": 12.5}]], None])
async def test_nothing_is_reported_where_nothing_is_known(ask: Ask, sources: Any) -> None:
    assert await ask(REPORTS, case(sources=sources)) == [[]]


async def test_without_a_callback_a_frame_is_shown_after_it_came(ask: Ask) -> None:
    sources = [SOURCE, SOURCE, [{"rtpTimestamp": 8, "timestamp": 12.5}]]
    (sent,) = await ask(REPORTS, case(callback=False, sources=sources))
    assert [(m["rtp"], m["via"]) for m in sent] == [(8, "receiver")]
    assert sent[0]["late_ms"] > 0


VOLUME = """
async (allowed) => {
  const { applyVolume } = await import("/static/js/stage/video_volume.js");
  let muted = true;
  let silenced = 0;
  const video = {
    paused: false,
    volume: 1,
    plays: 0,
    async play() { this.paused = false; this.plays += 1; },
    get muted() { return muted; },
    set muted(value) {
      muted = value;
      if (!value && !allowed) this.paused = true; // as browsers do before the first click
    },
  };
  const look = () => [muted, video.paused, silenced];
  applyVolume(video, () => 0.5, () => { silenced += 1; });
  const before = look();
  allowed = true;
  document.body.click();
  document.body.click();
  return [before, look(), video.volume];
}
"""


async def test_a_video_that_may_not_sound_goes_on_and_sounds_at_the_next_click(ask: Ask) -> None:
    allowed, refused = await ask(VOLUME, True, False)
    assert allowed == [[False, False, 0], [False, False, 0], 0.5]
    assert refused == [[True, False, 1], [False, False, 1], 0.5]


VIDEOS = """
async ([videos, playable]) => {
  const { listVideoUrls } = await import("/static/js/lessons/lesson_videos.js");
  return listVideoUrls({ id: "a b", videos }, (type) => playable.includes(type) ? "maybe" : "");
}
"""


async def test_the_first_form_that_the_browser_may_play_is_tried_first(ask: Ask) -> None:
    videos = [{"type": "video/mp4", "url": "/original"}, {"type": "video/webm", "url": "/webm"}]
    both, webm, neither, old = await ask(
        VIDEOS,
        [videos, ["video/mp4", "video/webm"]],
        [videos, ["video/webm"]],
        [videos, []],
        [None, []],
    )
    assert both == ["/original", "/webm"] and webm == ["/webm", "/original"]
    assert neither == ["/original", "/webm"]
    assert old == ["/api/lessons/a%20b/video"]


PREVIEW = """
async (urls) => {
  const { VideoPreview } = await import("/static/js/upload/video_preview.js");
  const preview = new VideoPreview();
  document.body.append(preview.element);
  const outcome = new Promise((resolve) => {
    preview.on("metadata", () => resolve(preview.size));
    preview.on("unplayable", () => resolve(null));
  });
  preview.show(urls, "a lesson");
  const seen = await outcome;
  preview.clear();
  preview.element.remove();
  return seen;
}
"""


async def test_a_form_that_does_not_play_gives_way_to_the_next(ask: Ask) -> None:
    broken, webm = "/static/js/main.js", "/api/lessons/demo/video?format=webm"
    second, none = await ask(PREVIEW, [broken, webm], [broken])
    assert second == {"width": 480, "height": 640} and none is None
