import { defineGenerator, onlyValue } from "./generator.ts";

/** As `bin/rails secret` creates it: https://github.com/rails/rails/blob/v8.0.0/railties/lib/rails/commands/secret/secret_command.rb */
export const railsSecretKeyBase = defineGenerator({
  description: "SECRET_KEY_BASE of a Rails application: 64 random bytes in hexadecimal digits.",
  inputs: () => ({}),
  async generate() {
    const { randomBytes } = await import("node:crypto");
    return onlyValue(randomBytes(64).toString("hex"));
  },
});

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** As `bin/rails db:encryption:init` creates each of its three keys: https://guides.rubyonrails.org/active_record_encryption.html#setup */
export const activeRecordEncryptionKey = defineGenerator({
  description:
    "Key of Active Record Encryption: 32 random letters and digits. An application such as Mastodon needs three separate secrets: the primary key, the deterministic key and the key derivation salt.",
  inputs: () => ({}),
  async generate() {
    const { randomInt } = await import("node:crypto");
    const characters = Array.from({ length: 32 }, () => alphanumeric[randomInt(alphanumeric.length)]);
    return onlyValue(characters.join(""));
  },
});
