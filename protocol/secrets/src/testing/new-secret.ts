import { Secret } from "@nixops4-resources/protocol-core";
import type { NewSecret, NewValue } from "../store.ts";

/** A value that is unique within a test. */
export const newValue = (more: Partial<NewValue> = {}): NewValue => ({
  value: new Secret(`canary-${process.pid}-${performance.now()}`),
  specification: { password: { length: 24 } },
  generation: 1,
  public: { "public key": "ssh-ed25519 AAAA" },
  expiresAt: null,
  ...more,
});

export const newSecret = (name: string, more: Partial<NewSecret> = {}): NewSecret => ({
  name,
  mark: { managedBy: "shop", type: "secret" },
  recipients: [],
  graceSeconds: 3600,
  ...newValue(),
  ...more,
});
