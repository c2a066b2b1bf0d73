{ lib, ... }:
{
  options = {
    connection = import ./connection.nix { inherit lib; } "`connection` of the provider postgres, without the login.";
    caCertificate = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Certificate of the server's authority in PEM, for the applications. Null trusts the well-known authorities.";
    };
  };
}
