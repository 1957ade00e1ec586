// @ts-check

/** @import { Sentences, upload as English } from "../en/upload.js" */

/** @type {typeof English} */
export const upload = {
  add: "레슨 추가", drop: "여기에 영상을 놓으세요",
  closed: "레슨은 이 서버가 있는 컴퓨터에서, 또는 서버 토큰으로만 추가할 수 있어요.",
  edit: "편집", back: "레슨",
  formTitle: "나만의 레슨",
  advice: "한 사람이 머리부터 발끝까지 나오고, 카메라를 고정해서 찍은 영상이 가장 좋아요.",
  name: "레슨 이름", video: "영상", token: "서버 토큰",
  tokenNote: "이 서버는 토큰을 아는 사람에게서만 레슨을 받아요. 토큰은 서버를 운영하는 사람에게 물어보세요.",
  make: "레슨 만들기", other: "다른 영상",
  cannotShow: "이 브라우저에서는 이런 형식의 영상을 보여 드릴 수 없어요. 서버는 읽을 수 있을지도 몰라요. "
    + "찾아낸 동작은 나중에 여기에서 보여 드려요.",
  cancelUpload: "그만두기", lessons: "레슨 목록으로",
  keepOpen: "영상을 다 보낼 때까지 이 페이지를 열어 두세요.",
  mayClose: "이제 서버가 알아서 해요. 페이지를 닫거나 그동안 춤을 춰도 괜찮아요. 다 되면 레슨 목록에 나타나요.",
  serverSilent: "지금은 서버가 응답하지 않아요. 받은 영상은 서버가 계속 준비하고, 이 페이지는 자동으로 다시 확인해요.",
  serverSilentSending: "지금은 서버가 응답하지 않아요. 30초 안에 다시 연결되면 자동으로 이어서 보내요.",
  again: "다시 보내기", chooseAgain: "영상 고르기",
  dance: "지금 춤추기", rename: "이름 바꾸기", renamed: "레슨 이름을 바꿨어요.",
  cut: "이 부분만 남기기", cutNote: "고른 부분이 새 레슨이 되고, 지금 레슨은 없어져요.",
  busy: "지금 다른 레슨을 만들고 있어요. 끝날 때까지 기다리거나 그만두세요.",
  look: "살펴보기", failed: "레슨을 만들지 못했어요. 이유 보기", loading: "동작을 불러오는 중…",
  deletes: "이 레슨 지우기…", confirm: "지우기", cancel: "남겨 두기",

  steps: {
    upload: "영상 보내기", waiting: "차례 기다리기", cut: "고른 부분 자르기",
    poses: "동작 찾기", pictures: "화면 만들기", sound: "소리 만들기",
  },
  doneOf: (done, of) => `전체 ${of} 중 ${done}`,
  ahead: (ahead) => `먼저 준비할 영상이 ${ahead}개 있어요.`,
  soon: "몇 초 남았어요",
  left: (time) => `약 ${time} 남았어요`,

  part: "어디부터 어디까지", from: "시작", to: "끝", seconds: "초",
  beginning: "레슨의 시작", end: "레슨의 끝",
  wholeVideo: (whole) => `전체: ${whole}`,

  limits: (size, length) => `${size}, ${length}까지 보낼 수 있어요.`,
  tooLarge: (size, most) => `이 영상은 ${size}인데, 이 서버는 ${most}까지 받아요. 더 짧게 자르거나 `
    + "화면을 작게 저장한 영상을 골라 주세요.",
  tooLong: (length, most) => `길이가 ${length}예요. 레슨은 ${most}까지 만들 수 있어요. 배우고 싶은 부분을 골라 주세요.`,

  making: (title) => `‘${title}’ 만드는 중`,
  ready: (title) => `‘${title}’ 준비 완료`,
  editOf: (title) => `${title} 편집`,
  foundAll: "처음부터 끝까지 따라 할 사람을 찾았어요.",
  found: (share) => `전체의 ${share}에서 따라 할 사람을 찾았어요.`,
  gap: (from, to) => `${from}부터 ${to}까지는 사람을 찾지 못해 점수를 매기지 않아요. 아래에서 잘라 내거나 다시 찍어 주세요.`,
  deleteTitle: (title) => `‘${title}’ 레슨을 지울까요?`,
  consequences: [
    "영상과 동작, 사진이 서버에서 지워지고 아무도 볼 수 없게 돼요. 지금 추고 있는 사람은 끝까지 출 수 있어요. "
      + "이 레슨으로 남긴 기록은 그대로 있어요.",
  ],
};

