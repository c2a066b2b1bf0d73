# Members from the attribute set that NixOS-DNS makes of hosts and extra records (its `utils.domains.getDnsConfig`):
#   { "example.org" = { "www.example.org" = { a = { data = [ "192.0.2.1" ]; ttl = 3600; }; }; }; }
# Each zone becomes one member of type `records`, called nixos-dns in the zone, so that its records change in one update.
# Source: https://github.com/Janik-Haag/NixOS-DNS (modules/records.nix, utils/zonefiles.nix)
{ lib }:
let
  # What is a text in NixOS-DNS or a set of the same fields stays; the others are told in the provider's fields.
  fieldsOf = {
    caa = value: { inherit (value) flags tag value; };
    mx = value: { inherit (value) preference exchange; };
    sshfp = value: {
      inherit (value) algorithm fingerprint;
      fingerprintType = value.type;
    };
    srv = value: {
      inherit (value)
        priority
        weight
        port
        target
        ;
    };
    tlsa = value: {
      inherit (value) usage selector matchingType;
      data = value.certificateAssociationData;
    };
    # As a text, one that begins with a quote would be read as in a zone file.
    txt = text: { inherit text; };
  };
  plain = [
    "a"
    "aaaa"
    "cname"
    "ns"
  ];
  # The server counts the zone's serial number; SPF is refused by NixOS-DNS itself.
  left = [
    "soa"
    "spf"
  ];

  valueOf =
    name: type: value:
    if lib.elem type plain then
      value
    else
      (fieldsOf.${type}
        or (throw "${name} has records of type ${lib.toUpper type}, which the provider dns does not have; leave them out")
      )
        value;

  rrsetOf =
    name: type:
    { data, ttl }:
    let
      values = lib.filter (value: value != null) (lib.toList data);
    in
    lib.optional (values != [ ] && !lib.elem type left) {
      inherit name;
      type = lib.toUpper type;
      ttlSeconds = ttl;
      values = map (valueOf name type) values;
    };

  rrsetsOf =
    names: lib.concatLists (lib.concatLists (lib.mapAttrsToList (name: lib.mapAttrsToList (rrsetOf name)) names));
in
# `recordsOfNixosDns { type = providers.dns.records; inputs.managedBy = "shop"; } dnsConfig`
{
  type,
  inputs ? { },
}:
lib.mapAttrs (
  zone: names: {
    inherit type;
    inputs = {
      name = "nixos-dns";
    }
    // inputs
    // {
      inherit zone;
      rrsets = rrsetsOf names;
    };
  }
)
