import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** The messages and services of all .proto files as JSON, which a start loads without a parser. */
export function compileProtos(): string {
  const root = new protobuf.Root();
  for (const name of ["tfplugin6", "plugin", "health"]) {
    protobuf.parse(readFileSync(join(import.meta.dirname, `${name}.proto`), "utf8"), root, { keepCase: true });
  }
  root.resolveAll();
  return `${JSON.stringify(root.toJSON({ keepComments: false }))}\n`;
}
