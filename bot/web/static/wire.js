// Between the page and the server: sends what waits, again and again until it arrived; reads what
// is said; tells the server what was shown. An update keeps its id over all tries, so the server
// answers it once.

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const REQUEST_MS = 20_000;
const LISTEN_MS = 40_000; // the server answers after 25 s at the latest
const TRY_LATER = [408, 425, 429];

export class Wire {
  /** `told` has: answer(body, said), refused(said, why), delayed(said), connected(yes). */
  constructor(visit, told) {
    this.visit = visit;
    this.told = told;
    this.last = 0;
    this.unseen = new Set();
    this.ended = new AbortController();
    this.pumping = false;
    this.retryMs = FIRST_RETRY_MS;
    this.onAwake = () => this.#awake();
    window.addEventListener("online", this.onAwake);
    document.addEventListener("visibilitychange", this.onAwake);
  }

  /** Read the stored replies once, send what waits, then read whatever is said from now on. */
  async start() {
    let wait = 0;
    while (!this.#isOver) {
      await this.#visible();
      const answer = await this.#request(`/chat/replies?after=${this.last}&wait=${wait}`, {
        timeout: LISTEN_MS,
        until: this.#hidden(),
      });
      if (this.#isOver) return;
      if (answer?.ok) {
        this.retryMs = FIRST_RETRY_MS;
        this.told.connected(true);
        this.#take(answer.body, null);
        if (wait === 0) this.pump();
        wait = 1;
      } else if (document.visibilityState === "visible") {
        this.told.connected(answer !== null);
        await this.#pause();
      }
    }
  }

  /** Send what waits, in the order in which it was written. */
  async pump() {
    if (this.pumping || this.#isOver) return;
    this.pumping = true;
    try {
      while (await this.#sendNext());
    } finally {
      this.pumping = false;
    }
  }

  forget() {
    return this.#request("/chat/forget", { method: "POST", keepalive: true });
  }

  close() {
    window.removeEventListener("online", this.onAwake);
    document.removeEventListener("visibilitychange", this.onAwake);
    clearTimeout(this.again);
    this.ended.abort();
  }

  get #isOver() {
    return this.ended.signal.aborted;
  }

  async #sendNext() {
    const said = this.visit.said.find((one) => one.state === "waiting");
    if (said === undefined || this.#isOver) return false;
    const answer = await this.#request("/chat/messages", {
      method: "POST",
      body: {
        update: said.update,
        ...(said.press ? { press: said.press } : { text: said.text }),
        waited_ms: Math.max(0, Date.now() - said.written),
        borrowed: this.visit.borrowed,
      },
    });
    if (this.#isOver) return false;
    if (answer === null || answer.status >= 500 || TRY_LATER.includes(answer.status)) {
      this.told.connected(answer !== null);
      this.told.delayed(said);
      this.again = setTimeout(() => this.pump(), this.#nextRetry());
      return false;
    }
    this.retryMs = FIRST_RETRY_MS;
    this.told.connected(true);
    if (!answer.ok) {
      this.visit.note(said.update, { state: "refused", why: answer.body?.error ?? "" });
      this.told.refused(said, answer.body?.error ?? "");
      return true;
    }
    const { held, replies, said: kept } = answer.body;
    this.visit.note(said.update, {
      state: held ? "held" : "sent",
      ...(replies.length === 0 ? {} : { after: replies[0].id - 1 }),
      ...(kept === null ? {} : { text: kept }),
    });
    this.#take(answer.body, said);
    return true;
  }

  #take(body, said) {
    // This was read before what is already shown: another answer has overtaken it.
    if ((body.newest ?? 0) < this.last) delete body.asking;
    for (const reply of body.replies) {
      this.last = Math.max(this.last, reply.id);
      if (!reply.seen) this.unseen.add(reply.id);
    }
    this.visit.keep(body.replies);
    if (body.replies.length > 0) this.visit.settle(body.replies[0].id);
    this.told.answer(body, said);
    this.#acknowledge();
  }

  async #acknowledge() {
    if (this.unseen.size === 0 || document.visibilityState !== "visible") return;
    const seen = [...this.unseen];
    const answer = await this.#request("/chat/seen", { method: "POST", body: { seen } });
    if (answer?.ok) seen.forEach((id) => this.unseen.delete(id));
  }

  /** The answer, or null when none came. */
  async #request(path, { method = "GET", body, timeout = REQUEST_MS, until, keepalive = false }) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    const timer = setTimeout(abort, timeout);
    if (!keepalive) this.ended.signal.addEventListener("abort", abort);
    until?.addEventListener("abort", abort);
    try {
      const answer = await fetch(path, {
        method,
        headers: {
          "X-Browser": this.visit.key,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        keepalive,
        signal: stop.signal,
      });
      const told = parsed(await answer.text());
      // A page that somebody on the way put in its place (a hotspot asks to log in) is no answer.
      const isOurs = told !== null || answer.status === 204 || !answer.ok;
      return isOurs ? { ok: answer.ok, status: answer.status, body: told } : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.ended.signal.removeEventListener("abort", abort);
    }
  }

  #awake() {
    if (document.visibilityState !== "visible") {
      this.hiding?.abort();
      return;
    }
    this.wake?.();
    clearTimeout(this.again);
    this.pump();
    this.#acknowledge();
  }

  /** A signal that is given when the page is no longer looked at: then nothing is listened to. */
  #hidden() {
    this.hiding = new AbortController();
    return this.hiding.signal;
  }

  #visible() {
    if (document.visibilityState === "visible") return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  #pause() {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, this.#nextRetry());
    });
  }

  #nextRetry() {
    const now = this.retryMs;
    this.retryMs = Math.min(now * 2, LONGEST_RETRY_MS);
    return now;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
