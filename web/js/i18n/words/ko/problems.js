// @ts-check

/** @import { Interruption, Problem, ProblemTexts } from "../../words.js" */
/** @import { trouble as English } from "../en/problems.js" */

/** @type {Record<Problem, ProblemTexts>} */
export const problems = {
  insecure: {
    title: "카메라를 쓰려면 안전한 주소가 필요해요",
    advice: ["브라우저는 https:// 주소와 localhost에서만 카메라를 허용해요.",
      "https 주소로 열거나, 서버가 있는 컴퓨터에서 http://localhost로 열어 주세요."],
    action: "다시 시도",
  },
  unsupported: {
    title: "이 브라우저에서는 실시간 영상을 쓸 수 없어요",
    advice: ["최신 Chrome, Edge, Firefox, Safari 가운데 하나로 열어 주세요."],
    action: "다시 시도",
  },
  "no-camera": {
    title: "카메라를 찾지 못했어요",
    advice: ["웹캠을 연결하거나 내장 카메라를 켜 주세요.", "그런 다음 다시 시도하세요."],
    action: "다시 시도",
  },
  "camera-refused": {
    title: "카메라를 쓸 수 있게 허용해 주세요",
    advice: ["주소창 옆 카메라 아이콘을 눌러 이 페이지를 허용한 다음 다시 시도하세요.",
      "아이콘이 없다면 컴퓨터의 개인정보 보호 설정을 확인해 주세요."],
    action: "다시 시도",
  },
  "camera-busy": {
    title: "다른 곳에서 카메라를 쓰고 있어요",
    advice: ["화상 통화나 녹화 프로그램, 다른 탭에서 카메라를 쓰고 있어요.",
      "그쪽을 닫고 다시 시도하세요."],
    action: "다시 시도",
  },
  "camera-failed": {
    title: "카메라가 켜지지 않았어요",
    advice: ["카메라를 뺐다가 다시 꽂거나 브라우저를 다시 시작해 주세요."],
    action: "다시 시도",
  },
  "server-full": {
    title: "지금은 자리가 없어요",
    advice: ["이 서버가 제대로 볼 수 있는 만큼 사람이 꽉 찼어요. 곧 자리가 날 거예요."],
    action: "다시 시도",
  },
  "server-warming": {
    title: "서버가 준비하고 있어요",
    advice: ["방금 켜져서 동작을 알아보는 데 필요한 것을 불러오고 있어요. 몇 초면 돼요."],
    action: "다시 시도",
  },
  "lesson-gone": {
    title: "이 레슨은 이제 없어요",
    advice: ["서버에서 지워졌거나 다시 만드는 중이에요. 다른 레슨을 골라 주세요."],
    action: "다시 시도",
  },
  "server-unreachable": {
    title: "서버가 응답하지 않아요",
    advice: ["서버가 켜져 있는지, 이 기기가 네트워크에 연결돼 있는지 확인해 주세요."],
    action: "다시 시도",
  },
  "server-refused": {
    title: "서버가 시작하지 못했어요",
    advice: ["서버가 알려 준 이유예요."],
    action: "다시 시도",
  },
  "server-stopping": {
    title: "서버를 끄는 중이에요",
    advice: ["서버를 운영하는 사람이 끄거나 다시 시작하고 있어요. 1분쯤 뒤에 다시 시도하세요."],
    action: "다시 시도",
  },
  "name-refused": {
    title: "이 이름은 쓸 수 없어요",
    advice: [],
    action: "이름 바꾸기",
  },
  "no-path": {
    title: "영상이 오갈 길이 막혀 있어요",
    advice: ["서버는 응답했지만 실시간 영상이 닿지 않았어요.",
      "방화벽이나 VPN이 UDP를 막고 있을 수 있어요. 다른 네트워크를 쓰거나 VPN을 꺼 보세요."],
    action: "다시 시도",
  },
  "relay-refused": {
    title: "중계 서버가 영상을 거절했어요",
    advice: ["이 네트워크에서는 중계 서버를 거쳐야만 실시간 영상이 오갈 수 있는데, 중계 서버가 이 서버의 허가를 받아 주지 않아요.",
      "서버를 운영하는 사람에게 알려 주세요. 서버의 중계 비밀값(turn_secret)이 중계 서버의 것과 달라요."],
    action: "다시 시도",
  },
  "connection-lost": {
    title: "연결이 끊겼어요",
    advice: ["한동안 다시 연결해 봤지만 되지 않았어요. 카메라는 꺼졌어요.",
      "멈춘 곳부터 이어서 할 수 있어요."],
    action: "다시 연결",
  },
  "server-ended": {
    title: "서버가 레슨을 끝냈어요",
    advice: ["카메라는 꺼졌어요."],
    action: "여기서 이어 하기",
  },
  "class-refused": {
    title: "수업에 들어가지 못했어요",
    advice: ["서버가 알려 준 이유예요."],
    action: "다시 시도",
  },
  "no-lessons": {
    title: "아직 레슨이 없어요",
    advice: ["서버에서 레슨을 추가해 주세요: python run.py lesson add VIDEO --id my-dance"],
    action: "다시 확인",
  },
};

