/** An attempt did not finish in its time. The time that this process could not run does not count. */
export class AttemptTimedOut extends Error {
  override readonly name = "AttemptTimedOut";
  /** The time that counted. */
  readonly seconds: number;
  /** The time that did not count: the event loop was late by it, since the machine gave this process no CPU. */
  readonly starvedSeconds: number;

  constructor(seconds: number, starvedSeconds: number) {
    super(`no answer within ${Math.round(seconds * 10) / 10} s`);
    this.seconds = seconds;
    this.starvedSeconds = starvedSeconds;
  }
}
