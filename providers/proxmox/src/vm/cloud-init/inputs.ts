import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { storageId } from "../../image/inputs.ts";
import { cardSlot } from "../network/inputs.ts";

const ipv4 = String.raw`[0-9]{1,3}(\.[0-9]{1,3}){3}`;
const ipv6 = "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*";
const nullable = <T extends z.ZodMiniType>(type: T) => z.nullable(type);
const matching = (...forms: string[]) => z.string().check(z.regex(new RegExp(`^(${forms.join("|")})$`)));

const addresses = z
  .strictObject({
    ipv4: option(
      nullable(matching("dhcp", `${ipv4}/[0-9]{1,2}`)),
      "`dhcp`, or an address with prefix: `192.0.2.5/24`. Null means no IPv4.",
      null,
    ),
    gateway4: option(nullable(matching(ipv4)), "Gateway for IPv4. Null means none.", null),
    ipv6: option(
      nullable(matching("auto", "dhcp", `${ipv6}/[0-9]{1,3}`)),
      "`auto` (SLAAC), `dhcp`, or an address with prefix: `2001:db8::5/64`. Null means no IPv6.",
      null,
    ),
    gateway6: option(nullable(matching(ipv6)), "Gateway for IPv6. Null means none.", null),
  })
  .check(
    z.refine((one) => one.ipv4 !== null || one.ipv6 !== null, "addresses with `ipv4`, `ipv6` or both"),
    z.refine(
      (one) => one.gateway4 === null || one.ipv4 !== null,
      "addresses in which `gateway4` comes together with `ipv4`",
    ),
    z.refine(
      (one) => one.gateway6 === null || one.ipv6 !== null,
      "addresses in which `gateway6` comes together with `ipv6`",
    ),
  );

export type Addresses = z.output<typeof addresses>;

const dns = z.strictObject({
  servers: option(
    z.array(matching(ipv4, ipv6)).check(z.minLength(1)),
    "Addresses of the name servers. Without them Proxmox would pass on those of the node, and the guest would become a new machine when they change.",
  ),
  searchDomain: option(
    z.string().check(z.regex(/^[A-Za-z0-9.-]+$/)),
    "Search domain; also the domain of the host name.",
  ),
});

export const cloudInit = option(
  z.nullable(
    z.strictObject({
      storage: option(
        storageId,
        "Storage of the drive that Proxmox makes for cloud-init. It counts when the drive is created.",
      ),
      user: option(
        z.nullable(z.string().check(z.regex(/^[a-z_][a-z0-9_-]{0,31}$/))),
        "User that cloud-init creates. Null leaves it to the image.",
        null,
      ),
      sshKeys: option(
        z.array(z.string().check(z.regex(/^[a-z][A-Za-z0-9@.-]* [A-Za-z0-9+/=]+( [^\n]*[^\s])?$/))),
        "Public SSH keys of this user, one line each.",
        [],
      ),
      addresses: option(z.record(cardSlot, addresses), "Addresses by the slot of the card in `nics`.", {}),
      dns: option(dns, "Name servers and search domain."),
    }),
  ),
  "Settings for cloud-init, which the guest reads at its first boot. Proxmox derives the instance id from user, keys, addresses, DNS, the host name and the MAC addresses of cards with addresses: after a change of these, the next boot sets the guest up as a new machine, with new SSH host keys. Nothing is rebooted for it. Null does not manage cloud-init.",
  null,
);

export type CloudInit = NonNullable<z.output<typeof cloudInit>>;
