// @ts-check
// The page without its server: the service worker keeps the page's own files, and marks a page made of them.

/** Starts the worker. Browsers allow it only at secure addresses whose certificate they trust. */
export function keepPage() {
  navigator.serviceWorker?.register("/static/service_worker.js", { scope: "/", updateViaCache: "none" })
    .catch(() => undefined);
}

/**
 * Whether this page came from the worker's store, because the server did not answer. Then only loading it
 * again leads to the server, with the page that fits it.
 */
export function isStored() {
  return document.body.hasAttribute("data-stored");
}

if (isStored()) window.addEventListener("online", () => location.reload());
