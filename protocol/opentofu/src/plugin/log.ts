import { writeStderrNow } from "@nixops4-resources/protocol-core/engine";

/**
 * Writes lines to stderr in the form that the engine reads, and shows with TF_LOG.
 * Source: https://github.com/hashicorp/go-plugin, log_entry.go
 */
export function writeLogLine(text: string): void {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const record = { "@level": "info", "@message": line, "@timestamp": new Date().toISOString() };
    writeStderrNow(`${JSON.stringify(record)}\n`);
  }
}
