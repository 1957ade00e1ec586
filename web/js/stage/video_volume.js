// @ts-check
// The volume of a video, also where the browser allows no sound yet.

/**
 * Sets the volume; calls `onSilenced` if the browser allows no sound before a click or a key.
 *
 * Browsers then pause a video that is unmuted: a lesson may start by raised hands. It goes on without
 * sound, and the next click brings the sound.
 * @param {HTMLMediaElement} video @param {() => number} volume 0..1 as it is when it is applied
 * @param {() => void} onSilenced
 */
export function applyVolume(video, volume, onSilenced) {
  const wasPaused = video.paused;
  video.volume = volume();
  video.muted = video.volume === 0; // a phone ignores volume, but not muted
  if (wasPaused || !video.paused) return;
  video.muted = true;
  video.play().catch(() => {}); // it plays when the stream goes on, or another one takes its place
  addEventListener("click", () => applyVolume(video, volume, onSilenced), { once: true });
  onSilenced();
}
