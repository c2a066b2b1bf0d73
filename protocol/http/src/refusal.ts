import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import type { Answer } from "./answer.ts";
import type { ErrorCode } from "./errors.ts";

/** Completes a sentence about a write that was sent. */
export const unknownOutcome = "the request was sent, so it is unknown whether it took effect";

/** The error of an answer that is no success. */
export function refusal(answer: Answer): ProviderError<ErrorCode> {
  const { status, asked } = answer;
  const words = wordsOf(answer);
  const reason = `${inShort(answer)}${words === undefined ? "" : `: ${words}`}`;
  if (status === 401) {
    const hint = `Check the secret that \`${asked.credentialInput}\` refers to`;
    return failure(reason, "http.login.refused", hint);
  }
  if (status === 403) {
    const hint = `Grant this permission to the account of \`${asked.credentialInput}\``;
    return failure(reason, "http.permission.denied", hint);
  }
  if (status === 429 || status >= 500) {
    const outcome = asked.writes ? `; ${unknownOutcome}` : "";
    return failure(`${reason}${outcome}`, "http.server.failed", "See the server's log, then apply again");
  }
  return failure(reason, "http.request.refused", "Change the inputs that this is about; see the server's log");
}

/** A redirect would take the credentials elsewhere. */
export function redirect(answer: Answer): ProviderError<ErrorCode> {
  const { asked, headers } = answer;
  const location = safeText(headers.location ?? "an address that it does not name");
  return failure(
    `${inShort(answer)} and redirects to ${location}; redirects are not followed${asked.writes && answer.status === 303 ? `, and ${unknownOutcome}` : ""}`,
    "http.redirect",
    `Set \`${asked.urlInput}\` to the address that answers itself`,
  );
}

/** The error of an answer that should be JSON, or whose JSON has an unexpected value at `wrong`. */
export function invalidAnswer(answer: Answer, wrong?: string): ProviderError<ErrorCode> {
  const instead = wrong === undefined ? bodyOf(answer) : `JSON with an unexpected value at ${wrong || "its top"}`;
  return failure(
    `${inShort(answer)} and ${instead}${wrong === undefined ? " in place of JSON" : ""}${answer.asked.writes ? `; ${unknownOutcome}` : ""}`,
    "http.answer.invalid",
    `Set \`${answer.asked.urlInput}\` to the API itself; a proxy in between may answer in its place`,
  );
}

function bodyOf({ headers, bytes }: Answer): string {
  const type = headers["content-type"];
  if (bytes.length === 0) return "an empty body";
  if (type === undefined) return "a body without a type";
  const short = safeText(type, 60);
  return type.includes("json") ? `${short} that is malformed` : short;
}

/** `https://notes.example.org answers GET /notes/motd with 403 Forbidden` */
function inShort({ asked: { url, method, path }, status, reason }: Answer): string {
  return `${url} answers ${method} ${path.replace(/\?.*$/, "")} with ${status}${reason === "" ? "" : ` ${safeText(reason, 100)}`}`;
}

/** The server's message: a known member of its JSON, or the first line of plain text. Nothing else of a body is printed. */
function wordsOf(answer: Answer): string | undefined {
  const words = safeText(messageIn(answer.tryJson()) ?? plainText(answer) ?? "");
  return words === "" ? undefined : words;
}

function messageIn(content: unknown, depth = 0): string | undefined {
  if (Array.isArray(content)) return messageIn(content[0], depth + 1);
  if (typeof content === "string") return depth === 0 ? undefined : content;
  if (typeof content !== "object" || content === null || depth > 3) return undefined;
  for (const member of ["message", "error", "detail", "title", "errors"]) {
    const value: unknown = Object.hasOwn(content, member) ? Reflect.get(content, member) : undefined;
    const words = value === "" ? undefined : messageIn(value, depth + 1);
    if (words !== undefined) return words;
  }
  return undefined;
}

function plainText({ headers, text }: Answer): string | undefined {
  return /^text\/plain\b/i.test(headers["content-type"] ?? "") ? text.trim().split("\n", 1)[0] : undefined;
}

const failure = (reason: string, code: ErrorCode, hint: string): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code, hint });
