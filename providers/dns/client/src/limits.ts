/** RFC 1035, section 4.2.2: the length prefix has two octets. */
export const longestMessage = 0xff_ff;

/** The message exceeds DNS' limit of 65,535 octets. */
export class MessageTooLong extends Error {
  override readonly name = "MessageTooLong";
  readonly octets: number;

  constructor(octets: number) {
    super(`a message of ${octets} octets; DNS has at most ${longestMessage}`);
    this.octets = octets;
  }
}

/** Octets of the largest accepted transfer: enough for a million records. */
export const largestTransfer = 64 * 1024 * 1024;

/** A transfer goes on beyond every reasonable size. */
export class TransferTooLarge extends Error {
  override readonly name = "TransferTooLarge";

  constructor(limit: number) {
    super(`the transfer is larger than ${limit} octets`);
  }
}
