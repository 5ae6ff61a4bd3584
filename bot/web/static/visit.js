// A visit: the key by which the server knows this browser, and what was typed here.
// On one's own phone it lies in localStorage; on a borrowed one in sessionStorage, together with the
// replies, because there the server drops each reply once it was shown.

const KEY = "key";
const SAID = "said";
const REPLIES = "replies";
const TOUCHED = "touched";
const SIZE = "size";
const KEY_BYTES = 16;
const UPDATE_BYTES = 12;

export class Visit {
  /** The visit that goes on in this tab or on this phone; null when there is none. */
  static resume(idleMs) {
    const borrowed = opened("sessionStorage");
    if (borrowed.getItem(KEY) !== null) {
      const visit = new Visit(borrowed, true);
      if (!visit.isIdle(idleMs)) return visit;
      visit.forget();
    }
    const own = opened("localStorage");
    return own.getItem(KEY) === null ? null : new Visit(own, false);
  }

  static begin(borrowed) {
    const storage = opened(borrowed ? "sessionStorage" : "localStorage");
    if (borrowed) moveSize(storage);
    storage.setItem(KEY, random(KEY_BYTES));
    const visit = new Visit(storage, borrowed);
    visit.touch();
    return visit;
  }

  constructor(storage, borrowed) {
    this.storage = storage;
    this.borrowed = borrowed;
    this.key = storage.getItem(KEY);
  }

  /** What was typed or pressed, oldest first. */
  get said() {
    return read(this.storage, SAID);
  }

  /** The replies shown; kept only on a borrowed phone. */
  get replies() {
    return this.borrowed ? read(this.storage, REPLIES) : [];
  }

  /** Whether this tab may still write: another tab may have ended the visit. */
  get isOver() {
    return this.storage.getItem(KEY) !== this.key;
  }

  say(what, after) {
    const said = {
      ...what,
      update: random(UPDATE_BYTES),
      written: Date.now(),
      after,
      state: "waiting",
    };
    this.#write(SAID, [...this.said, said]);
    this.touch();
    return said;
  }

  note(update, changes) {
    this.#write(
      SAID,
      this.said.map((one) => (one.update === update ? { ...one, ...changes } : one)),
    );
  }

  keep(replies) {
    if (!this.borrowed || replies.length === 0) return;
    const known = new Map([...this.replies, ...replies].map((one) => [one.id, one]));
    this.#write(REPLIES, [...known.values()].sort((a, b) => a.id - b.id));
  }

  /** Fragments that waited for more words were answered by this reply. */
  settle(id) {
    for (const one of this.said) {
      if (one.state === "held") this.note(one.update, { state: "sent", after: id - 1 });
    }
  }

  /** Drop what was answered before the oldest reply that the server still has; gives what is gone. */
  prune(oldest) {
    if (this.borrowed) return [];
    const gone = this.said.filter((one) => isGone(one, oldest));
    if (gone.length > 0) this.#write(SAID, this.said.filter((one) => !isGone(one, oldest)));
    return gone.map((one) => one.update);
  }

  touch() {
    if (this.borrowed && !this.isOver) this.storage.setItem(TOUCHED, String(Date.now()));
  }

  isIdle(idleMs) {
    return this.borrowed && Date.now() - Number(this.storage.getItem(TOUCHED)) >= idleMs;
  }

  forget() {
    if (this.isOver) return;
    for (const name of [KEY, SAID, REPLIES, TOUCHED]) this.storage.removeItem(name);
    if (this.borrowed) this.storage.removeItem(SIZE);
  }

  #write(name, value) {
    if (!this.isOver) this.storage.setItem(name, JSON.stringify(value));
  }
}

function isGone(said, oldest) {
  return said.state === "sent" && (oldest === null || said.after + 1 < oldest);
}

function read(storage, name) {
  try {
    const value = JSON.parse(storage.getItem(name));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function random(bytes) {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** «Chữ to», pressed before the phone was called borrowed, must not outlive the visit either. */
function moveSize(storage) {
  const size = opened("localStorage").getItem(SIZE);
  if (size === null) return;
  storage.setItem(SIZE, size);
  opened("localStorage").removeItem(SIZE);
}

const inMemory = new Map();

/** The browser's storage, or one in memory where it is switched off. */
function opened(name) {
  try {
    const storage = window[name];
    storage.setItem("probe", "");
    storage.removeItem("probe");
    return storage;
  } catch {
    if (!inMemory.has(name)) inMemory.set(name, memory());
    return inMemory.get(name);
  }
}

function memory() {
  const items = new Map();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => items.set(name, value),
    removeItem: (name) => items.delete(name),
  };
}
