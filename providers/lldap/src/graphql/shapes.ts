// The parts of lldap's answers that the provider uses. https://github.com/lldap/lldap/blob/main/schema.graphql
import * as z from "zod/mini";

const apiAttribute = z.object({ name: z.string(), value: z.array(z.string()) });
export type ApiAttribute = z.output<typeof apiAttribute>;

/** A group as a user's membership, or a list, shows it. */
const apiGroupName = z.object({ id: z.int(), displayName: z.string() });
export type ApiGroupName = z.output<typeof apiGroupName>;
export const apiGroupNames = z.array(apiGroupName);

export const apiUser = z.object({
  id: z.string(),
  uuid: z.string(),
  /** All of them, also those of lldap itself: `mail`, `display_name`, `avatar`. */
  attributes: z.array(apiAttribute),
  groups: apiGroupNames,
});
export type ApiUser = z.output<typeof apiUser>;

export const apiGroup = z.object({
  id: z.int(),
  displayName: z.string(),
  uuid: z.string(),
  attributes: z.array(apiAttribute),
});
export type ApiGroup = z.output<typeof apiGroup>;

export const attributeTypes = ["DATE_TIME", "INTEGER", "JPEG_PHOTO", "STRING"] as const;
export type AttributeType = (typeof attributeTypes)[number];

const apiAttributeSchema = z.object({
  name: z.string(),
  attributeType: z.enum(attributeTypes),
  isList: z.boolean(),
  isVisible: z.boolean(),
  isEditable: z.boolean(),
  isHardcoded: z.boolean(),
});
export type ApiAttributeSchema = z.output<typeof apiAttributeSchema>;
export const apiAttributeSchemas = z.object({ attributes: z.array(apiAttributeSchema) });

export const apiIds = z.array(z.object({ id: z.string() }));

/** Answer of the login. */
export const apiToken = z.object({ token: z.string().check(z.minLength(1)) });

/** The envelope of every answer. https://spec.graphql.org/October2021/#sec-Response-Format */
export const apiErrors = z.object({ errors: z.array(z.object({ message: z.string() })).check(z.minLength(1)) });

/** The values of an attribute; undefined if it has none. */
export const valuesOf = (
  { attributes }: { readonly attributes: readonly ApiAttribute[] },
  wanted: string,
): readonly string[] | undefined => attributes.find(({ name }) => name === wanted)?.value;

/** The value of an attribute that has at most one. */
export const valueOf = (holder: { readonly attributes: readonly ApiAttribute[] }, wanted: string): string | undefined =>
  valuesOf(holder, wanted)?.[0];
