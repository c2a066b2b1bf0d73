/** Decodes what is encoded; anything else stays. Source: Perl's URI::Escape */
export function uriUnescape(text: string): string {
  const bytes = Buffer.from(text, "utf8")
    .toString("latin1")
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
