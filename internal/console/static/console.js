// Small helpers on top of pages that work for reading without them.
"use strict";

// The reader's own time before Shanghai's, where the two differ.
function localTimes(root) {
  const zone = document.body.dataset.zone;
  for (const t of root.querySelectorAll("time[datetime]:not([data-done])")) {
    t.dataset.done = "1";
    const at = new Date(t.dateTime);
    if (at.getTimezoneOffset() === -480) continue;
    const two = (n) => String(n).padStart(2, "0");
    const there = document.createElement("span");
    there.className = "there";
    there.textContent = " (" + zone + " " + t.textContent + ")";
    t.textContent = at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate()) + " " + two(at.getHours()) + ":" + two(at.getMinutes());
    t.after(there);
  }
}
localTimes(document);

// One key a deed, where a page offers it: data-key names the key of a button. In
// a field a key is a character.
function typing(el) { return el.matches("input:not([type=checkbox]), textarea, select"); }
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
  const button = document.querySelector('[data-key="' + CSS.escape(e.key) + '"]');
  const boxes = document.querySelectorAll("#decide [name=reason]");
  const picture = document.querySelector(".picture:focus") || document.querySelector(".picture");
  if (button) button.click();
  else if (boxes.length && e.key >= "1" && e.key <= "9") { if (boxes[e.key - 1]) boxes[e.key - 1].click(); }
  else if (picture && e.key === "z") picture.classList.toggle("zoomed");
  else if (picture && e.key === "t") turn(picture);
  else return;
  e.preventDefault();
});

function turn(picture) {
  const now = [1, 2, 3].find((n) => picture.classList.contains("turn" + n)) || 0;
  picture.classList.remove("turn" + now);
  if (now < 3) picture.classList.add("turn" + (now + 1));
}
for (const p of document.querySelectorAll(".picture")) p.addEventListener("dblclick", () => p.classList.toggle("zoomed"));

// A page that follows something: figures arrive as they change, and at the end the
// page is loaded anew. While nobody sees it, it follows nothing: a browser has few
// lines to one server.
for (const part of document.querySelectorAll("[data-live-url]")) {
  let source = null;
  const hang = () => { if (source) source.close(); source = null; };
  const follow = () => {
    if (document.hidden) { hang(); return; }
    if (source) return;
    source = new EventSource(part.dataset.liveUrl);
    source.addEventListener("progress", (e) => show(part, JSON.parse(e.data)));
    source.addEventListener("end", () => { hang(); location.reload(); });
    source.addEventListener("stop", hang);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

function show(part, figures) {
  for (const el of part.querySelectorAll("[data-live]")) {
    const v = figures[el.dataset.live];
    if (v === undefined) continue;
    if (el.matches("progress")) {
      if (el.dataset.liveMax) el.max = figures[el.dataset.liveMax] || 1;
      el.value = v;
    } else if (el.textContent !== String(v)) el.textContent = v;
  }
}

// A form that was sent says so, and is not sent twice, unless no answer comes.
document.addEventListener("submit", (e) => {
  if (e.target.dataset.sent) { e.preventDefault(); return; }
  e.target.dataset.sent = "1";
  document.body.setAttribute("aria-busy", "true");
  setTimeout(idle, 10000);
});
function idle() {
  document.body.removeAttribute("aria-busy");
  for (const f of document.forms) delete f.dataset.sent;
}
window.addEventListener("pageshow", idle); // also on the way back
