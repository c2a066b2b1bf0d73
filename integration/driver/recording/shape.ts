import type { Shape } from "./stand-in.ts";

/** Only what every value has: no key of a map with unknown keys, one element in a list. */
export const smallestShape: Shape = { keys: new Set(), length: 1 };

/**
 * The shape with the key or the element that Nix found missing. Undefined if its message names none, or one that the samples
 * already have wherever they can: then the deployment itself is wrong.
 */
export function widen({ keys, length }: Shape, message: string): Shape | undefined {
  const key = missingKey(message);
  if (key !== undefined) return keys.has(key) ? undefined : { keys: new Set([...keys, key]), length };
  const index = missingIndex(message);
  if (index === undefined || index < length || index > longestList) return undefined;
  return { keys, length: index + 1 };
}

/** Maximum number of elements in the sample of a list. */
const longestList = 100;

function missingKey(message: string): string | undefined {
  const [, quoted, plain] = /attribute '(?:"(.*)"|(.*))' missing/.exec(message) ?? [];
  return quoted?.replaceAll(/\\(.)/g, "$1") ?? plain;
}

/** Nix 2.8 says "list index 1 is out of bounds", and a newer one "called with index 1 on a list of size 1". */
function missingIndex(message: string): number | undefined {
  const [, old, recent] = /list index (\d+) is out of bounds|with index (\d+) on a list of size/.exec(message) ?? [];
  const index = old ?? recent;
  return index === undefined ? undefined : Number(index);
}
