import type { Command, Commands } from "@nixops4-resources/protocol-core/command";
import { audit } from "./audit.ts";
import { importSecret } from "./import.ts";
import { list } from "./inventory.ts";
import { rewrap } from "./rewrap.ts";
import { rotate } from "./rotate.ts";
import { show } from "./show.ts";

const connection = { type: "string", short: "c" } as const;

/** All of them are about the store in a file of the input `connection`, as JSON. */
const commands = {
  list: {
    usage: "--connection FILE",
    summary: "every secret of the store that this identity opens, without values",
    options: { connection },
    run: list,
  },
  show: {
    usage: "NAME --connection FILE [--reveal]",
    summary: "all that is known of a secret but its value; with --reveal the value alone",
    options: { connection, reveal: { type: "boolean" } },
    run: show,
  },
  rotate: {
    usage: "NAME --connection FILE",
    summary: "a new value by the same generator; the next apply brings it to who takes the secret",
    options: { connection },
    run: rotate,
  },
  rewrap: {
    usage: "[NAME...] --connection FILE",
    summary: "encrypt secrets (all) anew, to the recipients that were declared and to this identity",
    options: { connection },
    run: rewrap,
  },
  audit: {
    usage: "[NAME] --connection FILE",
    summary:
      "who has taken values, where the store records it, and how old each value is; status 2 where one has expired",
    options: { connection },
    run: audit,
  },
  import: {
    usage: "NAME --connection FILE [--from REFERENCE]",
    summary:
      "keep a value that you bring, from stdin or a secret reference in JSON; a resource takes it with `adopt = true`",
    options: { connection, from: { type: "string" } },
    run: importSecret,
  },
} satisfies Record<string, Command>;

export default commands as Commands;
