import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import type { Field, Messages, Method, Protos, Scalar } from "./form.ts";

/** The messages and services of all .proto files in the form of form.ts, which a start loads without a parser. */
export function compileProtos(): string {
  const found: Protos = { messages: {}, services: {} };
  collect(parseProtos(), found);
  return `${JSON.stringify(found)}\n`;
}

export function parseProtos(): protobuf.Root {
  const root = new protobuf.Root();
  for (const name of ["tfplugin6", "plugin", "health"]) {
    protobuf.parse(readFileSync(join(import.meta.dirname, `${name}.proto`), "utf8"), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

function collect(namespace: protobuf.NamespaceBase, found: { messages: Messages; services: Protos["services"] }): void {
  for (const one of namespace.nestedArray) {
    if (one instanceof protobuf.Type) found.messages[nameOf(one)] = one.fieldsArray.map(fieldOf);
    if (one instanceof protobuf.Service) {
      found.services[nameOf(one)] = Object.fromEntries(
        one.methodsArray.map((method) => [method.name, methodOf(method)]),
      );
    }
    if (one instanceof protobuf.Namespace) collect(one, found);
  }
}

/** `tfplugin6.Schema.Block` */
const nameOf = ({ fullName }: protobuf.ReflectionObject): string => fullName.slice(1);

function methodOf({
  resolvedRequestType,
  resolvedResponseType,
  requestStream,
  responseStream,
}: protobuf.Method): Method {
  if (resolvedRequestType === null || resolvedResponseType === null) throw new Error("A method has an unknown type.");
  return {
    request: nameOf(resolvedRequestType),
    response: nameOf(resolvedResponseType),
    requestStream: requestStream === true,
    responseStream: responseStream === true,
  };
}

function fieldOf(field: protobuf.Field): Field {
  const { name, id, resolvedType } = field;
  const rule = field instanceof protobuf.MapField ? "map" : field.repeated ? "repeated" : "single";
  if (resolvedType instanceof protobuf.Enum) return { name, id, rule, values: resolvedType.values };
  return resolvedType === null
    ? { name, id, rule, scalar: scalarOf(field.type) }
    : { name, id, rule, message: nameOf(resolvedType) };
}

const scalars: readonly Scalar[] = ["string", "bytes", "bool", "int64", "uint32"];

function scalarOf(type: string): Scalar {
  const scalar = scalars.find((one) => one === type);
  if (scalar === undefined) throw new Error(`Unable to compile the protos: the codec has no type ${type}.`);
  return scalar;
}
