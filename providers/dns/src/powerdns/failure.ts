import { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** What an answer holds; throws the server's words where it is a refusal. Undefined where it holds nothing. */
export function explainAnswer({ url }: PowerdnsSettings, status: number, text: string): unknown {
  const content = parse(text);
  if (status >= 200 && status < 300) {
    if (content !== undefined || text === "") return content;
    throw notTheApi(url, status);
  }
  if (status === 401) {
    throw failure(
      `${url} refuses the API key`,
      "dns.powerdns.key",
      "Check the secret that `connection.powerdns.apiKey` refers to against `api-key` in the server's pdns.conf",
    );
  }
  // Whether 404 and 409 come as JSON or as plain text depends on the server's version.
  const words = errorIn(content) ?? (/^\w[\w ]*$/.test(text.trim()) ? text.trim() : undefined);
  if (words === undefined) throw notTheApi(url, status);
  if (status === 409) throw failure(`${url} has it already: ${words}`, "dns.powerdns.exists", "Apply again");
  if (/Conflicts with (pre-existing|another) RRset/.test(words)) {
    throw failure(
      `${url} refuses it: ${words}`,
      "dns.cname.beside",
      "Remove what is there first, or choose another name",
    );
  }
  throw failure(
    `${url} refuses it: ${words} (status ${status})`,
    "dns.powerdns.refused",
    "Change the inputs that this is about; the server's log may say more",
  );
}

/** A failure below the API: of the network, or of TLS. */
export function explainFailure({ url }: PowerdnsSettings, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ProviderError || error.name === "AbortError") return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO)|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return failure(
      `no TLS connection to ${url}: ${error.message}`,
      "dns.tls.failed",
      "Let `connection.powerdns.ca` name the authority that signed the server's certificate, and `url` a name that the certificate has",
      error,
    );
  }
  if (code === "ECONNRESET" || code === "EPIPE" || code === "HPE_INVALID_CONSTANT") {
    return failure(
      `${url} closed the connection: ${error.message}`,
      "dns.server.closed",
      "Apply again: it looks first and goes on from what is there",
      error,
    );
  }
  return failure(
    `nothing answers at ${url} (${code === "" ? error.message : code})`,
    "dns.server.unreachable",
    "See that PowerDNS runs with `api=yes` and listens there (`webserver-address`, `webserver-allow-from`), and that `connection.powerdns.url` is right",
    error,
  );
}

const notTheApi = (url: string, status: number): ProviderError =>
  failure(
    `what answers at ${url} is not PowerDNS' API (status ${status})`,
    "dns.powerdns.unexpected",
    "Let `connection.powerdns.url` name the webserver of PowerDNS Authoritative, with `api=yes`",
  );

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