/** @type {Record<string, Sentences>} */
export const uploadErrors = {
  bad_video: { title: "이 영상으로는 레슨을 만들 수 없어요", advice: ["서버가 살펴보고 알려 준 이유예요."] },
  nobody_in_picture: {
    title: "이 영상에는 따라 할 사람이 없어요",
    advice: ["밝은 곳에서 머리부터 발끝까지 나온 영상을 골라 주세요. 서버가 알려 준 이유예요."],
  },
  bad_part: { title: "이 부분은 잘라 낼 수 없어요", advice: ["서버가 알려 준 이유예요."] },
  broken_upload: {
    title: "영상이 도착하지 않았어요",
    advice: ["보내는 동안 연결이 끊겼거나 페이지가 닫혔어요. 서버에 남은 것은 없어요.",
      "네트워크를 확인하고 다시 보내 주세요."],
  },
  slow_upload: {
    title: "영상이 너무 느리게 도착했어요",
    advice: ["네트워크가 영상을 보내기에는 느리거나 멈췄어요. 서버에 남은 것은 없어요.",
      "더 빠른 네트워크에서 다시 보내거나 더 짧은 영상을 보내 주세요. 서버가 알려 준 이유예요."],
  },
  server_forgot: {
    title: "서버가 다시 시작됐어요",
    advice: ["영상을 준비하던 중에 서버가 멈춰서 아무것도 남지 않았어요.",
      "다시 보내 주세요. 처음과 같은 시간이 걸려요."],
  },
  called_off: {
    title: "레슨 만들기가 취소됐어요",
    advice: ["서버가 멈췄거나 다른 페이지에서 그만두었어요. 서버에 남은 것은 없어요."],
  },
  server_stopping: {
    title: "서버를 끄는 중이에요",
    advice: ["이제 영상을 받지 않아요. 서버가 다시 켜지면 보내 주세요."],
  },
  no_room: {
    title: "서버의 디스크가 가득 찼어요",
    advice: ["필요 없는 레슨을 지우거나 서버를 운영하는 사람에게 알려 주세요. 서버가 알려 준 내용이에요."],
  },
  too_large: { title: "영상이 너무 커요", advice: ["서버가 알려 준 이유예요."] },
  too_many_jobs: {
    title: "먼저 온 영상이 있어요",
    advice: ["이 서버가 받을 수 있는 만큼 기다리고 있어요. 1분쯤 뒤에 다시 보내 주세요."],
  },
  token_needed: { title: "서버 토큰이 필요해요", advice: ["서버가 알려 준 내용이에요."] },
  local_check_busy: {
    title: "서버에 요청이 한꺼번에 몰렸어요",
    advice: ["지금은 누가 레슨을 추가할 수 있는지 확인할 수 없어요. 몇 초 뒤에 다시 보내 주세요."],
  },
  uploads_off: { title: "여기에서는 레슨을 추가할 수 없어요", advice: ["서버가 알려 준 이유예요."] },
  preparation_failed: {
    title: "서버가 이 영상을 준비하지 못했어요",
    advice: ["서버에서 문제가 생겼고 남은 것은 없어요. 다시 보내거나 다른 영상을 보내 주세요. 서버가 알려 준 내용이에요."],
  },
  unknown_lesson: { title: "레슨이 없어졌어요", advice: ["서버에서 지워졌어요."] },
  unreachable: {
    title: "서버가 응답하지 않아요",
    advice: ["서버가 켜져 있는지, 이 기기가 네트워크에 연결돼 있는지 확인해 주세요."],
  },
  other: { title: "레슨을 만들지 못했어요", advice: ["서버가 알려 준 이유예요."] },
};
