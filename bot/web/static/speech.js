// Reading aloud, only with a Vietnamese voice that lives on this device: other voices send the text
// to their maker.

/** What reads aloud; null when the device has no such voice. */
export async function speech() {
  if (!("speechSynthesis" in window)) return null;
  const found = voice() ?? (await laterVoice());
  return found === undefined ? null : new Speech(found);
}

class Speech {
  constructor(voice) {
    this.voice = voice;
    this.stopped = null;
  }

  /** Read this, or stop reading it; `show` is told whether it is being read. */
  toggle(text, show) {
    const wasThis = this.stopped === show;
    this.stop();
    if (wasThis) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = this.voice;
    utterance.lang = this.voice.lang;
    utterance.rate = 0.9;
    utterance.addEventListener("end", () => this.#ended(show));
    utterance.addEventListener("error", () => this.#ended(show));
    this.stopped = show;
    show(true);
    speechSynthesis.speak(utterance);
  }

  stop() {
    speechSynthesis.cancel();
    if (this.stopped) this.#ended(this.stopped);
  }

  #ended(show) {
    show(false);
    if (this.stopped === show) this.stopped = null;
  }
}

function voice() {
  return speechSynthesis
    .getVoices()
    .find((one) => one.localService && /^vi\b/i.test(one.lang.replace("_", "-")));
}

/** Browsers load their list of voices late; a device without any never says that it is done. */
function laterVoice() {
  return new Promise((resolve) => {
    const done = () => resolve(voice());
    speechSynthesis.addEventListener("voiceschanged", done, { once: true });
    setTimeout(done, 1_500);
  });
}
