import { InvalidValue } from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import type { Answer } from "@nixops4-resources/protocol-http";
import type { ErrorCode } from "../errors.ts";
import { failure } from "../failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** The answer, if it is a success. Throws the server's words if it is a refusal. */
export function explainAnswer({ url, serverId }: PowerdnsSettings, answer: Answer): Answer {
  if (answer.isSuccess) return answer;
  const { status } = answer;
  if (status === 401) {
    throw failure(
      `${url} rejects the API key`,
      "dns.powerdns.key",
      "Compare the secret of `connection.powerdns.apiKey` with `api-key` in the server's pdns.conf",
    );
  }
  if (status === 404) {
    throw failure(
      `${url} answers 404 Not Found to ${inShort(answer)}: it has no server \`${serverId}\` at this path, or somebody deleted the zone just now`,
      "dns.powerdns.notFound",
      "Check `connection.powerdns.url` (its path, without `/api/v1`) and `connection.powerdns.serverId` (always `localhost` in PowerDNS)",
    );
  }
  // Whether 409 comes as JSON or as plain text depends on the server's version.
  const words = wordsIn(answer);
  if (words === undefined) throw notTheApi(url, answer);
  if (status === 409) throw failure(`${url} has it already: ${words}`, "dns.powerdns.exists", "Apply again");
  if (/Conflicts with (pre-existing|another) RRset/.test(words)) {
    throw failure(
      `${url} rejects the change: ${words}`,
      "dns.cname.beside",
      "Remove the existing records first, or choose another name",
    );
  }
  throw failure(
    `${url} rejects the request: ${words} (status ${status}${status >= 500 ? outcomeOf(answer) : ""})`,
    "dns.powerdns.refused",
    "Change the inputs that the reason names; the server's log may have details",
  );
}

/** Converts a failure of HTTP to an error of this provider. Failures of TLS keep their codes. */
export function explainFailure(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  switch (error.code) {
    case "http.server.closed":
      return failure(
        error.message,
        "dns.server.closed",
        "Apply again: the provider reads the existing zone and continues from there",
        error.cause,
      );
    case "http.server.unreachable":
      return failure(
        error.message,
        "dns.server.unreachable",
        "Check that PowerDNS runs with `api=yes`, that it listens there (`webserver-address`, `webserver-allow-from`), and that `connection.powerdns.url` is right",
        error.cause,
      );
    case "http.answer.invalid":
    case "http.redirect":
      return failure(error.message, "dns.powerdns.unexpected", apiHint);
    default:
      return error;
  }
}

/** Whether the server answers 404, which is no proof that something is missing. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ProviderError && error.code === ("dns.powerdns.notFound" satisfies ErrorCode);

/** The result of the work, whose values come from the server: one that is no DNS data is the server's error. */
export function ofServer<T>(url: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw unexpected(url, `sends a name or value that is no DNS data: it must be ${error.message}`, error);
  }
}

/** The server answered, in the form of its API, something that the API does not answer. */
export const unexpected = (url: string, what: string, cause?: unknown): ProviderError =>
  failure(`${url} ${safeText(what)}`, "dns.powerdns.unexpected", apiHint, cause);

/** A write must be confirmed by 204: a proxy may answer 200 in the server's place. */
export const notEmpty = ({ url }: PowerdnsSettings, answer: Answer): ProviderError =>
  unexpected(url, `confirms ${inShort(answer)} with status ${answer.status} instead of 204${outcomeOf(answer)}`);

const apiHint = "Set `connection.powerdns.url` to the webserver of PowerDNS Authoritative, with `api=yes`";

const notTheApi = (url: string, answer: Answer): ProviderError =>
  unexpected(url, `is not PowerDNS' API: it answers with status ${answer.status}${outcomeOf(answer)}`);

const outcomeOf = ({ asked }: Answer): string =>
  asked.writes ? "; the request was sent, so it is unknown whether it took effect" : "";

const inShort = ({ asked: { method, path } }: Answer): string => `${method} ${path.replace(/\?.*$/, "")}`;

/** The API's documented field `error`, or the phrase of a status as plain text. */
function wordsIn(answer: Answer): string | undefined {
  const content = answer.tryJson();
  if (typeof content === "object" && content !== null && "error" in content && typeof content.error === "string")
    return safeText(content.error);
  const text = answer.text.trim();
  return /^\w[\w ]{0,60}$/.test(text) ? text : undefined;
}