/** @type {Record<Interruption, ProblemTexts>} */
export const interruptions = {
  insecure: problems.insecure,
  "no-camera": problems["no-camera"],
  "camera-refused": problems["camera-refused"],
  "camera-busy": problems["camera-busy"],
  "camera-failed": problems["camera-failed"],
  "phone-missing": {
    title: "휴대폰을 기다리고 있어요",
    advice: ["휴대폰에 다시 모습이 보이면 저절로 이어져요."],
    action: "새 번호 보기",
  },
  reconnecting: {
    title: "연결이 끊겼어요",
    advice: ["자동으로 다시 연결하고, 멈춘 곳을 기억해 둘게요. 그동안에는 아무것도 보내지 않아요."],
    action: "지금 시도",
  },
  "was-away": {
    title: "자리를 비운 동안 멈춰 두었어요",
    advice: ["레슨은 멈춘 곳에서 기다리고 있어요. 버튼이나 스페이스 바로 이어서 하세요."],
    action: "이어서 하기",
  },
  nobody: {
    title: "화면에 아무도 없어요",
    advice: ["레슨이 기다리고 있고, 점수는 매기지 않아요. 온몸이 보이도록 화면 안으로 들어오면 자동으로 이어져요."],
    action: "그냥 계속하기",
  },
  "camera-ended": {
    title: "카메라가 멈췄어요",
    advice: ["연결이 빠졌거나 꺼졌어요. 레슨은 기다리고 있어요.",
      "다시 꽂으면 자동으로 알아차려요."],
    action: "다시 확인",
  },
  "camera-back": {
    title: "카메라가 다시 켜졌어요",
    advice: ["온몸이 화면에 들어올 때까지 물러서 주세요. 버튼이나 스페이스 바로 이어서 하세요."],
    action: "이어서 하기",
  },
};

/** @type {typeof English} */
export const trouble = {
  tryIn: (attempt, of, left_s) => `${left_s}초 뒤 다시 연결 (${of}번 중 ${attempt}번째)`,
  trying: (attempt, of) => `연결하는 중 (${of}번 중 ${attempt}번째)`,
  wait: (action, wait_s) => `${wait_s}초 뒤 ${action}`,
  chooseLesson: "레슨 고르기",
  messages: {
    no_camera: "카메라 영상이 오지 않아요. 가려져 있거나 다른 프로그램이 쓰고 있지 않나요?",
    internal: "서버에 문제가 생겼어요. 계속되면 레슨을 다시 시작해 주세요.",
    bad_message: "서버가 이 페이지의 요청을 이해하지 못했어요. 새로 고침한 다음 다시 시도하세요.",
    out_of_order: "지금은 할 수 없어요.",
  },
  fallback: {
    "no-path": "이 네트워크에서는 실시간 영상이 막혀 있어서 다른 길로 사진을 보내고 있어요. 점수와 소리는 그대로예요.",
    "relay-refused": "중계 서버가 영상을 거절해서 다른 길로 사진을 보내고 있어요. 점수와 소리는 그대로예요.",
    unsupported: "이 브라우저에서는 실시간 영상을 쓸 수 없어서 다른 길로 사진을 보내고 있어요. 점수와 소리는 그대로예요.",
  },
  refusals: {
    bad_learner: "이름은 1자에서 40자까지, 눈에 보이는 글자로 적어 주세요.",
    bad_offer: "서버가 이 브라우저의 연결 요청을 이해하지 못했어요. 다른 브라우저로 열어 보세요.",
    unfit_offer: "이 브라우저의 영상은 서버에서 쓸 수 없어요. 다른 브라우저로 열어 보세요.",
    bad_message: "서버가 이 페이지의 요청을 이해하지 못했어요. 새로 고침한 다음 다시 시도하세요.",
    internal: "서버에 문제가 생겼어요. 잠시 뒤 다시 시도하세요.",
    invitation_needed: "초대가 필요해요. 받은 링크를 열어 주세요.",
    invitation_expired: "초대 기간이 끝났어요. 새 초대를 부탁해 주세요.",
    invitation_revoked: "초대가 취소됐어요. 새 초대를 부탁해 주세요.",
    bad_invitation: "초대를 더 쓸 수 없어요. 새 초대를 부탁해 주세요.",
    other_lesson_invited: "다른 레슨에 초대받았어요.",
    role_needed: "선생님만 할 수 있어요.",
  },
  history: {
    invitation_needed: "초대가 필요해요. 받은 링크를 열어 주세요.",
    invitation_expired: "초대 기간이 끝났어요. 새 초대를 부탁해 주세요.",
    invitation_revoked: "초대가 취소됐어요. 새 초대를 부탁해 주세요.",
    bad_invitation: "초대를 더 쓸 수 없어요. 새 초대를 부탁해 주세요.",
    role_needed: "내 기록만 볼 수 있어요.",
    history_closed: "기록은 서버가 있는 컴퓨터에서, 또는 서버 토큰으로만 볼 수 있어요.",
    token_needed: "서버 토큰이 필요해요. 레슨 목록으로 돌아가면 입력할 수 있어요.",
    local_check_busy: "서버에 요청이 한꺼번에 몰려서 누가 기록을 볼 수 있는지 확인할 수 없어요. 잠시 뒤에 다시 시도해 주세요.",
    history_off: "이 서버는 기록을 남기지 않아요.",
    history_unavailable: "지금은 기록을 불러올 수 없어요. 사라진 것은 없어요. "
      + "지금 추는 춤도 다시 연결되는 대로 저장돼요.",
    unknown_result: "이 기록은 이제 없어요.",
    unreachable: "서버가 응답하지 않아요. 서버가 켜져 있는지, 이 기기가 네트워크에 연결돼 있는지 확인해 주세요.",
  },
};
