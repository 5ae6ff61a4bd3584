// What is seen of the conversation. Everything is inserted as text.

const EMERGENCY_NUMBERS = /\b(?:11[1345]|1022)\b/g;
const NEAR_END_PX = 160;
const DOUBLE_TAP_MS = 1_000;
const part = (id) => document.getElementById(id);

export class View {
  /** `told` has: pressed(asking, option, label). */
  constructor(words, told) {
    this.words = words;
    this.told = told;
    this.speech = null;
    this.readable = new Map();
    this.thread = part("thread");
    this.scroller = part("scroller");
    this.newer = part("newer");
    this.newer.addEventListener("click", () => this.#toNewest());
    this.scroller.addEventListener("scroll", () => {
      if (this.#isNearEnd) this.newer.hidden = true;
    });
  }

  /** From now on replies can be read aloud. */
  speakWith(speech) {
    this.speech = speech;
    for (const [message, reply] of this.readable) this.#addListen(message, reply);
  }

  /** Show a whole conversation, without announcing it piece by piece. */
  restore(said, replies) {
    this.clear();
    this.thread.setAttribute("aria-busy", "true");
    const pieces = [
      ...said.map((one) => ({ at: one.after + 0.5, show: () => this.#addSaid(one) })),
      ...replies.map((one) => ({ at: one.id, show: () => this.#addReply(one) })),
    ];
    pieces.sort((a, b) => a.at - b.at).forEach((piece) => piece.show());
    for (const one of said) if (one.press) this.#markChosen(one.press.asking, one.press.option);
    this.#showEmpty();
    const end = this.thread.childElementCount === 0 ? 0 : this.scroller.scrollHeight;
    this.scroller.scrollTo({ top: end, behavior: "instant" });
    requestAnimationFrame(() => this.thread.removeAttribute("aria-busy"));
  }

  say(said) {
    const message = this.#addSaid(said);
    message.classList.add("arriving");
    this.#showEmpty();
    this.#bringUp(message);
  }

  /** Add replies; with `said`, they answer it and the eye stays at the question. What is urgent
   *  is brought up before all else. */
  reply(replies, said) {
    const wasNearEnd = this.#isNearEnd;
    const added = replies.filter((one) => !this.#has(one.id)).map((one) => this.#addReply(one));
    if (added.length === 0) return;
    added.forEach((message) => message.classList.add("arriving"));
    this.#showEmpty();
    const urgent = added.find((message) => message.classList.contains("emergency"));
    const question = said && this.#said(said.update);
    if (urgent || question || wasNearEnd) this.#bringUp(urgent || question || added[0]);
    else this.newer.hidden = false;
  }

  /** Show what was kept of the words: numbers that point to a person are hidden in it. */
  masked(update, text) {
    const message = this.#said(update);
    if (message) write(message, text);
  }

  delayed(update, why) {
    const message = this.#said(update);
    if (!message) return;
    const delay = message.querySelector(".delay");
    delay.hidden = why === "";
    delay.querySelector("span").textContent = why;
    if (why !== "") message.scrollIntoView({ block: "nearest" });
  }

  /** Buttons of any other list than this one are old. */
  open(asking) {
    for (const list of this.thread.querySelectorAll(".options")) {
      const old = Number(list.dataset.asking) !== asking;
      list.classList.toggle("old", old);
      list.setAttribute("aria-label", old ? this.words.options_old : this.words.options);
    }
  }

  /** Take away what the server no longer has, and what was typed before that. */
  prune(oldest, updates) {
    for (const message of [...this.thread.children]) {
      const { id, update } = message.dataset;
      const gone = id === undefined ? updates.includes(update) : Number(id) < (oldest ?? Infinity);
      if (gone) message.remove();
    }
    this.#showEmpty();
  }

  shows(update) {
    return this.#said(update) !== null;
  }

  clear() {
    this.speech?.stop();
    this.readable.clear();
    this.thread.replaceChildren();
    this.newer.hidden = true;
  }

  #addSaid(said) {
    const message = clone("said-template");
    message.dataset.update = said.update;
    message.querySelector(".who").textContent = this.words.mine;
    write(message, said.text);
    this.thread.append(message);
    return message;
  }

  #addReply(reply) {
    const message = clone("reply-template");
    message.dataset.id = reply.id;
    message.querySelector(".who").textContent = this.words.bot;
    write(message, reply.text);
    const more = message.querySelector(".more");
    if (reply.emergency) this.#addUrgency(message, more, reply);
    if (reply.link?.match(/^\/(?![/\\])/)) more.append(this.#link(reply.link));
    if (reply.choices) more.append(this.#choices(reply.choices));
    this.readable.set(message, reply);
    if (this.speech) this.#addListen(message, reply);
    this.thread.append(message);
    return message;
  }

  #addUrgency(message, more, reply) {
    message.classList.add("emergency");
    const urgent = message.querySelector(".urgent");
    urgent.hidden = false;
    urgent.querySelector("span").textContent = this.words.urgent;
    for (const number of new Set(reply.text.match(EMERGENCY_NUMBERS))) {
      const call = clone("call-template");
      call.href = `tel:${number}`;
      call.querySelector("span").textContent = this.words.call.replace("{number}", number);
      more.append(call);
    }
  }

  #link(path) {
    const link = document.createElement("a");
    link.className = "way";
    link.href = path;
    const words = document.createElement("span");
    words.className = "words";
    words.textContent = path.startsWith("/c/") ? this.words.record : this.words.open;
    link.append(words);
    return link;
  }

  #choices(choices) {
    if (choices.ordering) return this.#order(choices);
    const list = document.createElement("div");
    list.className = "options";
    list.setAttribute("role", "group");
    list.dataset.asking = choices.asking;
    choices.options.forEach((option, position) => {
      const button = clone("option-template");
      button.querySelector(".number").textContent = option.mark;
      button.querySelector(".words").textContent = option.label;
      button.addEventListener("click", () => this.#press(list, position, option));
      list.append(button);
    });
    return list;
  }

  #order(choices) {
    const list = document.createElement("ul");
    list.className = "order";
    list.setAttribute("aria-label", this.words.order);
    for (const option of choices.options) {
      const line = document.createElement("li");
      const mark = document.createElement("b");
      const label = document.createElement("span");
      mark.textContent = `${option.mark}.`;
      label.textContent = option.label;
      line.append(mark, " ", label);
      list.append(line);
    }
    return list;
  }

  /** An old button is sent too: the answer says that it was not counted. A double tap is not. */
  #press(list, position, option) {
    const now = performance.now();
    if (now - Number(list.dataset.pressed ?? -Infinity) < DOUBLE_TAP_MS) return;
    list.dataset.pressed = now;
    const asking = Number(list.dataset.asking);
    if (!list.classList.contains("old")) {
      this.open(null);
      this.#markChosen(asking, position);
    }
    this.told.pressed(asking, position, `${option.mark}. ${option.label}`);
  }

  #markChosen(asking, position) {
    const list = this.thread.querySelector(`.options[data-asking="${asking}"]`);
    if (!list || list.querySelector(".chosen")) return;
    const button = list.children[position];
    if (!button) return;
    button.classList.add("chosen");
    const note = document.createElement("span");
    note.className = "unseen";
    note.textContent = `, ${this.words.chosen}`;
    button.append(note);
  }

  #addListen(message, reply) {
    const button = clone("listen-template");
    const label = button.querySelector("span");
    const show = (speaking) => {
      button.setAttribute("aria-pressed", String(speaking));
      label.textContent = speaking ? this.words.listening : this.words.listen;
    };
    show(false);
    const options = (reply.choices?.options ?? []).map((one) => `${one.mark}. ${one.label}.`);
    button.addEventListener("click", () =>
      this.speech.toggle([reply.text, ...options].join("\n"), show),
    );
    message.querySelector(".more").append(button);
  }

  #has(id) {
    return this.thread.querySelector(`[data-id="${id}"]`) !== null;
  }

  #said(update) {
    return this.thread.querySelector(`[data-update="${update}"]`);
  }

  #showEmpty() {
    part("empty").hidden = this.thread.childElementCount > 0;
  }

  get #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #bringUp(message) {
    this.newer.hidden = true;
    message.scrollIntoView({ block: "start" });
  }

  #toNewest() {
    this.newer.hidden = true;
    this.thread.lastElementChild?.scrollIntoView({ block: "start" });
    this.scroller.focus({ preventScroll: true });
  }
}

function clone(id) {
  return part(id).content.firstElementChild.cloneNode(true);
}

/** One element a line; an empty line parts what belongs together. */
function write(message, text) {
  const lines = text.split(/\n{2,}/).flatMap((paragraph) =>
    paragraph.split("\n").map((words, number) => {
      const line = document.createElement("p");
      line.className = number === 0 ? "apart" : "";
      line.textContent = words;
      return line;
    }),
  );
  message.querySelector(".text").replaceChildren(...lines);
}
