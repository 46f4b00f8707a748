// What is spoken for those who do not see the page: what matters, in a storm only that there is
// one, and when it is over how it ended.

const QUIET_MS = 3000;

export class Speaker {
  #say;
  #outcome;
  #spokenAt = -Infinity;
  #heardAt = -Infinity;
  #isCrowded = false;
  #owesOutcome = false;

  /**
   * @param {(sentence: string) => void} say
   * @param {() => string} outcome How things stand now, in a sentence.
   */
  constructor(say, outcome) {
    this.#say = say;
    this.#outcome = outcome;
  }

  hear(news, now = Date.now()) {
    if (news.severity === 'information' && news.kind !== 'role') return;
    this.#heardAt = now;
    this.#owesOutcome ||= news.kind === 'role' || now - this.#spokenAt < QUIET_MS;
    if (now - this.#spokenAt < QUIET_MS) {
      if (!this.#isCrowded) this.#say('Several things are happening; see the events.');
      this.#isCrowded = true;
      return;
    }
    this.#spokenAt = now;
    this.#isCrowded = false;
    this.#say(`${news.box}: ${news.subject} ${news.sentence}`);
  }

  /** Called now and then: once nothing more happens, it says who has what. */
  look(now) {
    if (!this.#owesOutcome || now - this.#heardAt < QUIET_MS) return;
    this.#owesOutcome = false;
    this.#spokenAt = now;
    this.#isCrowded = false;
    this.#say(this.#outcome());
  }
}
