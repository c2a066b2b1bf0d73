import type { TLSSocket } from "node:tls";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** The error of a connection whose server matches no pin; undefined if it matches one, or no pin is given. */
export type PinCheck = (socket: TLSSocket) => ProviderError<ErrorCode> | undefined;

/** Prepares the comparison, which must not wait once the connection is open. `input` names the pins, for the hint. */
export async function pinCheck(pins: readonly string[], address: string, input: string): Promise<PinCheck> {
  if (pins.length === 0) return () => undefined;
  // Only pins of a public key need it: it takes 7 ms to load.
  const crypto = pins.some(isOfKey) ? await import("node:crypto") : undefined;
  const wanted = new Set(pins.map((pin) => (isOfKey(pin) ? pin : plain(pin))));
  return (socket) => {
    const certificate = socket.getPeerX509Certificate();
    const fingerprint = plain(certificate?.fingerprint256 ?? "");
    if (wanted.has(fingerprint)) return undefined;
    const key = certificate?.publicKey.export({ type: "spki", format: "der" });
    if (crypto !== undefined && key !== undefined) {
      if (wanted.has(`sha256//${crypto.createHash("sha256").update(key).digest("base64")}`)) return undefined;
    }
    return new ProviderError<ErrorCode>(
      `the certificate of ${address} has the SHA-256 fingerprint ${fingerprint}, which matches none of the pins`,
      {
        code: "tls.pin",
        hint: `Check the server's certificate; if it was replaced on purpose, add its pin to \`${input}\``,
      },
    );
  };
}

const isOfKey = (pin: string): boolean => pin.startsWith("sha256//");
const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();
