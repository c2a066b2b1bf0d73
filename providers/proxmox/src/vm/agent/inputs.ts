import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

export const guest = option(
  z.nullable(
    z.strictObject({
      addresses: option(
        z.array(z.enum(["ipv4", "ipv6"])),
        "Families of addresses that each card in `nics` should have. A create or update waits for them; if one does not appear in time, a warning names family and card.",
        ["ipv4"],
      ),
      sshHostKeys: option(z.boolean(), "Whether to read the guest's public SSH host keys.", false),
      timeoutSeconds: option(
        z.int().check(z.minimum(1), z.maximum(3600)),
        "Longest wait for the agent in seconds, after the VM was started.",
        120,
      ),
    }),
  ),
  "What to ask the QEMU guest agent for, once the VM runs. Null asks for nothing: the outputs then have the addresses of `cloudInit` only.",
  null,
);

export type Guest = NonNullable<z.output<typeof guest>>;
