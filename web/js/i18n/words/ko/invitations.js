// @ts-check

/** @import { invitations as English } from "../en/invitations.js" */

/** @type {typeof English} */
export const invitations = {
  needed: "초대가 필요해요",
  paste: "링크 붙여 넣기", enter: "들어가기",
  noLink: "초대 링크가 아니에요. # 뒤까지 링크 전체를 붙여 넣어 주세요.",
  reasons: {
    invitation_needed: "받은 링크를 열거나 코드를 스캔해 주세요.",
    invitation_expired: "초대 기간이 끝났어요. 초대한 사람에게 새 링크를 부탁해 주세요.",
    invitation_revoked: "초대가 취소됐어요. 초대한 사람에게 새 링크를 부탁해 주세요.",
    bad_invitation: "이 서버의 초대가 아니거나, 그사이 모든 초대가 새로 만들어졌어요. "
      + "링크 전체를 다시 열거나 새 링크를 부탁해 주세요.",
    too_many_requests: "이 초대나 네트워크에서 요청이 너무 많이 왔어요. 1분 뒤에 다시 시도해 주세요.",
    invitations_unavailable: "지금은 서버가 초대를 확인할 수 없어요. 잠시 뒤에 다시 시도해 주세요.",
    local_check_busy: "서버에 요청이 한꺼번에 몰렸어요. 잠시 뒤에 다시 시도해 주세요.",
    unknown_invitation: "이미 끝난 초대예요.",
    cross_site: "브라우저에 따르면 다른 페이지에서 온 요청이에요. 이 페이지를 직접 열어 주세요.",
  },
  waiting: {
    unreachable: "지금은 서버가 응답하지 않아서, 이 페이지가 링크를 자동으로 다시 시도하고 있어요.",
    too_many_requests: "네트워크에서 링크가 한꺼번에 많이 열려서, 이 페이지가 자동으로 다시 시도하고 있어요.",
    invitations_unavailable: "지금은 서버가 초대를 확인할 수 없어서, 이 페이지가 자동으로 다시 시도하고 있어요.",
    local_check_busy: "서버에 요청이 한꺼번에 몰려서, 이 페이지가 자동으로 다시 시도하고 있어요.",
  },
  moment: "잠시만요", retry: "지금 다시 시도",
  title: "초대하기",
  forget: "초대 지우기",
  operator: "이 서버를 운영하고 있어요.",
  hereAs: (name, role, until) => `${name ? `${name} 님, ` : ""}${role} 자격으로 ${until}까지 쓸 수 있어요.`,
  roles: { learner: "학습자", teacher: "선생님" },
  name: "이름",
  nameNote: "기록이 이 이름으로 남아요. 이름이 없으면 여러 사람이 같은 링크를 쓰고, 각자 이름을 정해요.",
  role: "자격", lesson: "레슨", allLessons: "모든 레슨", lasts: "기간",
  times: { hour: "1시간", halfDay: "12시간", week: "일주일", month: "30일" },
  make: "링크 만들기",
  made: "링크",
  madeNote: "이 링크가 있으면 누구나 들어올 수 있어요. 지금만 보여 드리니 복사하거나 코드를 스캔하게 해 주세요.",
  link: "초대 링크", qr: "링크의 QR 코드",
  copy: "복사", copied: "복사했어요.", copyByHand: "Ctrl+C를 눌러 복사하세요.",
  list: "유효한 초대", none: "아직 초대한 사람이 없어요.",
  anybody: "링크가 있는 누구나",
  until: (at) => `${at}까지`,
  revoke: "취소", revoked: "취소됨",
  revokeOf: (who) => `초대 취소: ${who}`,
};
