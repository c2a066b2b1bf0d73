import * as z from "zod/mini";

/**
 * One input or output of a resource: its type, its description (with the unit) and, for an optional input, its default.
 * It becomes a field of the wire schema, an option in Nix and a row in the documentation.
 */
export function option<Type extends z.ZodMiniType>(type: Type, description: string): Type;
export function option<Type extends z.ZodMiniType>(
  type: Type,
  description: string,
  fallback: z.input<Type>,
): z.ZodMiniPrefault<Type>;
export function option(type: z.ZodMiniType, description: string, fallback?: unknown): z.ZodMiniType {
  // The type checks a default like any other value, so a wrong default cannot hide. Types are shared, so this is a copy.
  const described = fallback === undefined ? z.clone(type) : z.prefault(type, fallback);
  z.globalRegistry.add(described, { description });
  return described;
}

/** A type with an example value for the documentation: `option(withExample(z.string(), "db.example.org"), "Host ...")`. */
export function withExample<Type extends z.ZodMiniType>(type: Type, example: z.input<Type>): Type {
  const shown = z.clone(type);
  z.globalRegistry.add(shown, { examples: [example] });
  return shown;
}
