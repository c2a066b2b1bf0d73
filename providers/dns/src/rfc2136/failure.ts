import {
  MalformedMessage,
  MessageTooLong,
  TransferTooLarge,
  TransportError,
  TsigError,
  type Message,
} from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import type { Rfc2136Settings } from "./settings.ts";
import { describeKey, explainTsig, unsupported } from "./tsig-failure.ts";

/** Converts errors of the DNS client to errors for people. Returns other errors unchanged. */
export function explainExchangeError(error: unknown, settings: Rfc2136Settings): unknown {
  if (error instanceof TransportError) return explainTransport(error, settings);
  if (error instanceof TsigError) return explainTsig(error, settings);
  if (error instanceof MessageTooLong) {
    return failure(
      `the update would be a message of ${error.octets} octets; DNS allows at most 65535`,
      "dns.message.tooLong",
      "Declare fewer or shorter records in one resource",
      error,
    );
  }
  if (error instanceof TransferTooLarge) {
    return failure(
      `${addressOf(settings)}: ${error.message}`,
      "dns.transfer.tooLarge",
      "Declare the zone's records by another kind of `connection`, or split the zone",
      error,
    );
  }
  if (error instanceof MalformedMessage) {
    return failure(
      `${addressOf(settings)} does not answer with a valid DNS message: ${error.message}`,
      "dns.answer.malformed",
      "Set `port` in `connection` to the name server's port",
      error,
    );
  }
  return error;
}

function explainTransport(error: TransportError, settings: Rfc2136Settings): ProviderError {
  const address = addressOf(settings);
  if (error.kind === "closed") {
    return failure(
      `${address} closed the connection: ${error.message}`,
      "dns.server.closed",
      "Apply again; if it persists, read the reason in the server's log",
      error,
    );
  }
  if (error.kind === "silent") {
    return failure(
      `${address} did not answer: ${error.message}`,
      "dns.server.unreachable",
      "Check that it is a name server and not overloaded, then apply again",
      error,
    );
  }
  return failure(
    `nothing answers at ${address} on TCP (${error.message})`,
    "dns.server.unreachable",
    "Check that the name server runs and listens there on TCP; updates use TCP only",
    error,
  );
}

export const badSecret = ({ tsig }: Rfc2136Settings): ProviderError =>
  failure(
    `the secret of the TSIG key ${tsig.name} is not in Base64`,
    "dns.key.malformed",
    "Store only the secret there, as `tsig-keygen` prints it between the quotes",
  );

/** The error for a refused query. */
export function refusedLook(settings: Rfc2136Settings, { rcode, questions }: Message): ProviderError {
  const [question] = questions;
  const what = question === undefined ? "a query" : `the query for ${displayName(question.name)} ${question.type}`;
  return failure(
    `${addressOf(settings)} answers ${rcode} to ${what}`,
    "dns.look.refused",
    "Configure the server to answer for this zone; its log has the reason",
  );
}

/** The error for a refused update that no prerequisite explains. */
export function refusedUpdate(settings: Rfc2136Settings, rcode: string, zone: string): ProviderError {
  const address = addressOf(settings);
  const name = displayName(zone);
  switch (rcode) {
    case "REFUSED":
      return failure(
        `${address} does not allow ${describeKey(settings)} to change the zone ${name} (REFUSED)`,
        "dns.update.refused",
        "Grant the key the right to update the zone (BIND: update-policy, Knot: acl, PowerDNS: TSIG-ALLOW-DNSUPDATE); the server's log has the reason",
      );
    case "NOTAUTH":
      return failure(
        `${address} is not primary for the zone ${name} (NOTAUTH)`,
        "dns.zone.missing",
        "Set `connection` to the zone's primary server",
      );
    case "NOTIMP":
      return unsupported(settings);
    case "NOTZONE":
      return failure(
        `${address} reports a name outside the zone ${name} (NOTZONE)`,
        "dns.name.outside",
        "Declare each record in the zone of its name",
      );
    default:
      return failure(
        `${address} fails to update the zone ${name} (${rcode})`,
        "dns.update.failed",
        "Fix the cause in the server's log, then apply again",
      );
  }
}
