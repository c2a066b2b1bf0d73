# Pixelfed as a NixOps4 component.
{ lib, config, ... }:
{
  sizes = {
    small = { cores = 2; memoryMib = 4096; diskGib = 30; mediaGb = 100; };
    medium = { cores = 4; memoryMib = 8192; diskGib = 50; mediaGb = 500; };
    large = { cores = 8; memoryMib = 16384; diskGib = 80; mediaGb = 2000; };
  };
  problems = lib.optional config.sso "Pixelfed cannot log people in by a directory: `sso` must be false.";
  application = {
    kind = "pixelfed";
    secrets = import ./secrets.nix;
    buckets.media.host = config.mediaHost;
    corsOrigins = [ "https://${config.liveDomain}" ];
    user = import ./user.nix;
    files = import ./files.nix;
    nixos = import ./nixos.nix;
  };
}
