# Fulfils the contract `account` in lldap: a group, and a service account with a generated password.
{ lib, contracts }:
{ lldap, secrets }:
{ config, members, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) request settings;

  # `ldaps://host:port` as the provider accepts it.
  urlParts = builtins.match "(ldaps?)://([^]:[]+|\\[([^]]+)])(:([0-9]+))?" settings.url;
  tls = lib.head urlParts == "ldaps";
  address = lib.elemAt urlParts 2;
  port = lib.last urlParts;
in
{
  _class = "nixops4Component";

  options = contracts.account.mkProvider {
    resultCfg = {
      inherit tls;
      host = if address == null then lib.elemAt urlParts 1 else address;
      port =
        if port != null then
          lib.toInt port
        else if tls then
          636
        else
          389;
      inherit (members.account.outputs) bindDn baseDn;
      inherit (members.group.outputs) memberFilter;
      passwordPath = members.password.result.path;
    };
    settings = mkOption {
      description = "Address of the server for the application.";
      default = { };
      type = types.submodule {
        options.url = mkOption {
          type = types.strMatching "ldaps?://.*";
          default = members.account.inputs.connection.ldap.url;
          defaultText = lib.literalMD "`connection.ldap.url` of the provider";
          example = "ldaps://lldap.example.org:6360";
          description = "URL of the LDAP server, as the application reaches it.";
        };
      };
    };
  };

  config.members = {
    password = {
      imports = [ (contracts.components.secret { inherit secrets; }) ];
      request = request.password;
      settings.name = lib.mkDefault "${request.account}/ldap";
    };
    group = {
      type = lldap.group;
      inputs.name = request.group;
    };
    account = {
      type = lldap.service_account;
      inputs = {
        id = request.account;
        password = members.password.members.secret.outputs.ref;
      };
    };
  };
}
