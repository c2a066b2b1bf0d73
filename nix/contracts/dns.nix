# The records of one name and type.
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
  inherit (import ../types.nix { inherit lib; }) json;
in
contract {
  request = record "DNS records that the application needs." {
    name = mkOption {
      type = types.nonEmptyStr;
      example = "www.example.org";
      description = "Fully qualified name of the records.";
    };
    type = mkOption {
      type = types.strMatching "[A-Z][A-Z0-9]*";
      example = "AAAA";
      description = "Type of the records.";
    };
    values = mkOption {
      type = types.nonEmptyListOf (types.either types.str (types.attrsOf json));
      example = [ "2001:db8::1" ];
      description = "All values of the name and type, as texts of a zone file or as sets of the fields of the type.";
    };
    ttlSeconds = mkOption {
      type = types.ints.unsigned;
      default = 300;
      description = "Time to live of the records in caches, in seconds.";
    };
  };
  result = record "Name by which the records are found." {
    fqdn = mkOption {
      type = types.nonEmptyStr;
      description = "Fully qualified name in ASCII, without a trailing dot. It is known once the records exist.";
    };
  };
}
