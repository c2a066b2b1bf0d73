# Fulfils the contract `database`: a role with a generated password, a database that it owns, and the extensions.
{ lib, contracts }:
{ postgres, secrets }:
{ config, members, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) request settings;
  inherit (members.database.inputs) connection;

  # What null means to the provider postgres.
  isLoopback =
    lib.elem settings.host [
      "localhost"
      "::1"
    ]
    || builtins.match "127(\\.[0-9]{1,3}){3}" settings.host != null;
  defaultSslmode =
    if lib.hasPrefix "/" settings.host then
      "disable"
    else if connection.sslmode != null then
      connection.sslmode
    else if isLoopback && connection.ca == null && connection.clientCertificate == null then
      "disable"
    else
      "verify-full";
in
{
  _class = "nixops4Component";

  options = contracts.database.mkProvider {
    resultCfg = {
      inherit (settings)
        host
        port
        sslmode
        ca
        ;
      # With the extensions, so that a user of the database waits for all of it.
      name = lib.foldr (
        extension: lib.seq extension.outputs.version
      ) members.database.outputs.name (lib.attrValues members.extensions.members);
      user = members.role.outputs.name;
      passwordPath = members.password.result.path;
    };
    settings = mkOption {
      description = "Address of the server for the application, and how it recognizes the server.";
      default = { };
      type = types.submodule {
        options = {
          host = mkOption {
            type = types.nonEmptyStr;
            default = connection.host;
            defaultText = lib.literalMD "`connection.host` of the provider";
            description = "Name or address of the server, or the folder of its Unix socket, as the application reaches it.";
          };
          port = mkOption {
            type = types.port;
            default = connection.port;
            defaultText = lib.literalMD "`connection.port` of the provider";
            description = "TCP port. For a Unix socket, the number in the socket's name.";
          };
          sslmode = mkOption {
            type = types.str;
            default = defaultSslmode;
            defaultText = lib.literalMD "`connection.sslmode` of the provider, and its rule for null";
            description = "TLS mode, by its libpq name.";
          };
          ca = mkOption {
            type = types.nullOr types.str;
            default = null;
            description = "PEM file on the host with the authorities that may sign the server's certificate. Null means the well-known authorities. `connection.ca` is on the machine of the provider, and is not used.";
          };
        };
      };
    };
  };

  config.members = {
    password = {
      imports = [ (contracts.components.secret { inherit secrets; }) ];
      request = request.password;
      settings.name = lib.mkDefault "${request.name}/database";
    };
    role = {
      type = postgres.role;
      inputs = {
        name = request.owner;
        login = true;
        password = members.password.members.secret.outputs.ref;
      };
    };
    database = {
      type = postgres.database;
      inputs = {
        inherit (request) name;
        owner = members.role.outputs.name;
      };
    };
    extensions.members = lib.genAttrs request.extensions (name: {
      type = postgres.extension;
      inputs = {
        inherit name;
        database = members.database.outputs.name;
      };
    });
  };
}
