"""The page with the QR code: plain HTML, in the device's language. Pure.

It works without a script, so that a device can read it over HTTP. `web/js/lan.js` only fetches the
operator's link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from rtc_server.http.lan.links import LanLink
from rtc_server.http.lan.page_languages import LANGUAGES
from rtc_server.http.lan.words import DEVICES, Instructions, LanWords
from rtc_server.qr_codes import draw_svg

HEAD = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="dark">
  <meta name="theme-color" content="#0c0e14">
  <title>{title} · Tandem</title>
  <link rel="icon" href="/static/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/css/style.css">
  <link rel="stylesheet" href="/static/css/lan.css">
{script}</head>
"""
SCRIPT = '  <script type="module" src="/static/js/lan.js"></script>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class LanPage:
    """What the page says of this server."""

    link: LanLink
    addresses: Sequence[str]  # all of them, the link's first
    is_in_network: bool
    authority_name: str | None  # of the server's own authority; None: the operator's certificate
    fingerprint: str
    is_trusted: bool  # whether the page itself came over HTTPS

    @property
    def steps(self) -> str:
        """The address of this page over HTTP, which a device opens before it trusts the server."""
        return f"http://{self.link.address.partition('://')[2]}/lan"

    @property
    def host_name(self) -> str:
        """The host of the first address, as browsers name it in their warnings."""
        return urlsplit(self.link.address).hostname or ""


def find_device(user_agent: str) -> int | None:
    """The index among DEVICES of who says this of itself; None: none of them."""
    found = (k for k, name in enumerate(DEVICES) if re.search(name, user_agent[:1000]))
    return next(found, None)


def render_page(page: LanPage, language: str, device: int | None) -> str:
    """The page in a language.

    :param device: whose steps are shown at once.
    """
    words = LANGUAGES[language]
    head = HEAD.format(
        language=language, title=escape(words.title), script=SCRIPT if page.is_trusted else ""
    )
    rest = (
        f'<p class="lead">{_inline(words.certificate_known, page)}</p>'
        if page.authority_name is None
        else _warning(page, words) + _install(page, words, device)
    )
    return (
        f'{head}<body class="lan">{_header(language)}'
        f"<main>{_link(page, words)}{rest}</main></body></html>\n"
    )


def _header(language: str) -> str:
    current = ' aria-current="true"'
    links = "".join(
        f'<a href="?lang={code}" lang="{code}"{current if code == language else ""}>'
        f"{escape(words.native_name)}</a>"
        for code, words in LANGUAGES.items()
    )
    return f'<header><p class="wordmark"><a href="/">Tandem</a></p><nav>{links}</nav></header>'


def _link(page: LanPage, words: LanWords) -> str:
    url, others = escape(page.link.url), page.addresses[1:]
    label = escape(words.qr_code.replace("{address}", page.link.address))
    items = "".join(f'<li><a href="{escape(one)}/">{escape(one)}</a></li>' for one in others)
    more = f"<details><summary>{escape(words.other_addresses)}</summary><ul>{items}</ul></details>"
    alone = "" if page.is_in_network else f'<p class="refusal">{escape(words.no_network)}</p>'
    return (
        '<section class="link" data-part="link">'
        f'<div class="qr" role="img" aria-label="{label}">{draw_svg(page.link.url)}</div>'
        f"<div><h1>{escape(words.title)}</h1>"
        f'<p class="lead">{escape(words.lead)}</p>{alone}<p>{escape(words.scan)}</p>'
        f'<p class="address"><a href="{url}">{escape(page.link.address)}</a></p>'
        f'<p class="actions"><a class="button main" href="{url}">{escape(words.open)}</a></p>'
        f"{more if others else ''}</div></section>"
    )


def _warning(page: LanPage, words: LanWords) -> str:
    browsers = "".join(
        f"<dt>{escape(one.title)}</dt>"
        f"<dd>{' → '.join(_inline(step, page) for step in one.steps)}</dd>"
        for one in words.go_on
    )
    return (
        f"<section><h2>{escape(words.warning_title)}</h2>{_paragraphs(words.warning, page)}"
        f"<h3>{escape(words.go_on_title)}</h3><dl>{browsers}</dl></section>"
    )


def _install(page: LanPage, words: LanWords, device: int | None) -> str:
    devices = "".join(
        _device(one, page, is_open=k == device) for k, one in enumerate(words.devices)
    )
    return (
        f"<section><h2>{escape(words.install_title)}</h2>{_paragraphs(words.install, page)}"
        f'<p class="actions"><a class="button" href="/ca.crt">{escape(words.download)}</a></p>'
        f"{devices}"
        f'<p class="quiet">{_inline(words.remove, page)}</p>'
        f'<p class="quiet">{escape(words.fingerprint)}</p>'
        f'<p class="fingerprint"><code>{page.fingerprint.replace(":", ":<wbr>")}</code></p>'
        "</section>"
    )


def _device(device: Instructions, page: LanPage, *, is_open: bool) -> str:
    steps = "".join(f"<li>{_inline(step, page)}</li>" for step in device.steps)
    note = f'<p class="quiet">{_inline(device.note, page)}</p>' if device.note else ""
    return (
        f"<details{' open' if is_open else ''}><summary>{escape(device.title)}</summary>"
        f"<ol>{steps}</ol>{note}</details>"
    )


def _paragraphs(texts: Sequence[str], page: LanPage) -> str:
    return "".join(f"<p>{_inline(text, page)}</p>" for text in texts)


def _inline(text: str, page: LanPage) -> str:
    """A text with its values, and with `what a device shows` in bold."""
    values = {
        "{address}": page.host_name,
        "{name}": page.authority_name or "",
        "{steps}": page.steps,
    }
    text = re.sub(r"\{\w+\}", lambda match: values[match[0]], text)
    return re.sub(r"`([^`]+)`", r"<b>\1</b>", escape(text))
