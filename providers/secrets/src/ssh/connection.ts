import { directSecretRef, option, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

const publicKey = /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [ -~]*)?$/;

/** SSH connection of `secret_file`, in addition to ssh's configuration file. */
export const sshConnection = z.strictObject({
  host: option(
    withExample(z.string().check(z.regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/)), "web.example.org"),
    "Name or address of the host, or a `Host` in ssh's configuration file.",
  ),
  port: option(
    z.nullable(z.int().check(z.minimum(1), z.maximum(65_535))),
    "TCP port of the SSH server. Null means the port in ssh's configuration file, else 22.",
    null,
  ),
  user: option(
    z.nullable(z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/))),
    "User to log in as. Null means the user in ssh's configuration file, else the user who runs nixops4.",
    null,
  ),
  identity: option(
    z.nullable(directSecretRef),
    "Private key for the login, without a passphrase. It is given to a separate ssh-agent and never written to a file. Null means your ssh-agent and ssh's configuration file.",
    null,
  ),
  hostKey: option(
    z.nullable(z.string().check(z.regex(publicKey))),
    "Public key of the host, as in its `/etc/ssh/ssh_host_ed25519_key.pub` and in the output `publicKey` of `ssh_host_key`. Other keys are rejected. Null means the keys in `hostKeys`, or else those in `known_hosts`; an unknown host is rejected without a question.",
    null,
  ),
  hostKeys: option(
    z.nullable(
      z.array(z.string().check(z.refine((key) => publicKey.test(key), "a public SSH key in one line"))).check(
        // What a VM without a guest agent answers. It must not mean that every key is accepted.
        z.refine((keys) => keys.length > 0, "at least one public key of the host"),
      ),
    ),
    "Public keys of the host, one for each algorithm, such as the output `sshHostKeys` of a `vm` of Proxmox. Other keys are rejected. Null adds none to `hostKey`.",
    null,
  ),
  configFile: option(
    z.nullable(runtimePath),
    "ssh configuration file that replaces the user's and the system's, for example for `ProxyJump` or `UserKnownHostsFile`. Null means the user's and the system's files.",
    null,
  ),
  elevate: option(
    z.enum(["none", "sudo", "doas"]),
    "Program with which the login user becomes root, without a password. `none` is for a login as root, and for files that belong to the login user.",
    "none",
  ),
});

export type SshConnection = z.output<typeof sshConnection>;
