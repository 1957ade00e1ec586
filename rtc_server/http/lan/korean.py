"""The page with the QR code in Korean."""

from __future__ import annotations

from rtc_server.http.lan.words import Instructions, LanWords

KOREAN = LanWords(
    native_name="한국어",
    title="휴대폰으로 춤추기",
    lead="온몸이 보이는 곳에 휴대폰을 세워 두세요. 휴대폰 카메라가 당신을 비추고, 화면에는 강사가 "
    "나란히 나타납니다.",
    qr_code="{address}의 QR 코드",
    scan="휴대폰 카메라로 코드를 스캔하세요. 휴대폰은 같은 Wi-Fi에 연결되어 있어야 합니다.",
    open="Tandem 열기",
    other_addresses="다른 주소",
    no_network="이 컴퓨터는 네트워크에 연결되어 있지 않습니다. 휴대폰과 같은 Wi-Fi에 연결하고 1분 "
    "뒤에 이 페이지를 새로 고치세요.",
    warning_title="브라우저가 경고합니다",
    warning=(
        "`연결이 비공개로 설정되어 있지 않습니다`와 비슷한 경고가 나오는데, 정상입니다. 연결은 "
        "암호화되지만, 브라우저는 누가 이 서버를 보증하는지 모릅니다. 집이나 학교 네트워크의 "
        "주소에는 인증서를 내주는 기관이 없어서 서버가 직접 만들었기 때문입니다.",
        "한 번만 계속 진행하거나, 서버의 인증서를 설치해 경고를 없앨 수 있습니다.",
    ),
    go_on_title="한 번만 계속 진행하기",
    go_on=(
        Instructions(
            title="Chrome, 삼성 인터넷, Edge",
            steps=("`고급`", "`{address}(안전하지 않음)(으)로 이동`"),
        ),
        Instructions(
            title="Safari",
            steps=("`세부사항 보기`", "`웹 사이트 방문`", "`웹 사이트 방문`"),
        ),
        Instructions(
            title="Firefox",
            steps=("`고급`", "`위험을 감수하고 계속`"),
        ),
    ),
    install_title="또는 기기마다 한\u00a0번 인증서 설치하기",
    install=(
        "그 기기에서 `{steps}`를 열고 인증서를 내려받으세요.",
        "인증서 이름은 `{name}`입니다. 설치한 기기는 이 서버를 신뢰하며, 로컬 네트워크의 주소에만 "
        "적용됩니다. 믿을 수 있는 네트워크에서만 설치하세요.",
    ),
    download="인증서 내려받기",
    fingerprint="SHA-256 지문 (서버의 터미널에도 나옵니다):",
    devices=(
        Instructions(
            title="Android",
            steps=(
                "인증서를 내려받으세요. 설정에서 설치하라는 안내가 나옵니다.",
                "설정을 열고 `CA 인증서`를 검색해 선택하세요. (`보안 및 개인정보 보호` → "
                "`기타 보안 설정` → `암호화 및 사용자 인증 정보` → `인증서 설치` → `CA 인증서`)",
                "`무시하고 설치`를 누르고 `ca.crt` 파일을 선택하세요.",
            ),
            note="Android용 Firefox는 이 인증서를 쓰지 않습니다. 경고에서 계속 진행하거나 Chrome을 "
            "쓰세요.",
        ),
        Instructions(
            title="iPhone, iPad",
            steps=(
                "Safari로 이 페이지를 열고 인증서를 내려받은 뒤 허용하세요.",
                "설정에서 `프로파일이 다운로드됨`을 누르고 `설치`를 누르세요.",
                "그다음 `일반` → `정보` → `인증서 신뢰 설정`에서 `{name}`을 켜세요. 이 단계를 "
                "거쳐야 신뢰합니다.",
            ),
        ),
        Instructions(
            title="Windows",
            steps=(
                "내려받은 파일을 열고 `인증서 설치…` → `현재 사용자`를 선택하세요.",
                "`모든 인증서를 다음 저장소에 저장` → `찾아보기…` → `신뢰할 수 있는 루트 인증 "
                "기관`을 선택하고 마치세요.",
                "브라우저 창을 모두 닫고 다시 여세요.",
            ),
        ),
        Instructions(
            title="macOS",
            steps=(
                "내려받은 파일을 여세요. 키체인 접근이 어디에 둘지 물으면 `로그인`을 선택하세요.",
                "`{name}`을 두 번 클릭하고 `신뢰`를 펼쳐 `항상 신뢰`를 선택하세요.",
            ),
        ),
        Instructions(
            title="Linux, 그리고 컴퓨터의 Firefox",
            steps=(
                "Chrome: `설정` → `개인 정보 보호 및 보안` → `보안` → `인증서 관리`에서 신뢰할 수 "
                "있는 인증서로 파일을 가져오세요.",
                "Firefox: `설정` → `개인 정보 및 보안` → `인증서 보기…` → `인증 기관` → "
                "`가져오기…`를 누르고 `웹 사이트를 식별하기 위해 이 인증 기관을 신뢰함`을 "
                "선택하세요.",
            ),
        ),
    ),
    remove="되돌리려면 같은 곳에서 `{name}`을 삭제하세요.",
    certificate_known="이 서버에는 브라우저가 아는 인증서가 있어서 경고가 나오지 않습니다.",
)
