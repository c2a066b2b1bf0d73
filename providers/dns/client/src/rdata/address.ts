import { isIPv4, isIPv6 } from "node:net";
import { InvalidValue } from "../wire/errors.ts";
import type { Field } from "./field.ts";

export const ipv4: Field<string> = {
  accept(given) {
    if (typeof given === "string" && isIPv4(given)) return given;
    throw new InvalidValue(`an IPv4 address, not ${JSON.stringify(given)}`);
  },
  parse: (words) => ipv4.accept(words.next().text),
  print: (value) => value,
  read: (reader) => reader.take(4).join("."),
  write: (writer, value) => writer.bytes(Uint8Array.from(value.split("."), Number)),
};

export const ipv6: Field<string> = {
  accept(given) {
    if (typeof given === "string" && isIPv6(given) && !given.includes("%")) return given;
    throw new InvalidValue(`an IPv6 address, not ${JSON.stringify(given)}`);
  },
  parse: (words) => ipv6.accept(words.next().text),
  print: (value) => value,
  read: (reader) => shortIpv6(Array.from({ length: 8 }, () => reader.u16())),
  write(writer, value) {
    for (const group of ipv6Groups(value)) writer.u16(group);
  },
};

/** The eight groups of an address in any spelling (RFC 4291, section 2.2). */
function ipv6Groups(text: string): number[] {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0];
  const [a = 0, b = 0, c = 0, d = 0] = (dotted ?? "").split(".").map(Number);
  const hex =
    dotted === undefined ? text : text.replace(dotted, `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
  const [front = [], back] = hex
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16))));
  if (back === undefined) return front;
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

/** Shortens the longest run of zeros to `::` (RFC 5952, section 4.2). */
function shortIpv6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(":");
  const [run = ""] = [...text.matchAll(/\b0(?::0)+\b/g)]
    .map(([zeros]) => zeros)
    .sort((one, other) => other.length - one.length);
  if (run === "") return text;
  const at = text.search(new RegExp(String.raw`\b${run}\b`));
  return `${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + run.length).replace(/^:/, "")}`;
}
