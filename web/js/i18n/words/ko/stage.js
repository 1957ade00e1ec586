// @ts-check

/** @import { stage as English } from "../en/stage.js" */

/** @type {typeof English} */
export const stage = {
  title: "레슨", leave: "나가기", you: "나", youMirrored: "내 모습 (좌우 반전)", instructor: "강사",
  server: "서버가 보는 모습", score: "점수", unknown: "–",
  allow: "브라우저가 물어보면\n카메라를 허용해 주세요", connecting: "연결하는 중…",
  start: "시작", again: "이어서 하기", orSpace: "스페이스 바를 눌러도 돼요",
  early: "빠름", late: "느림",
  pause: "멈춤", resume: "계속", stop: "끝내기", paused: "잠시 멈췄어요",
  place: "레슨 위치", speed: "속도", sound: "소리", volume: "소리 크기", target: "목표",
  placeOf: (place, whole) => `${whole} 중 ${place}`,
  repeat: "구간 반복",
  from: "여기부터 반복", to: "여기까지 반복", endRepeat: "반복 끝내기",
  fromKey: "여기부터 반복  [", toKey: "여기까지 반복  ]", endRepeatKey: "반복 끝내기  L",
  half: "절반 속도", threeQuarters: "0.75배 속도", full: "원래 속도",
  repeats: "L이나 ✕를 누를 때까지 이 구간을 반복해요.",
  tooShort: "반복할 구간은 1초보다 길어야 해요.",
  tapForSound: "브라우저는 화면을 한 번 눌러야 소리를 내요. 아무 데나 눌러 주세요.",
  scoreLost: "다시 연결했어요. 지금까지의 점수는 서버에 남아 있지 않아서 여기서부터 다시 셀게요.",

  inPicture: "화면에 잘 들어왔어요",
  stepIntoView: "화면 안으로 들어와 주세요",
  labels: { perfect: "완벽해요", great: "훌륭해요", good: "좋아요", ok: "괜찮아요", miss: "아쉬워요" },

  announced: {
    choosing: "레슨을 골라 주세요.",
    opening: "카메라를 쓸 수 있는지 확인하고 있어요.",
    connecting: "연결하고 있어요.",
    ready: "준비됐어요. 온몸이 화면에 들어올 때까지 물러선 다음 시작하세요.",
    counting: "곧 시작해요.",
    playing: "레슨이 시작됐어요. 스페이스 바는 멈춤, 좌우 화살표는 앞뒤로 이동, 빼기와 더하기는 속도 조절, "
      + "A와 B는 반복할 구간 표시, L은 반복 끝내기, Esc는 끝내기예요.",
    paused: "잠시 멈췄어요. 스페이스 바를 누르면 이어져요.",
    reconnecting: "연결이 끊겼어요. 다시 연결하고 있어요.",
    ending: "끝났어요. 점수를 계산하고 있어요.",
    history: "내 기록이에요.",
    adding: "나만의 레슨이에요.",
    inviting: "다른 사람을 초대해요.",
    uninvited: "초대가 필요해요.",
    planning: "수업을 열어요.",
    joining: "수업에 참여해요.",
    teaching: "수업 화면이에요. 스페이스 바는 모두의 시작과 멈춤, 탭은 수강생 칸으로 이동, 화살표는 칸 사이를 옮겨 다녀요.",
    "class-report": "수업 보고서예요.",
  },
};
