"""The page with the QR code in English."""

from __future__ import annotations

from rtc_server.http.lan.words import Instructions, LanWords

ENGLISH = LanWords(
    native_name="English",
    title="Dance with your phone",
    lead="Put the phone where it sees your whole body. Its camera films you, and it shows the "
    "instructor beside you.",
    qr_code="QR code of {address}",
    scan="Scan the code with the phone’s camera. The phone must be in the same Wi-Fi.",
    open="Open Tandem",
    other_addresses="Other addresses",
    no_network="This computer is in no network. Connect it to the Wi-Fi that the phone uses, and "
    "reload this page after a minute.",
    warning_title="The browser will warn you",
    warning=(
        "It says `Your connection is not private` or something like it, and that is expected. "
        "The connection is encrypted, but the browser does not know who vouches for this server: "
        "nobody gives certificates for addresses of a home or a school network, so the server "
        "made one itself.",
        "You can go on once, or install the server’s certificate so that the warning never comes.",
    ),
    go_on_title="Go on once",
    go_on=(
        Instructions(
            title="Chrome, Samsung Internet, Edge",
            steps=("`Advanced`", "`Proceed to {address} (unsafe)`"),
        ),
        Instructions(
            title="Safari",
            steps=("`Show Details`", "`visit this website`", "`Visit Website`"),
        ),
        Instructions(
            title="Firefox",
            steps=("`Advanced`", "`Accept the Risk and Continue`"),
        ),
    ),
    install_title="Or install the certificate, once for each device",
    install=(
        "On the device itself, open `{steps}` and download the certificate there.",
        "It is called `{name}`. A device that has it trusts this server, and for addresses of "
        "local networks only. Do this in a network that you trust.",
    ),
    download="Download the certificate",
    fingerprint="Its SHA-256 fingerprint, which the terminal of the server shows, too:",
    devices=(
        Instructions(
            title="Android",
            steps=(
                "Download the certificate. Android says that it is installed in the settings.",
                "Open the settings, search for `CA certificate`, and choose it. (`Security & "
                "privacy` → `More security settings` → `Encryption & credentials` → `Install a "
                "certificate` → `CA certificate`)",
                "Choose `Install anyway`, and then the file `ca.crt`.",
            ),
            note="Firefox for Android does not use it: go on once there, or take Chrome.",
        ),
        Instructions(
            title="iPhone, iPad",
            steps=(
                "Open this page in Safari, download the certificate, and allow it.",
                "In the settings, choose `Profile Downloaded` and `Install`.",
                "Then `General` → `About` → `Certificate Trust Settings`, and switch `{name}` on. "
                "Without this step it is not trusted.",
            ),
        ),
        Instructions(
            title="Windows",
            steps=(
                "Open the downloaded file and choose `Install Certificate…` → `Current User`.",
                "Choose `Place all certificates in the following store` → `Browse…` → `Trusted "
                "Root Certification Authorities`, and finish.",
                "Close all windows of the browser and open it again.",
            ),
        ),
        Instructions(
            title="macOS",
            steps=(
                "Open the downloaded file. Keychain Access asks where to put it: choose `login`.",
                "Double-click `{name}`, open `Trust`, and choose `Always Trust`.",
            ),
        ),
        Instructions(
            title="Linux, and Firefox on any computer",
            steps=(
                "Chrome: `Settings` → `Privacy and security` → `Security` → `Manage certificates`, "
                "and import the file among the trusted certificates.",
                "Firefox: `Settings` → `Privacy & Security` → `View Certificates…` → `Authorities` "
                "→ `Import…`, and tick `Trust this CA to identify websites`.",
            ),
        ),
    ),
    remove="To undo it, remove `{name}` in the same place.",
    certificate_known="This server has a certificate that browsers know, so there is no warning.",
)
