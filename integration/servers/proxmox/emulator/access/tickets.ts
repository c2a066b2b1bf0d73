import { randomBytes } from "node:crypto";

interface Ticket {
  readonly user: string;
  readonly csrfToken: string;
  readonly expires: number;
}

const twoHours = 2 * 60 * 60 * 1000;

/** Tickets of users who logged in with a password. Reference: section 2 */
export class Tickets {
  readonly #tickets = new Map<string, Ticket>();

  issue(user: string): { ticket: string; csrfToken: string } {
    const ticket = `PVE:${user}:${hexTime()}::${randomBytes(32).toString("base64")}`;
    const csrfToken = `${hexTime()}:${randomBytes(32).toString("base64")}`;
    this.#tickets.set(ticket, { user, csrfToken, expires: Date.now() + twoHours });
    return { ticket, csrfToken };
  }

  /** The user of a valid ticket. */
  userOf(ticket: string): string | undefined {
    const found = this.#tickets.get(ticket);
    return found !== undefined && found.expires > Date.now() ? found.user : undefined;
  }

  isCsrfToken(ticket: string, csrfToken: string): boolean {
    return this.#tickets.get(ticket)?.csrfToken === csrfToken;
  }
}

const hexTime = (): string =>
  Math.floor(Date.now() / 1000)
    .toString(16)
    .toUpperCase();
