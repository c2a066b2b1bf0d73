{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  url = lib.match "(ldaps?)://([^/:]+|\\[[^]]+])(:([0-9]+))?/?" config.connection.ldap.url;
  scheme = lib.head url;
  port = lib.elemAt url 3;
in
{
  options = {
    connection =
      import ./connection.nix { inherit lib; }
        "`connection` of the provider lldap, without the login: `url`, `baseDn` and `ldap.url`.";
    server = {
      host = mkOption {
        type = types.str;
        default = lib.elemAt url 1;
        defaultText = lib.literalMD "the one in `connection.ldap.url`";
        description = "Name of the LDAP server, as the applications reach it.";
      };
      port = mkOption {
        type = types.port;
        default = if port != null then lib.toInt port else { ldap = 389; ldaps = 636; }.${scheme};
        defaultText = lib.literalMD "the one in `connection.ldap.url`, or the usual one";
        description = "TCP port of the LDAP server.";
      };
      security = mkOption {
        type = types.enum [
          "tls"
          "none"
        ];
        default = { ldap = "none"; ldaps = "tls"; }.${scheme};
        defaultText = lib.literalMD "`tls` for `ldaps`, `none` for `ldap`";
        description = "Encryption: `tls` from the first byte, or `none` at all.";
      };
    };
  };
}
