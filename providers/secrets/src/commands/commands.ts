import type { Commands } from "@nixops4-resources/protocol-core/command";
import { audit } from "./audit.ts";
import { importSecret } from "./import.ts";
import { inventory } from "./inventory.ts";
import { rewrap } from "./rewrap.ts";
import { rotate } from "./rotate.ts";
import { show } from "./show.ts";

const connection = { type: "string", short: "c" } as const;

/** Every command works on the store in `--connection`, a JSON file with the input `connection`. */
const commands = {
  inventory: {
    usage: "--connection FILE",
    summary: "list the secrets of the store that this identity can decrypt, without values",
    options: { connection },
    run: inventory,
  },
  show: {
    usage: "NAME --connection FILE [--reveal]",
    summary: "print what the store knows about a secret, without its value; with --reveal print only the value",
    options: { connection, reveal: { type: "boolean" } },
    run: show,
  },
  rotate: {
    usage: "NAME --connection FILE",
    summary: "generate a new value; the next apply updates the resources that use the secret",
    options: { connection },
    run: rotate,
  },
  rewrap: {
    usage: "[NAME...] --connection FILE",
    summary: "encrypt all or the named secrets again, to their declared recipients and to this identity",
    options: { connection },
    run: rewrap,
  },
  audit: {
    usage: "[NAME] --connection FILE",
    summary:
      "print the age of each version and, if the store records accesses, who read which value; exit status 2 if a value has expired",
    options: { connection },
    run: audit,
  },
  import: {
    usage: "NAME --connection FILE [--from REFERENCE]",
    summary:
      "store an existing value from stdin, or from a secret reference in JSON; a resource adopts it with `adopt = true`",
    options: { connection, from: { type: "string" } },
    run: importSecret,
  },
} satisfies Commands;

export default commands as Commands;
