import {
  MalformedMessage,
  MessageTooLong,
  TransportError,
  TsigError,
  type Message,
  type TsigFault,
} from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { textOf } from "../name.ts";
import type { Rfc2136Settings } from "./settings.ts";

/** Any failure of talking to a server, in words for people. What is already in such words stays. */
export function explain(error: unknown, settings: Rfc2136Settings): unknown {
  if (error instanceof TransportError) return explainTransport(error, settings);
  if (error instanceof TsigError) return explainTsig(error, settings);
  if (error instanceof MessageTooLong) {
    return failure(
      `the update would be a message of ${error.octets} octets, and DNS has at most 65535`,
      "dns.message.tooLong",
      "Declare fewer or shorter records together",
      error,
    );
  }
  if (error instanceof MalformedMessage) {
    return failure(
      `what ${addressOf(settings)} answers is no DNS message: ${error.message}`,
      "dns.answer.malformed",
      "Let `connection` name the port of a name server",
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
      "Apply again: it looks first and goes on from what is there. The server's log says why it closed",
      error,
    );
  }
  const isSilent = error.kind === "silent";
  return failure(
    isSilent
      ? `${address} did not answer: ${error.message}`
      : `nothing answers at ${address} on TCP (${error.message})`,
    "dns.server.unreachable",
    isSilent
      ? "See that it is a name server and not overloaded, then apply again"
      : "See that the name server runs and listens there, also on TCP: updates go over TCP alone",
    error,
  );
}

const keyOf = ({ tsig }: Rfc2136Settings): string => `the key ${tsig.name} (${tsig.algorithm})`;

function explainTsig(error: TsigError, settings: Rfc2136Settings): ProviderError {
  return inWords[error.fault](error, settings);
}

type InWords = (error: TsigError, settings: Rfc2136Settings) => ProviderError;

const otherSecret: InWords = (error, settings) =>
  failure(
    `${addressOf(settings)} cannot verify what is signed with ${keyOf(settings)}: it has another secret for it (${error.answer.rcode}, ${error.fault})`,
    "dns.key.refused",
    "Let `tsig.secret` refer to the secret that the server has for this key",
    error,
  );

const otherClock: InWords = (error, settings) =>
  failure(
    error.fault === "BADTIME"
      ? `the clock of ${addressOf(settings)} ${differenceInWords(error.secondsAhead)}, more than a signature with ${keyOf(settings)} allows (${error.answer.rcode}, BADTIME)`
      : `the answer of ${addressOf(settings)} was signed with ${keyOf(settings)} at another time than now`,
    "dns.clock.differs",
    "Set the clocks of this machine and of the server by NTP",
    error,
  );

const notFromThere: InWords = (error, settings) =>
  failure(
    `the answer of ${addressOf(settings)} is not signed with ${keyOf(settings)}: it may not come from this server`,
    "dns.answer.forged",
    "See what is between here and the server; nothing it says is believed",
    error,
  );

const inWords: Readonly<Record<TsigFault, InWords>> = {
  BADKEY: (error, settings) =>
    failure(
      `${addressOf(settings)} does not take ${keyOf(settings)}: it knows no such key with this algorithm, or does not let it do this (${error.answer.rcode}, BADKEY)`,
      "dns.key.refused",
      "Give the server the key by this very name and with this algorithm, and let it update the zone; Knot says so too where only the right is missing",
      error,
    ),
  BADSIG: otherSecret,
  BADTRUNC: otherSecret,
  BADTIME: otherClock,
  stale: otherClock,
  forged: notFromThere,
  foreign: notFromThere,
  unsigned: explainUnsigned,
};

/** Servers refuse without a signature where they have no key to sign with. */
function explainUnsigned(error: TsigError, settings: Rfc2136Settings): ProviderError {
  const address = addressOf(settings);
  const key = keyOf(settings);
  const { rcode } = error.answer;
  if (rcode === "NOTIMP") return unsupported(settings, error);
  if (rcode === "REFUSED" || rcode === "NOTAUTH") {
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    return failure(
      `${address} refuses what is signed with ${key} and does not say why (${rcode}, unsigned): it has no such zone, or not this key, algorithm or secret, or its clock is not near ${now}`,
      "dns.key.refused",
      "The server's log says which; `tsig` must name a key as the server has it",
      error,
    );
  }
  return failure(
    `${address} answers without a signature (${rcode}), so anybody may have answered`,
    "dns.answer.forged",
    `Let the server know ${key}`,
    error,
  );
}

const unsupported = (settings: Rfc2136Settings, cause?: unknown): ProviderError =>
  failure(
    `${addressOf(settings)} has no dynamic update (NOTIMP)`,
    "dns.update.unsupported",
    "Use a primary that takes updates (BIND, Knot, PowerDNS), or another kind of `connection`; NSD only serves files and transfers",
    cause,
  );

export const badSecret = ({ tsig }: Rfc2136Settings): ProviderError =>
  failure(
    `the secret of the TSIG key ${tsig.name} is not in Base64`,
    "dns.key.malformed",
    "Put the bare secret there, as `tsig-keygen` prints it between the quotes",
  );

function differenceInWords(secondsAhead: number | undefined): string {
  if (secondsAhead === undefined) return "is another";
  return `is ${Math.abs(secondsAhead)} s ${secondsAhead < 0 ? "behind" : "ahead of"} ours`;
}

/** An answer that is not one to a look. */
export function refusedLook(settings: Rfc2136Settings, { rcode, questions }: Message): ProviderError {
  const [question] = questions;
  const what = question === undefined ? "a question" : `the question for ${textOf(question.name)} ${question.type}`;
  return failure(
    `${addressOf(settings)} answers ${rcode} to ${what}`,
    "dns.look.refused",
    "Let the server answer for this zone; its log says what is wrong",
  );
}

/** The code of an update that no prerequisite explains. */
export function refusedUpdate(settings: Rfc2136Settings, rcode: string, zone: string): ProviderError {
  const address = addressOf(settings);
  const zoneText = textOf(zone);
  switch (rcode) {
    case "REFUSED":
      return failure(
        `${address} does not let ${keyOf(settings)} change the zone ${zoneText} (REFUSED)`,
        "dns.update.refused",
        "Give the key the right to update the zone (BIND: update-policy, Knot: acl, PowerDNS: TSIG-ALLOW-DNSUPDATE); the server's log says what it misses",
      );
    case "NOTAUTH":
      return failure(
        `${address} is not primary for the zone ${zoneText} (NOTAUTH)`,
        "dns.zone.missing",
        "Let `connection` name the zone's primary",
      );
    case "NOTIMP":
      return unsupported(settings);
    case "NOTZONE":
      return failure(
        `${address} finds a name that is not in the zone ${zoneText} (NOTZONE)`,
        "dns.name.outside",
        "Give each record to the zone that its name is in",
      );
    default:
      return failure(
        `${address} fails to update the zone ${zoneText} (${rcode})`,
        "dns.update.failed",
        "The server's log says why; apply again when that is mended",
      );
  }
}
