import { explainedJson, json, type Commands } from "@nixops4-resources/protocol-core/command";
import { audit } from "./audit.ts";
import { importSecret } from "./import.ts";
import { inventory } from "./inventory.ts";
import { rewrap } from "./rewrap.ts";
import { rotate } from "./rotate.ts";
import { show } from "./show.ts";

const connection = { type: "string", short: "c" } as const;
const explainedConnection = {
  "-c, --connection FILE":
    'JSON file with the input `connection`, such as {"store": {"directory": {"folder": "/srv/secrets", "identity": {"file": "/root/identity"}}}}; - reads stdin',
};
const named = { NAME: "name of the secret, such as shop/db" };

/** Every command works on the store in `--connection`, a JSON file with the input `connection`. */
const commands = {
  inventory: {
    usage: "--connection FILE [--json]",
    summary: "list the secrets of the store that this identity can decrypt, without values",
    options: { connection, json },
    explained: { ...explainedConnection, ...explainedJson },
    example: "--connection store.json",
    run: inventory,
  },
  show: {
    usage: "NAME --connection FILE [--reveal]",
    summary: "print what the store knows about a secret, without its value; with --reveal print only the value",
    options: { connection, reveal: { type: "boolean" } },
    explained: {
      ...named,
      ...explainedConnection,
      "--reveal":
        "print the exact bytes of the value, for a pipe; the access is recorded if the store records accesses",
    },
    example: "shop/db --connection store.json",
    run: show,
  },
  rotate: {
    usage: "NAME --connection FILE [--json]",
    summary: "generate a new value; the next apply updates the resources that use the secret",
    options: { connection, json },
    explained: { ...named, ...explainedConnection, ...explainedJson },
    example: "shop/db --connection store.json",
    run: rotate,
  },
  rewrap: {
    usage: "[NAME...] --connection FILE [--json]",
    summary: "encrypt all or the named secrets again, to their declared recipients and to this identity",
    options: { connection, json },
    explained: { NAME: "names of secrets; by default all", ...explainedConnection, ...explainedJson },
    example: "shop/db shop/mail --connection store.json",
    run: rewrap,
  },
  audit: {
    usage: "[NAME] --connection FILE [--json]",
    summary:
      "print the age of each version and, if the store records accesses, who read which value; exit status 2 if a value has expired",
    options: { connection, json },
    explained: { NAME: "name of one secret; by default all", ...explainedConnection, ...explainedJson },
    example: "shop/db --connection store.json",
    run: audit,
  },
  import: {
    usage: "NAME --connection FILE [--from REFERENCE] [--json]",
    summary:
      "store an existing value from stdin, or from a secret reference in JSON; a resource adopts it with `adopt = true`",
    options: { connection, from: { type: "string" }, json },
    explained: {
      ...named,
      ...explainedConnection,
      "--from REFERENCE":
        'secret reference in JSON, such as {"file": "/root/old-password"}; by default the value is read from stdin',
      ...explainedJson,
    },
    example: `shop/db --connection store.json --from '{"file": "/root/old-password"}'`,
    run: importSecret,
  },
} satisfies Commands;

export default commands as Commands;
