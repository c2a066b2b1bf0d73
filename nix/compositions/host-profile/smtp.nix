{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    host = mkOption {
      type = types.str;
      description = "Name of the relay.";
    };
    port = mkOption {
      type = types.port;
      default = 587;
      description = "TCP port of the relay.";
    };
    security = mkOption {
      type = types.enum [
        "starttls"
        "tls"
        "none"
      ];
      default = "starttls";
      description = "Encryption: `starttls` after the connection is open, `tls` from its first byte, `none` at all.";
    };
    mx = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = ''
        Name of the server that receives mail for the domains, such as bounces. Null declares that they receive none
        (RFC 7505).
      '';
    };
    spf = mkOption {
      type = types.str;
      example = "include:spf.relay.example";
      description = "Mechanisms of SPF (RFC 7208) that allow the relay to send mail for the domains.";
    };
    dmarcPolicy = mkOption {
      type = types.enum [
        "none"
        "quarantine"
        "reject"
      ];
      default = "quarantine";
      description = "What receivers do with mail that is neither from the relay nor signed (DMARC, RFC 7489).";
    };
    dkim = mkOption {
      type = types.nullOr (types.submodule ./dkim.nix);
      default = null;
      description = ''
        Where the relay reads the keys that sign the mail of each domain (DKIM). Null publishes no key: the relay then signs
        with a domain of its own.
      '';
    };
  };
}
