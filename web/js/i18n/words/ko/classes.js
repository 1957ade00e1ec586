// @ts-check

/** @import { classes as English } from "../en/classes.js" */

/** @type {typeof English} */
export const classes = {
  open: "수업 열기", join: "수업 참여하기",

  form: {
    title: "수업 열기", name: "수업 제목 (비워 두면 레슨 제목)", kind: "무엇을 출까요?",
    lesson: "레슨", lessonNote: "모두가 같은 순간에 같은 장면을 봐요. 시작과 멈춤, 속도는 선생님이 정해요.",
    live: "내가 직접 추기", liveNote: "내 카메라가 곧 레슨이에요.",
    which: "레슨", learners: "최대 인원", asked: "내가 한 명씩 들여보내기",
    askedNote: "끄면 코드를 아는 사람은 바로 들어와요.",
    leaderboard: "순위표 두기", leaderboardNote: "원하는 사람만 순위표에 올라요.",
    create: "수업 열기", back: "레슨 목록",
  },
  joining: {
    title: "수업 참여하기", code: "수업 코드", codeNote: "여섯 글자예요. 선생님이 알려 줘요.",
    name: "이름", nameNote: "수업에 있는 모두에게 보여요. 기록을 남기는 서버라면 결과도 이 이름으로 남아요.",
    listed: "순위표에 올리기", listedNote: "점수도 수업에 있는 모두에게 보여요.",
    enter: "참여하기",
    found: (title, present, most) => `${title}: 최대 ${most}명 중 ${present}명이 와 있어요.`,
    camera: "이제 카메라가 켜져요. 선생님에게는 선으로 그린 모습만 보이고, 직접 켜지 않는 한 영상은 절대 보이지 않아요.",
  },

  code: "수업 코드", link: "수업 링크", copy: "링크 복사", copied: "복사했어요.",
  copyByHand: "링크를 선택해 두었어요. 키보드로 복사해 주세요.",
  qr: "수업 링크가 담긴 QR 코드", showCode: "링크와 QR 코드",
  here: (present, most) => `${most}명 중 ${present}명`,
  picture: "수업에 보이는 화면",
  whip: "인코더 쓰기 (WHIP)", whipUrl: "주소", whipToken: "베어러 토큰",
  whipNote: "OBS 같은 프로그램을 카메라 대신 쓸 수 있어요. 이 주소와 토큰을 넣고, 토큰은 남에게 알려 주지 마세요.",

  waiting: "들어오려고 기다려요", admit: "들여보내기", admitAll: "모두 들여보내기", refuse: "나중에",
  admitOf: (name) => `들여보내기: ${name}`,
  refuseOf: (name) => `나중에: ${name}`,
  nobodyYet: "아직 아무도 없어요. 코드를 보여 주세요.",

  live: "라이브 시작", onAir: "라이브",
  opening: "카메라가 켜지면 수업에 내 모습이 보여요. 점수는 라이브를 시작하면 매겨요.",
  noCamera: "카메라가 켜지지 않아요. 허용한 다음 다시 해 보세요.", openCamera: "카메라 켜기",
  speak: "모두에게 말하기", speaking: "모두가 듣고 있어요", noMicrophone: "마이크가 켜지지 않아요. 허용한 다음 다시 해 보세요.",
  keep: "수업을 레슨으로 남기기", keepNote: "모두에게 알려 줘요. 내 영상과 소리만 이 서버에 남고, 다른 사람 것은 남지 않아요.",
  end: "수업 끝내기", endTitle: "모두의 수업을 끝낼까요?",
  endNote: "각자 자기 결과를 보고, 선생님은 수업 보고서를 봐요.", endNo: "계속하기",
  elsewhere: "이제 다른 창에서 이 수업을 하고 있어요.",
  reconnecting: "연결이 끊겼어요. 돌아올 때까지 수업이 기다려요.",
  begun: {
    ready: "아직 시작하지 않았어요.", counting: "곧 시작해요.", playing: "춤추고 있어요.", paused: "잠시 멈췄어요.",
    ended: "수업이 끝났어요.",
  },

  tiles: "수강생", everybody: "모두에게",
  toOne: (name) => `${name}에게`,
  chooseNote: "칸을 고르면 그 사람에게만 말할 수 있어요.",
  hand: "손 들었어요", lower: "확인", away: "자리에 없어요", unseen: "화면에 없어요",
  connection: { good: "연결 좋음", slow: "연결 느림", silent: "연결 끊김" },
  overTime: "수업 전체의 흐름", notYet: "수업이 시작되면 나와요.",
  hardest: (place, failing, of) => `가장 어려운 곳: ${place}, ${of}명 중 ${failing}명이 50점 아래예요.`,
  practise: "모두 함께 천천히 반복하기",
  mean: (mean) => `지금 평균: ${mean}점`,

  say: "한마디", line: "직접 쓰기", send: "보내기",
  sent: (cue, to) => `“${cue}”: ${to}`,
  cues: {
    arms_higher: "팔을 더 높이", arms_lower: "팔을 더 낮게", bigger: "동작을 더 크게", smaller: "동작을 더 작게",
    faster: "더 빠르게", slower: "더 천천히", knees_deeper: "무릎을 더 굽혀요", legs_wider: "다리를 더 벌려요",
    other_side: "반대쪽이에요", watch_me: "저를 보세요", listen: "박자를 들어 보세요", step_back: "뒤로 물러서요",
    step_into_view: "화면 안으로 들어와요", almost: "거의 다 됐어요", well_done: "잘했어요", rest: "잠깐 쉬어요",
  },

  room: {
    waiting: "선생님이 들여보내 줄 거예요", waitingNote: "그대로 계시면 저절로 이어져요.",
    begins: "선생님이 시작하면 수업이 시작돼요", paused: "선생님이 잠시 멈췄어요",
    away: "선생님의 연결이 끊겨서 수업이 기다리고 있어요",
    awayNote: (left) => `선생님이 ${left} 안에 돌아오면 저절로 이어져요.`,
    kept: "이 수업은 레슨으로 남아요. 선생님의 영상과 소리만 남고, 내 것은 절대 남지 않아요.",
  },
  count: (present) => `${present}명 있어요`,
  raise: "손 들기", lowerHand: "손 내리기", wishes: "이 수업에서",
  spoken: "선생님 말 소리로 듣기", spokenNote: "선생님이 글로 보낸 말을 소리로도 읽어 줘요.",
  shown: "선생님에게 내 영상 보여 주기", shownNote: "작게, 선생님에게만 보여요. 끄면 선으로 그린 모습만 보여요.",
  listedNow: "순위표에 올라 있기", board: "순위표", you: "나",

  report: {
    title: "수업 보고서", learners: "수강생", name: "이름", score: "점수", late: "빠르거나 느림", weakest: "가장 어긋난 곳", inView: "화면에 보임", csv: "표로 내려받기 (CSV)",
    passages: "어려웠던 구간", none: "아무도 춤추지 않았어요.", noPassage: "없었어요.", leave: "레슨 목록",
    kept: "이 수업은 레슨으로 남아요.",
    passage: (place, failing, of) => `${place}: ${of}명 중 ${failing}명이 50점 아래`,
    sum: (learners, mean) => `${learners}명이 함께했어요. 평균 ${mean}점이에요.`,
    making: "보고서를 만들고 있어요.", failed: "서버가 보고서를 보내지 않았어요.", again: "다시 받기",
  },

  problems: {
    unknown_class: "이 코드로 열린 수업이 없어요. 선생님에게 다시 물어보세요.",
    class_ended: "이미 끝난 수업이에요.",
    class_full: "자리가 다 찬 수업이에요.",
    name_taken: "수업에 같은 이름이 있어요. 다른 이름을 써 주세요.",
    too_many_misses: "틀린 코드를 너무 많이 입력했어요. 10분 뒤에 다시 해 보세요.",
    classes_off: "이 서버에서는 수업을 열 수 없어요.",
    classes_full: "이 서버에는 수업을 더 열 자리가 없어요.",
    too_many_classes: "여기서 연 수업이 너무 많아요. 하나를 먼저 끝내 주세요.",
    class_token_needed: "이 수업을 연 선생님만 할 수 있어요.",
    refused: "선생님이 지금은 들여보내지 않아요.",
    too_many_cues: "한꺼번에 너무 많이 보냈어요. 잠시 뒤에 해 보세요.",
    unknown_lesson: "이 레슨은 이제 없어요.",
    too_many_requests: "요청이 너무 많아요. 잠시 뒤에 해 보세요.",
    no_picture: "카메라나 인코더에서 영상이 오지 않아요.",
    b_frames: "인코더가 B 프레임을 보내고 있어요. 실시간 영상에서는 쓸 수 없으니 꺼 주세요.",
    too_large: "영상이 너무 커요. 1920 × 1080까지 보낼 수 있어요.",
    no_key_frames: "인코더가 키 프레임을 보내지 않아요. 2초마다 보내도록 설정해 주세요.",
    unfit_format: "수강생 화면에서 볼 수 없는 형식이에요. H.264나 VP8을 써 주세요.",
    unreachable: "서버가 응답하지 않아요. 서버가 켜져 있는지, 이 기기가 네트워크에 연결됐는지 확인해 주세요.",
  },
};
