import * as z from "zod/mini";

/**
 * One input or output of a resource: its type, what it means (with its unit), and for inputs that may be left out the
 * default. It becomes a field of the wire schema, an option in Nix and a row in the documentation.
 */
export function option<Type extends z.ZodMiniType>(type: Type, description: string): Type;
export function option<Type extends z.ZodMiniType>(
  type: Type,
  description: string,
  fallback: z.input<Type>,
): z.ZodMiniPrefault<Type>;
export function option(type: z.ZodMiniType, description: string, fallback?: unknown): z.ZodMiniType {
  // A default goes through the type as any value does, so a wrong one cannot hide. A copy, since types are shared.
  const described = fallback === undefined ? z.clone(type) : z.prefault(type, fallback);
  z.globalRegistry.add(described, { description });
  return described;
}

/** A type with a value to show in the documentation: `option(withExample(z.string(), "db.example.org"), "Host ...")`. */
export function withExample<Type extends z.ZodMiniType>(type: Type, example: z.input<Type>): Type {
  const shown = z.clone(type);
  z.globalRegistry.add(shown, { examples: [example] });
  return shown;
}
