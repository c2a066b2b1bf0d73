import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** The codes of failures that only OpenTofu meets. */
export const openTofuErrors = {
  "opentofu.import.id": {
    meaning:
      "The id of an import does not name the object: an identifying input is missing, or an attribute is unknown.",
    remedy: "Use the id that the documentation of the type shows: a bare value, or a JSON object with the attributes.",
  },
  "opentofu.move.type": {
    meaning: "A `moved` block names a resource of another type, whose state this type cannot take over.",
    remedy: "Remove the old resource from the state (`tofu state rm`) and import the object under the new type.",
  },
  "opentofu.protocol.version": {
    meaning: "The engine does not support version 6 of the plugin protocol.",
    remedy: "Use OpenTofu, or Terraform 1.0 or newer.",
  },
  "opentofu.interrupted": {
    meaning: "The engine was interrupted before this change began.",
    remedy: "Apply again. Nothing was written for this resource.",
  },
  "opentofu.type.unknown": {
    meaning: "The state or the configuration names a resource type that this version of the provider does not have.",
    remedy: "Use the version of the provider that has the type, or remove the resource from the state.",
  },
} as const satisfies ErrorCatalogue;

export type OpenTofuErrorCode = keyof typeof openTofuErrors;
