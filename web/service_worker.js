// @ts-check
// Keeps the page's own files, so that the installed page opens without the server and says so.
//
// What it keeps is never mixed with what the server sends: a page and its files come either all from the
// server, as without this worker, or all from the store, if the server does not answer. A page from the store
// is marked (js/stored_page.js) and asks no server for anything, because that may be newer than the page.
// Lessons, results and everything else under /api are never kept.

/** @type {any} */
const worker = self;
/** The server puts this in front of the script. @type {{ version: string, files: string[] }} */
const { version, files } = worker.SHELL;
const STORE = `shell-${version}`;
/** Where a page from the store finds its files: only there, and only those of its own version. */
const PREFIX = `/stored-${version}`;

/** Takes every file from the server, or none. */
async function fillStore() {
  const store = await caches.open(STORE);
  await store.addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
  const script = await (await fetch(worker.location.href, { cache: "no-cache" })).text();
  if (!script.includes(version)) throw new Error("the page's files changed meanwhile");
  await worker.skipWaiting();
}

async function dropOldStores() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page from the server; from the store if the server, or a proxy's way to it, is down. @param {any} event */
async function openPage(event) {
  const answer = await fetch(event.request).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  const stored = await (await caches.open(STORE)).match("/");
  if (!stored) return answer ?? Response.error();
  const page = (await stored.text()).replaceAll('"/static/', `"${PREFIX}/static/`);
  return new Response(page.replace("<body ", "<body data-stored "), { headers: stored.headers });
}

/**
 * A file of a page from the store. As a new response it has the address that was asked for, and so have the
 * modules that it imports.
 * @param {string} path
 */
async function takeFromStore(path) {
  const stored = await (await caches.open(STORE)).match(path);
  return stored ? new Response(stored.body, { headers: stored.headers }) : Response.error();
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(fillStore()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(dropOldStores()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== worker.location.origin) return;
  if (pathname.startsWith(`${PREFIX}/`)) {
    event.respondWith(takeFromStore(pathname.slice(PREFIX.length)));
  } else if (event.request.mode === "navigate" && pathname === "/") {
    event.respondWith(openPage(event));
  }
});
