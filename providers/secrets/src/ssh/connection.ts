import { directSecretRef, option, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** How `secret_file` reaches a host: what `ssh` is told beside its configuration file. */
export const sshConnection = z.strictObject({
  host: option(
    withExample(z.string().check(z.regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/)), "web.example.org"),
    "Name or address of the host, or a `Host` of ssh's configuration file.",
  ),
  port: option(
    z.nullable(z.int().check(z.minimum(1), z.maximum(65_535))),
    "TCP port of its SSH server. Null leaves it to ssh's configuration file, else 22.",
    null,
  ),
  user: option(
    z.nullable(z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/))),
    "User to log in as. Null leaves it to ssh's configuration file, else the name of the user who runs nixops4.",
    null,
  ),
  identity: option(
    z.nullable(directSecretRef),
    "Private key to log in with, without a passphrase. It is handed to an ssh-agent of its own and never written. Null leaves it to your ssh-agent and ssh's configuration file.",
    null,
  ),
  hostKey: option(
    z.nullable(
      z.string().check(z.regex(/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [ -~]*)?$/)),
    ),
    "Public key of the host, as its `/etc/ssh/ssh_host_ed25519_key.pub` has it and `ssh_host_key` outputs it; no other is accepted. Null takes what `known_hosts` knows; a host that it does not know is refused, never asked about.",
    null,
  ),
  configFile: option(
    z.nullable(runtimePath),
    "Configuration file of ssh in place of the user's and the system's, for `ProxyJump`, `UserKnownHostsFile` and the like. Null takes those.",
    null,
  ),
  elevate: option(
    z.enum(["none", "sudo", "doas"]),
    "Program that makes root of the user who logs in, without asking for a password; `none` for root, and for files that belong to the user.",
    "none",
  ),
});

export type SshConnection = z.output<typeof sshConnection>;
