# PeerTube as a NixOps4 component.
{ lib, config, ... }:
{
  sizes = {
    small = { cores = 4; memoryMib = 8192; diskGib = 60; mediaGb = 500; };
    medium = { cores = 8; memoryMib = 16384; diskGib = 120; mediaGb = 2000; };
    large = { cores = 16; memoryMib = 32768; diskGib = 240; mediaGb = 10000; };
  };
  problems = lib.optional config.sso (
    "PeerTube logs people in by a directory only with a plugin, which it downloads and installs on the machine while it runs, "
    + "and NixOS cannot pin that: `sso` must be false."
  );
  application = {
    kind = "peertube";
    secrets = import ./secrets.nix;
    extensions = [
      "pg_trgm"
      "unaccent"
    ];
    buckets = import ./buckets.nix config.mediaHost;
    # Players on the pages of other sites read the videos too.
    corsOrigins = [ "*" ];
    user = import ./user.nix;
    files = import ./files.nix;
    nixos = import ./nixos.nix;
  };
}
