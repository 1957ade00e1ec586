// @ts-check

import { eul, gwa, i } from "./particles.js";

/** @import { coach as English } from "../en/coach.js" */

/** @type {typeof English} */
export const coach = {
  parts: {
    left_upper_arm: "왼쪽 위팔", left_forearm: "왼쪽 아래팔",
    right_upper_arm: "오른쪽 위팔", right_forearm: "오른쪽 아래팔",
    left_thigh: "왼쪽 허벅지", left_shin: "왼쪽 종아리",
    right_thigh: "오른쪽 허벅지", right_shin: "오른쪽 종아리",
    torso: "몸통", shoulders: "어깨", head: "머리",
    left_arm: "왼팔", right_arm: "오른팔", left_knee: "왼쪽 무릎", right_knee: "오른쪽 무릎",
    left_foot: "왼발", right_foot: "오른발", arms: "팔", legs: "다리",
  },
  and: (one, other) => `${gwa(one)} ${other}`,

  hints: {
    step_into_view: () => "화면 안으로 들어와 주세요",
    watch: (part) => `${eul(part)} 다시 살펴보세요`,
    raise: (part) => `${eul(part)} 더 올려요`, lower: (part) => `${eul(part)} 더 내려요`,
    open: (part) => `${eul(part)} 바깥으로 벌려요`, bring_in: (part) => `${eul(part)} 안쪽으로 모아요`,
    bend: (part) => `${eul(part)} 더 굽혀요`, straighten: (part) => `${eul(part)} 더 펴요`,
    step_out: (part) => `${eul(part)} 바깥으로 더 디뎌요`, step_in: (part) => `${eul(part)} 안쪽으로 모아요`,
    lean_left: () => "몸을 왼쪽으로 더 기울여요", lean_right: () => "몸을 오른쪽으로 더 기울여요",
    tilt_left: () => "고개를 왼쪽으로 기울여요", tilt_right: () => "고개를 오른쪽으로 기울여요",
    level_shoulders: () => "어깨 높이를 강사와 맞춰요",
  },

  findings: {
    nobody: () => "화면에 아무도 보이지 않았어요.",
    little_in_view: (part) => (part
      ? `화면에 보인 시간이 너무 짧았어요. ${i(part)} 보이게 서 주세요.`
      : "화면에 보인 시간이 너무 짧았어요."),
    stood_still: () => "거의 움직이지 않았어요.",
    wrong_side: () => "좌우가 바뀌었어요. 오른쪽으로 갈 때 왼쪽으로 움직였어요.",
    wrong_arms: () => "두 팔이 서로 바뀌었어요. 오른팔이 할 동작을 왼팔이 했어요.",
    arm_still: (part) => `${i(part)} 가만히 있었어요.`,
    legs_still: () => "다리가 움직이지 않았어요.",
    other_dance: () => "강사의 춤과는 거의 다른 동작이었어요.",
    out_of_view: (part) => `${i(part)} 화면에 보이지 않았어요.`,
    half_hearted: () => "동작이 강사보다 훨씬 작았어요. 더 크게 움직여 보세요.",
    late: (_, seconds) => `${seconds}초 늦었어요.`,
    early: (_, seconds) => `${seconds}초 빨랐어요.`,
    weakest: (part) => `${i(part)} 가장 많이 어긋났어요.`,
    well: () => "특별히 고칠 곳이 없었어요.",
  },
};
