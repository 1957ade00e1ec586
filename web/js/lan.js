// @ts-check
// The page with the QR code, for the operator: their link may carry what lets others in. The server
// writes the page without it, because a browser sends no token when it opens an address.

import { authorized, getToken, takeTokenOfLink } from "./access_token.js";

const PART = "[data-part=link]";

async function showOperatorsLink() {
  const answer = await fetch(location.pathname + location.search, { headers: authorized() });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const link = page.querySelector(PART);
  if (answer.ok && link) document.querySelector(PART)?.replaceWith(link);
}

takeTokenOfLink();
if (getToken()) showOperatorsLink().catch(() => {});
