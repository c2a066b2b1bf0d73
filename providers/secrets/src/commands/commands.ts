import type { Command, Commands } from "@nixops4-resources/protocol-core/command";
import { audit } from "./audit.ts";
import { importSecret } from "./import.ts";
import { list } from "./inventory.ts";
import { rewrap } from "./rewrap.ts";
import { rotate } from "./rotate.ts";
import { show } from "./show.ts";

const connection = { type: "string", short: "c" } as const;

/** Each takes the store from a file with the input `connection` as JSON. */
const commands = {
  list: {
    usage: "--connection FILE",
    summary: "list every secret that this identity decrypts, without values",
    options: { connection },
    run: list,
  },
  show: {
    usage: "NAME --connection FILE [--reveal]",
    summary: "show everything about a secret but its value; with --reveal, only the value",
    options: { connection, reveal: { type: "boolean" } },
    run: show,
  },
  rotate: {
    usage: "NAME --connection FILE",
    summary: "generate a new value; the next apply updates every resource that uses the secret",
    options: { connection },
    run: rotate,
  },
  rewrap: {
    usage: "[NAME...] --connection FILE",
    summary: "re-encrypt the named secrets (default: all) to the declared recipients and this identity",
    options: { connection },
    run: rewrap,
  },
  audit: {
    usage: "[NAME] --connection FILE",
    summary:
      "show the age of each value, and who read it if the store records that; exit status 2 if a value has expired",
    options: { connection },
    run: audit,
  },
  import: {
    usage: "NAME --connection FILE [--from REFERENCE]",
    summary:
      "store an existing value from stdin or a secret reference in JSON; a resource adopts it with `adopt = true`",
    options: { connection, from: { type: "string" } },
    run: importSecret,
  },
} satisfies Record<string, Command>;

export default commands as Commands;
