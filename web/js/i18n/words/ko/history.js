// @ts-check

/** @import { history as English } from "../en/history.js" */

/** @type {typeof English} */
export const history = {
  title: "내 기록", back: "레슨", lesson: "레슨", all: "모든 레슨",
  progress: "나아진 정도", list: "레슨별 기록", board: "모두의 최고 기록",
  none: "이 이름으로 남긴 기록이 아직 없어요.",
  noneOfThis: "이 이름으로 남긴 이 레슨의 기록이 아직 없어요.",
  noName: "레슨 화면에서 이름을 적으면 그때부터 춘 춤의 기록이 여기에 모여요.",
  noBoard: "아직 이 레슨을 끝까지 추고 등급을 받은 사람이 없어요.",
  pickForBoard: "레슨을 고르면 누가 가장 잘 췄는지 볼 수 있어요.",
  older: "이전 기록 더 보기", report: "결과 보기", unfinished: "중간에 그만함", you: "나",
  exportTitle: "내 기록 가져가기", deletes: "내 기록 지우기…",
  confirm: "지우기", cancel: "남겨 두기", again: "다시 시도",
  titleOf: (name) => `${name} 님의 기록`,
  everything: (kind) => `전체 기록 받기 (${kind})`,
  reportOf: (lesson, at) => `결과 보기: ${lesson}, ${at}`,
  deleteTitle: (name) => `${name} 님의 기록을 지울까요?`,
  consequences: (name) => [
    `이 서버에 ‘${name}’ 이름으로 남은 모든 레슨의 점수와 등급, 그래프, 시간, 순위가 지워져요. `
      + "되돌릴 수 없어요.",
    "이 브라우저에 저장된 이름과 지난 점수도 지워져요.",
  ],
  deleted: (name) => `‘${name}’ 이름으로 남은 기록을 모두 지웠어요.`,
  progressOf: (count, scores) => `지금까지 춘 레슨 ${count}번의 점수, 오래된 것부터: ${scores}`,
};
