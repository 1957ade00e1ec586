// @ts-check

/** @import { group as English } from "../en/group.js" */

import { i } from "./particles.js";

/** @type {typeof English} */
export const group = {
  howMany: "카메라 앞에서 몇 명이 춤추나요?",
  one: "1명",
  nameOf2: "2번 이름", nameOf3: "3번 이름", nameOf4: "4번 이름",
  order: "거울처럼 보이는 화면에서 왼쪽에 있는 사람이 1번이에요. 서로 팔 하나만큼 떨어져 서 주세요.",
  dancer: (number) => `${number}번`,
  hintFor: (name, hint) => `${name}: ${hint}`,
  scores: "점수",
  together: "함께 춘 결과",
  whose: "누구의 결과를 볼까요",
  passages: "구간마다 누가 가장 잘했는지",
  best: "가장 잘했어요",
  even: "서로 비슷했어요.",
  wonMost: (name, won, of) => `${of}개 구간 중 ${won}개에서 ${i(name)} 가장 잘했어요.`,
};
