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
