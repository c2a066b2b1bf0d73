# A PostgreSQL database and the account that owns it.
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
  inherit (import ../types.nix { inherit lib; }) pathOutsideStore runtimePath;
in
contract {
  request = record "Database that the application needs." {
    name = mkOption {
      type = types.nonEmptyStr;
      description = "Name of the database.";
    };
    owner = mkOption {
      type = types.nonEmptyStr;
      description = "Role that owns the database. The application logs in as this role.";
    };
    extensions = mkOption {
      type = types.listOf types.nonEmptyStr;
      default = [ ];
      example = [ "pg_trgm" ];
      description = "Extensions in the database.";
    };
    password = (import ./secret.nix { inherit lib; }).mkRequest;
  };
  result = record "Location of the database, and the credentials for it." {
    host = mkOption {
      type = types.nonEmptyStr;
      description = "Name or address of the server, or the folder of its Unix socket.";
    };
    port = mkOption {
      type = types.port;
      description = "TCP port. For a Unix socket, the number in the socket's name.";
    };
    name = mkOption {
      type = types.nonEmptyStr;
      description = "Name of the database.";
    };
    user = mkOption {
      type = types.nonEmptyStr;
      description = "Role to log in as.";
    };
    passwordPath = mkOption {
      type = pathOutsideStore;
      description = "File on the host with the password of the role.";
    };
    sslmode = mkOption {
      type = types.enum [
        "disable"
        "require"
        "verify-ca"
        "verify-full"
      ];
      description = "TLS mode, by its libpq name.";
    };
    ca = mkOption {
      type = types.nullOr runtimePath;
      default = null;
      description = "PEM file on the host with the authorities that may sign the server's certificate. Null means the well-known authorities.";
    };
  };
}
