import { isRawNumber } from "@nixops4-resources/protocol-core";
import { isObjectValue, isUnknown, type ObjectValue, type Value } from "../values/value.ts";

/** The attributes of a block in HCL, aligned as `tofu fmt` aligns them. Attributes without a value are left out. */
export function attributesInHcl(attributes: ObjectValue, indentation = "  "): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  const lines = given.map(([name, value]) => ({ name, text: valueInHcl(value, indentation) }));
  return alignedGroups(lines)
    .map(({ name, text, width }) => `${indentation}${name.padEnd(width)} = ${text}\n`)
    .join("");
}

interface Line {
  name: string;
  text: string;
}

/** Neighbouring lines are aligned; a value of several lines stands alone. */
function alignedGroups(lines: readonly Line[]): (Line & { width: number })[] {
  const isLong = ({ text }: Line): boolean => text.includes("\n");
  const groupOf = (index: number): Line[] => {
    const line = lines[index];
    if (line === undefined || isLong(line)) return line === undefined ? [] : [line];
    const before = lines.slice(0, index).findLastIndex(isLong);
    const after = lines.slice(index).findIndex(isLong);
    return lines.slice(before + 1, after === -1 ? undefined : index + after);
  };
  return lines.map((line, index) => ({ ...line, width: Math.max(...groupOf(index).map(({ name }) => name.length)) }));
}

function valueInHcl(value: Value, indentation: string): string {
  if (isUnknown(value)) throw new TypeError("An example has no unknown values.");
  if (typeof value === "string") return JSON.stringify(value).replaceAll(/[$%](?=\{)/g, "$&$&");
  if (isRawNumber(value)) return value.rawJSON;
  const inner = `${indentation}  `;
  if (Array.isArray(value)) {
    if (!value.some((one) => typeof one === "object"))
      return `[${value.map((one) => valueInHcl(one, inner)).join(", ")}]`;
    return `[\n${value.map((one) => `${inner}${valueInHcl(one, inner)},\n`).join("")}${indentation}]`;
  }
  if (!isObjectValue(value)) return String(value);
  const body = attributesInHcl(quotedNames(value), inner);
  return body === "" ? "{}" : `{\n${body}${indentation}}`;
}

/** A key of a map that is no name in HCL is quoted. */
const quotedNames = (value: ObjectValue): ObjectValue =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name), inner]),
  );
