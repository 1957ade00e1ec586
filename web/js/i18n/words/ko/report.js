// @ts-check

/** @import { report as English } from "../en/report.js" */

/** @type {typeof English} */
export const report = {
  title: "이번 결과",
  parts: { shape: "자세", timing: "박자", energy: "동작 크기" },
  inView: "화면에 보인 시간", moved: "내 박자", moments: "확인한 순간", sides: "방향",
  mirror: { on: "거울처럼", off: "강사와 똑같이", auto: "알 수 없음" },
  unknown: "–", notSeen: "안 보임", none: "보여 드릴 것이 없어요.", allPerfect: "없어요. 모두 완벽했어요.", tooShort: "그래프를 그리기에는 너무 짧아요.",
  best: "가장 좋았던 곳", worst: "더 연습할 곳",
  ofHundred: "/ 100점",
  again: "다시 하기", others: "다른 레슨", look: "내 기록",
  save: "이미지로 저장", share: "공유", shareFailed: "이미지를 만들지 못했어요.",
  timeline: "레슨 전체", limbByLimb: "몸 부위별", inShort: "한눈에 보기",
  limbTable: "몸 부위별로 따라 한 정도, 100점 만점",
  limbNote: "전체 점수보다 엄격해요. 70점부터는 잘 맞은 거예요.",
  practise: "연습하기",
  practisePlace: (place) => `${place} 구간 연습하기, 천천히 반복해서`,

  grades: {
    S: "마치 한 몸 같았어요.", A: "호흡이 정말 잘 맞았어요.", B: "잘 따라 했어요.",
    C: "점점 좋아지고 있어요.", D: "시작이 반이에요. 천천히 팔 동작부터 살펴보세요.",
  },
  noGrade: "화면에 보인 시간이 짧아서 등급을 매기지 못했어요.",
  lowest: "조금만 더 연습해 봐요. 다음번엔 더 쉬울 거예요.",

  onBeat: "정박자",
  late: (seconds) => `${seconds}초 늦음`,
  early: (seconds) => `${seconds}초 빠름`,

  momentsOf: (samples, dropped) => (dropped ? `${samples}번, ${dropped}번 건너뜀` : `${samples}번`),
  same: "지난번과 같아요.",
  more: (by) => `지난번보다 ${by}점 올랐어요.`,
  fewer: (by) => `지난번보다 ${by}점 내려갔어요.`,
  last: (before) => `지난번은 ${before}점이었어요.`,
  lastUnfinished: (before) => `지난번은 ${before}점이었고, 끝까지 하지는 않았어요.`,
  stopped: "끝까지 하지는 않았어요.",
  reasons: {
    left: "끝나기 전에 나갔어요.",
    closed: "레슨이 끝나기 전에 닫혔어요.",
    vanished: "영상도 신호도 더 오지 않아서 레슨을 마쳤어요.",
    lost: "끝나기 전에 연결이 끊겼어요.",
    replaced: "다른 페이지에서 이어 했어요.",
    flooding: "기기에서 너무 많은 데이터가 와서 레슨을 마쳤어요.",
    misuse: "보내진 데이터에 문제가 있어서 서버가 레슨을 끝냈어요.",
    revoked: "초대가 취소됐어요.",
    failed: "끝나기 전에 서버에 문제가 생겼어요.",
    "never connected": "연결되지 않았어요.",
    "server stopping": "서버가 꺼졌어요.",
    "class ended": "선생님이 수업을 끝냈어요.",
    refused: "선생님이 들여보내지 않았어요.",
  },
  endedEarly: (reason) => `레슨이 일찍 끝났어요: ${reason}`,
  timelineOf: (moments, length) => `레슨 전체의 점수: 길이 ${length}, 확인한 순간 ${moments}번`,
};
