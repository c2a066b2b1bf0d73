import type { TsigError, TsigFault } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import type { Rfc2136Settings } from "./settings.ts";

/** The key as named in messages. */
export const describeKey = ({ tsig }: Rfc2136Settings): string => `the key ${tsig.name} (${tsig.algorithm})`;

type Explain = (error: TsigError, settings: Rfc2136Settings) => ProviderError;

export const explainTsig: Explain = (error, settings) => explanations[error.fault](error, settings);

const otherSecret: Explain = (error, settings) =>
  failure(
    `${addressOf(settings)} cannot verify a request signed with ${describeKey(settings)}: the server has a different secret for it (${error.answer.rcode}, ${error.fault})`,
    "dns.key.refused",
    "Set `tsig.secret` to the secret that the server has for this key",
    error,
  );

const otherClock: Explain = (error, settings) =>
  failure(
    error.fault === "BADTIME"
      ? `the clock of ${addressOf(settings)} ${describeDifference(error.secondsAhead)}, more than a signature with ${describeKey(settings)} allows (${error.answer.rcode}, BADTIME)`
      : `the signature of ${addressOf(settings)}'s answer with ${describeKey(settings)} is too old or from the future`,
    "dns.clock.differs",
    "Synchronize the clocks of this machine and of the server by NTP",
    error,
  );

const notFromServer: Explain = (error, settings) =>
  failure(
    `the answer of ${addressOf(settings)} is not signed with ${describeKey(settings)}: another machine may have sent or changed it`,
    "dns.answer.forged",
    "Check the network between this machine and the server",
    error,
  );

const unknownKey: Explain = (error, settings) =>
  failure(
    `${addressOf(settings)} rejects ${describeKey(settings)}: it does not know the key with this algorithm, or does not grant the key this request (${error.answer.rcode}, BADKEY)`,
    "dns.key.refused",
    "Configure the key on the server with this name and algorithm, and grant it the right to update the zone (Knot answers the same if only the right is missing)",
    error,
  );

/** A server without a matching key refuses without a signature. */
const unsigned: Explain = (error, settings) => {
  const address = addressOf(settings);
  const key = describeKey(settings);
  const { rcode } = error.answer;
  if (rcode === "NOTIMP") return unsupported(settings, error);
  if (rcode === "REFUSED" || rcode === "NOTAUTH") {
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    return failure(
      `${address} refuses a request signed with ${key}, without a reason (${rcode}, unsigned): it does not have the zone, has a different key, algorithm or secret, or its clock differs from ${now}`,
      "dns.key.refused",
      "Read the reason in the server's log, and set `tsig` to a key as configured on the server",
      error,
    );
  }
  return failure(
    `${address} answers without a signature (${rcode}), so the answer may be forged`,
    "dns.answer.forged",
    `Configure ${key} on the server`,
    error,
  );
};

const explanations: Readonly<Record<TsigFault, Explain>> = {
  BADKEY: unknownKey,
  BADSIG: otherSecret,
  BADTRUNC: otherSecret,
  BADTIME: otherClock,
  stale: otherClock,
  forged: notFromServer,
  foreign: notFromServer,
  unsigned,
};

export const unsupported = (settings: Rfc2136Settings, cause?: unknown): ProviderError =>
  failure(
    `${addressOf(settings)} does not support dynamic updates (NOTIMP)`,
    "dns.update.unsupported",
    "Use a primary server that supports them (BIND, Knot, PowerDNS; not NSD), or another kind of `connection`",
    cause,
  );

function describeDifference(secondsAhead: number | undefined): string {
  if (secondsAhead === undefined) return "differs from ours";
  return `is ${Math.abs(secondsAhead)} s ${secondsAhead < 0 ? "behind" : "ahead of"} ours`;
}
