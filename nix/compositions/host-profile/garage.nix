{ lib, ... }:
{
  options = {
    connection = import ./connection.nix { inherit lib; } "`connection` of the provider garage, without the token.";
    webHost = lib.mkOption {
      type = lib.types.str;
      example = "web.host-one.example";
      description = ''
        Name of the server in front of Garage's websites. The media host of each application becomes an alias of it (CNAME).
        That server ends TLS for the media hosts: it needs a certificate for each of them, which the machine of the
        application does not have.
      '';
    };
  };
}
