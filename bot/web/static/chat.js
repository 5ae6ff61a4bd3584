// The chat page: whose phone it is, then the conversation.

import { speech } from "./speech.js";
import { View } from "./view.js";
import { Visit } from "./visit.js";
import { Wire } from "./wire.js";

const part = (id) => document.getElementById(id);
const words = JSON.parse(part("words").textContent);
const limits = JSON.parse(part("limits").textContent);
const idleMs = limits.idle_minutes * 60_000;
const IDLE_LOOK_MS = 10_000;
const text = part("text");

let visit = null;
let wire = null;
let delayed = new Set();
let restored = false;
let awaited = false;
let online = true;

const view = new View(words, { pressed });
const fingers = window.matchMedia("(pointer: coarse)");

// Whose phone

function ask(notice) {
  visit = null;
  for (const id of ["talk", "finish", "skip"]) part(id).hidden = true;
  part("whose").hidden = false;
  part("whose-notice").hidden = notice === "";
  part("whose-notice").textContent = notice;
}

function begin(borrowed) {
  enter(Visit.begin(borrowed));
  // With a finger, the field would bring up the keyboard over the examples.
  const first = fingers.matches ? part("empty-heading") : text;
  first.focus({ preventScroll: true });
}

function enter(entered) {
  visit = entered;
  restored = false;
  delayed = new Set();
  part("whose").hidden = true;
  for (const id of ["talk", "finish", "skip"]) part(id).hidden = false;
  part("borrowing").hidden = !visit.borrowed;
  view.clear();
  if (visit.borrowed || visit.said.length === 0) restore([]);
  wire = new Wire(visit, { answer, refused, delayed: isDelayed, connected });
  wire.start();
  showState();
}

function restore(replies) {
  restored = true;
  view.restore(visit.said, [...visit.replies, ...replies]);
  for (const one of visit.said) if (one.state === "refused") refused(one, one.why);
}

function leave(notice) {
  if (visit === null) return;
  if (visit.borrowed) wire.forget();
  wire.close();
  visit.forget();
  view.clear();
  text.value = "";
  part("sure").close();
  ask(notice);
  part("whose-heading").focus();
}

function leaveIfOver() {
  if (visit === null) return;
  if (visit.isOver) leave(words.forgotten);
  else if (visit.isIdle(idleMs)) leave(words.idle);
}

// The conversation

function say(what) {
  const said = visit.say(what, wire.last);
  view.say(said);
  if (!navigator.onLine) isDelayed(said);
  fault("");
  showState();
  wire.pump();
}

function sayTyped() {
  const typed = text.value.trim();
  if (typed === "") return text.focus();
  const over = [...typed].length - limits.characters;
  if (over > 0) {
    const told = words.too_long.replace("{most}", limits.characters).replace("{over}", over);
    return fault(told);
  }
  say({ text: typed });
  // Only now: where the browser's storage is full, what was typed stays.
  text.value = "";
  grow();
  // With a finger, the keyboard goes, so that the answer has room.
  if (fingers.matches) part("scroller").focus({ preventScroll: true });
}

function pressed(asking, option, label) {
  if (visit) say({ text: label, press: { asking, option } });
}

function answer(body, said) {
  if (said) {
    delayed.delete(said.update);
    view.delayed(said.update, "");
    if (body.said !== null) view.masked(said.update, body.said);
  }
  // An answer that was read before the first reply was stored knows no oldest one yet.
  if (!visit.borrowed && (body.oldest !== null || !restored)) {
    view.prune(body.oldest, visit.prune(body.oldest));
  }
  if (restored) view.reply(body.replies, said);
  else restore(body.replies);
  if (body.asking !== undefined) view.open(body.asking);
  awaited = body.held === true;
  showState();
}

function refused(said, why) {
  delayed.delete(said.update);
  view.delayed(said.update, words.refused.replace("{why}", why));
  showState();
}

function isDelayed(said) {
  for (const one of visit.said) {
    if (one.state !== "waiting" || one.written < said.written) continue;
    delayed.add(one.update);
    view.delayed(one.update, words.waiting);
  }
  showState();
}

function connected(yes) {
  online = yes;
  showState();
}

function showState() {
  const waiting = visit?.said.some((one) => one.state === "waiting" && !delayed.has(one.update));
  const state = !online || !navigator.onLine ? words.offline : waiting || awaited ? words.answering : "";
  if (part("state").textContent !== state) part("state").textContent = state;
}

function fault(told) {
  part("fault").textContent = told;
}

/** Where the browser cannot size a field by its text. */
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 4}px`;
}

// What the person does

part("own").addEventListener("click", () => begin(false));
part("borrowed").addEventListener("click", () => begin(true));
document.addEventListener("keydown", (event) => {
  visit?.touch();
  if (visit !== null || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "1") begin(false);
  if (event.key === "2") begin(true);
  if (event.key === "1" || event.key === "2") event.preventDefault();
});

part("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sayTyped();
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sayTyped();
});
text.addEventListener("input", () => {
  fault("");
  grow();
});
for (const suggestion of document.querySelectorAll(".suggestion")) {
  suggestion.addEventListener("click", () => {
    say({ text: suggestion.textContent });
    part("scroller").focus({ preventScroll: true });
  });
}

part("finish").addEventListener("click", () => {
  part("sure-own").hidden = visit.borrowed;
  part("sure-borrowed").hidden = !visit.borrowed;
  part("sure").showModal();
  part("sure-heading").focus();
});
part("sure-no").addEventListener("click", () => part("sure").close());
part("sure-yes").addEventListener("click", () => leave(words.forgotten));

window.addEventListener("offline", showState);
window.addEventListener("online", showState);
window.addEventListener("pointerdown", () => visit?.touch());
window.addEventListener("storage", () => {
  leaveIfOver();
  // Typed in another tab.
  for (const one of visit?.said ?? []) if (restored && !view.shows(one.update)) view.say(one);
});
window.addEventListener("pageshow", leaveIfOver);
document.addEventListener("visibilitychange", leaveIfOver);
setInterval(leaveIfOver, IDLE_LOOK_MS);

part("late").hidden = true;
const resumed = Visit.resume(idleMs);
if (resumed === null) ask("");
else enter(resumed);
speech().then((found) => found && view.speakWith(found));
