import type { Commands } from "@nixops4-resources/protocol-core/command";
import { adopt } from "./adopt/adopt.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const commands = {
  adopt: {
    usage: "--database NAME --from DEPLOYMENT --inputs FILE [--yes] [--json]",
    summary:
      "take over everything in a database that carries the mark of another deployment, as after a restore; lists it and asks first",
    options: { database: text, from: text, inputs: { ...text, short: "i" }, yes: flag, json: flag },
    explained: {
      "--database NAME": "database into which a dump was restored, such as shop_copy",
      "--from DEPLOYMENT": "deployment that the marks in the dump name, such as production",
      "-i, --inputs FILE":
        'JSON file with `connection` and the new `managedBy`, such as {"connection": {"host": "db.example.org"}, "managedBy": "staging"}; - reads stdin',
      "--yes": "adopt without asking",
      "--json":
        "print the list as JSON; without --yes, change nothing and end with status 2 if there is anything to adopt",
    },
    example: "--database shop_copy --from production --inputs staging.json",
    run: adopt,
  },
} satisfies Commands;

export default commands as Commands;
