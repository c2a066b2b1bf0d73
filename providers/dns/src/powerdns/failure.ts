import { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** Returns the content of an answer; undefined if it is empty. Throws the server's reason if it rejects the request. */
export function explainAnswer({ url }: PowerdnsSettings, status: number, text: string): unknown {
  const content = parse(text);
  if (status >= 200 && status < 300) {
    if (content !== undefined || text === "") return content;
    throw notTheApi(url, status);
  }
  if (status === 401) {
    throw failure(
      `${url} rejects the API key`,
      "dns.powerdns.key",
      "Compare the secret of `connection.powerdns.apiKey` with `api-key` in the server's pdns.conf",
    );
  }
  // Whether 404 and 409 come as JSON or as plain text depends on the server's version.
  const words = errorIn(content) ?? (/^\w[\w ]*$/.test(text.trim()) ? text.trim() : undefined);
  if (words === undefined) throw notTheApi(url, status);
  if (status === 409) throw failure(`${url} has it already: ${words}`, "dns.powerdns.exists", "Apply again");
  if (/Conflicts with (pre-existing|another) RRset/.test(words)) {
    throw failure(
      `${url} rejects the change: ${words}`,
      "dns.cname.beside",
      "Remove the existing records first, or choose another name",
    );
  }
  throw failure(
    `${url} rejects the request: ${words} (status ${status})`,
    "dns.powerdns.refused",
    "Change the inputs that the reason names; the server's log may have details",
  );
}

/** Converts a failure of HTTP to an error of this provider. Failures of TLS keep their codes. */
export function explainFailure(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  switch (error.code) {
    case "http.server.closed":
    case "http.answer.invalid":
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
    case "http.redirect":
      return failure(error.message, "dns.powerdns.unexpected", apiHint);
    default:
      return error;
  }
}

const apiHint =
  "Set `connection.powerdns.url` to the webserver of PowerDNS Authoritative, and `api=yes` in its configuration";

const notTheApi = (url: string, status: number): ProviderError =>
  failure(`the server at ${url} is not the API of PowerDNS (status ${status})`, "dns.powerdns.unexpected", apiHint);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorIn(content: unknown): string | undefined {
  if (typeof content !== "object" || content === null || !("error" in content)) return undefined;
  return String(content.error);
}
