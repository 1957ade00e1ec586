// @ts-check

/** @import { live as English } from "../en/live.js" */

/** @type {typeof English} */
export const live = {
  framing: {
    nobody: "화면 안으로 들어와 주세요",
    upside_down: "카메라가 거꾸로예요. 바로 세워 주세요",
    crowd: "화면에는 한 사람만 있어야 해요",
    strangers: "춤추는 사람보다 많은 사람이 보여요",
    near: "뒤로 물러나 주세요. 팔을 들어도 온몸이 보여야 해요",
    head: "카메라를 위로 올려 주세요. 팔을 들 자리가 필요해요",
    feet: "발이 보이게 카메라를 아래로 내려 주세요",
    far: "조금 더 가까이 와 주세요",
    aside_left: "오른쪽으로 옮겨 가운데에 서 주세요",
    aside_right: "왼쪽으로 옮겨 가운데에 서 주세요",
    dark: "잘 보이지 않아요. 조명을 더 밝게 해 주세요",
    hands: "두 손이 다 보이게 해 주세요",
  },
  points: { whole: "온몸", distance: "거리", alone: "한 사람", nobodyElse: "다른 사람 없음", light: "밝기" },
  pointIs: { good: "좋아요", bad: "고쳐 주세요", unknown: "아직 몰라요" },

  check: {
    offer: "한 번만 15초 동안 팔을 올렸다 내리면, 카메라가 늦는 만큼은 내 박자에서 빼 드려요.",
    begin: "카메라 확인하기", decline: "나중에", skip: "건너뛰기", again: "다시 해 보기",
    placing: "온몸이 보일 때까지 뒤로 가 주세요",
    moving: "그림을 따라 두 팔을 움직여 주세요",
    waiting: "잠시만요",
    lead: (left_s) => `팔을 내려 주세요. ${left_s}초 뒤에 시작해요`,
    found: (delay_ms) => `카메라가 ${delay_ms}밀리초 늦어요. 이제 내 박자에 넣지 않아요`,
    problems: {
      unseen: "두 팔이 보이지 않을 때가 있었어요",
      slow: "서버가 바빠서 자주 보지 못했어요. 나중에 다시 해 주세요",
      not_followed: "팔이 그림과 다르게 움직였어요",
      unsteady: "박자가 들쭉날쭉했어요. 한 번 더 해 주세요",
      early: "그림보다 빨랐어요. 그림과 함께 움직여 주세요",
      late: "그림보다 많이 늦었어요. 그림과 함께 움직여 주세요",
    },
  },

  settings: {
    title: "설정",
    cues: "신호음",
    cuesNote: "카운트다운, 잘하는 순간이 이어질 때, 구간이 반복될 때 소리로 알려요",
    hands: "손을 들어 시작하기",
    handsNote: "두 손을 머리 위로 들고 있으면 시작하고, 멈춘 뒤에는 이어져요",
    delay: "카메라 지연",
    notMeasured: "재지 않았어요", measure: "재기", measureAgain: "다시 재기",
    milliseconds: (delay_ms) => `${delay_ms}밀리초`,
  },

  handsHeld: "그대로 들고 계세요",
  inTime: {
    on: "박자가 맞아요", littleLate: "조금 늦어요", late: "늦어요", littleEarly: "조금 빨라요",
    early: "빨라요",
  },
  inARow: (moments) => `${moments}번 연속`,
};
