# Converts the attribute set that NixOS-DNS creates from hosts and extra records (its `utils.domains.getDnsConfig`) to
# members:
#   { "example.org" = { "www.example.org" = { a = { data = [ "192.0.2.1" ]; ttl = 3600; }; }; }; }
# Each zone becomes one member of type `records` named nixos-dns, so that its records change in one update.
# Source: https://github.com/Janik-Haag/NixOS-DNS (modules/records.nix, utils/zonefiles.nix)
{ lib }:
let
  # Converts values with fields to the provider's fields.
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
    uri = value: { inherit (value) priority weight target; };
    # As a field, since the provider parses a plain text that begins with a double quote as in a zone file.
    txt = text: { inherit text; };
  };
  # Types whose values are texts in both.
  plain = [
    "a"
    "aaaa"
    "alias"
    "cname"
    "dname"
    "ns"
  ];
  # The server maintains the SOA record; NixOS-DNS itself rejects SPF.
  skipped = [
    "soa"
    "spf"
  ];

  valueOf =
    name: type: value:
    if lib.elem type plain then
      value
    else
      (fieldsOf.${type}
        or (throw "${name} has records of type ${lib.toUpper type}, which the provider dns does not support: remove them")
      )
        value;

  rrsetOf =
    name: type:
    { data, ttl }:
    let
      values = lib.filter (value: value != null) (lib.toList data);
    in
    lib.optional (values != [ ] && !lib.elem type skipped) {
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
