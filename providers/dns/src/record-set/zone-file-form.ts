import { octetsOf } from "@nixops4-resources/dns-client";
import { failure } from "../failure.ts";

/** The start of a text copied from a zone file: `( "v=DKIM1; "`, or a whole line `www 300 IN TXT "x"`. */
const opening = /^\s*(?:.*\sTXT\s+)?\(?\s*"/s;
const closing = /"\s*\)?\s*$/;
/** The end of one string and the start of the next. */
const between = /"\s+"/;
const escape = /\\[;"]/;

/** Throws if a TXT text was copied from a zone file. The hint has the text that it stands for. */
export function refuseZoneFileForm(text: string, field: string): void {
  const isQuoted = opening.test(text) || between.test(text);
  if (!isQuoted && !escape.test(text)) return;
  const content = isQuoted ? text.replace(opening, "").replace(closing, "").split(between).join("") : text;
  const plain = octetsOf(content).toString("utf8");
  throw failure(
    `\`${field}\` is a text in the form of a zone file: its quotes, parentheses and backslashes would be served literally`,
    "dns.value.invalid",
    `Write ${JSON.stringify(plain)}, or { text = ...; } to serve these characters`,
  );
}
