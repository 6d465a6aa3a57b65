// Keeps the page of one register, and what it is drawn with, for times without network. Nothing else:
// other addresses pass by. The copy is of one person, is thrown away when the server no longer shows
// the page to this browser, and is never shown once a session would be over.
"use strict";
const PERSON = new URL(self.location.href).searchParams.get("p") || "";
const PAGE = new URL(self.registration.scope).pathname;
const CACHE = `percorso-register-${PERSON}-${PAGE}`;
const SESSION = 12 * 3600 * 1000;

const forget = () => caches.delete(CACHE);

self.addEventListener("install", () => { self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});

async function keep(addresses) {
  const cache = await caches.open(CACHE);
  await Promise.all(addresses.map(async (address) => {
    if (await cache.match(address)) return;
    // A copy tells no messages: they are for the page that its reader sees next.
    const answer = await fetch(address, { redirect: "manual", headers: { "X-Copy": "1" } });
    if (answer.ok) await cache.put(address, answer);
  }));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === PAGE) event.respondWith(page(request));
  } else if (address.pathname.includes("/static/")) event.respondWith(asset(request));
});

async function page(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (trouble) {
    return (await kept(request)) || Promise.reject(trouble);
  }
  if (answer.ok) (await caches.open(CACHE)).put(request.url, answer.clone());
  else if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) await forget();
  return answer;
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (!found) return undefined;
  if (Date.now() - Date.parse(found.headers.get("Date")) < SESSION) return found;
  await forget();
  return undefined;
}

// Addresses of assets carry a hash of their content: what is kept is never stale.
async function asset(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await cache.put(request.url, answer.clone());
  return answer;
}
