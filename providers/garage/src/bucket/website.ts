import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ApiBucket } from "../admin/shapes.ts";
import type { BucketChanges } from "../admin/writer.ts";

const document = z.string().check(z.minLength(1));

export const website = z.nullable(
  z.union([
    z.enum(["off"]),
    z.strictObject({
      indexDocument: option(document, "Object that answers for a folder.", "index.html"),
      errorDocument: option(z.nullable(document), "Object that answers for a missing one. Null has none.", null),
    }),
  ]),
);

export type Website = z.output<typeof website>;

export const toApiWebsite = (wanted: NonNullable<Website>): NonNullable<BucketChanges["websiteAccess"]> =>
  wanted === "off" ? { enabled: false } : { enabled: true, ...wanted };

export const fromApiWebsite = ({ websiteAccess, websiteConfig }: ApiBucket): NonNullable<Website> =>
  websiteAccess
    ? { indexDocument: websiteConfig?.indexDocument ?? "", errorDocument: websiteConfig?.errorDocument ?? null }
    : "off";
